"""What is written to people of staff. Nobody knows yet which language a new one reads, so both stand there."""

from datetime import datetime

from network.delivery.domain import Text

_INVITED = """You are invited to work with Peyvand. Open {address} and enter this code:

{token}

It works once, until {until} UTC. If you expected nothing of the kind, do nothing.

شما به کار با پیوند دعوت شده‌اید. نشانی بالا را باز کنید و این رمز را وارد کنید. تنها یک بار و تا زمان بالا کار می‌کند."""


def invited(address: str, token: str, until: datetime) -> Text:
    """The message of an invitation. The token is no part of the address, which logs and histories keep."""
    body = _INVITED.format(address=address, token=token, until=f"{until:%Y-%m-%d %H:%M}")
    return Text("Peyvand: invitation / دعوت", body)
