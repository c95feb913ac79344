"""Who carries this installation's messages. `Settings` says."""

from collections.abc import Mapping

from flask import Flask, current_app

from network.delivery.carriers import Carrier, SmtpCarrier, TwinCarrier, mail_server
from network.delivery.domain import Channel
from network.settings import Settings

_PLACE = "peyvand.carriers"


def init_delivery(app: Flask, settings: Settings) -> None:
    """Give the application its carriers: the twin for what is not configured."""
    twin = TwinCarrier(settings.state_folder / "messages")
    mail = settings.smtp and SmtpCarrier(mail_server(settings.smtp, settings.mail_from))
    app.extensions[_PLACE] = {Channel.SMS: twin, Channel.EMAIL: mail or twin}


def carrier_of(channel: Channel) -> Carrier:
    """Who carries messages of a channel."""
    carriers: Mapping[Channel, Carrier] = current_app.extensions[_PLACE]
    return carriers[channel]
