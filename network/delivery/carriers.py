"""Who carries messages: the port, a twin that works without a network, and SMTP."""

import json
import smtplib
import ssl
from dataclasses import asdict, dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from network.delivery.domain import Channel, Message, Text
from network.delivery.errors import NotSent
from network.kernel.identifiers import new_id

_TIMEOUT_SECONDS = 10.0


class Carrier(Protocol):
    """Takes messages of one channel. A message may be handed over twice, if an answer was lost."""

    def send(self, message: Message) -> None:
        """Hand a message over. Raises NotSent."""


class TwinCarrier:
    """Carries messages into a folder, a file for each, which its owner alone may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: Message) -> None:
        """As `Carrier.send`. Nothing is sent to numbers and addresses that begin with `+0` or `refused`."""
        if message.to.startswith(("+0", "refused")):
            raise NotSent
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = new_id()
        draft = self._folder / f"{name}.tmp"
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(asdict(message), ensure_ascii=False))
        draft.rename(self._folder / f"{name}.json")

    def messages(self) -> list[Message]:
        """What it carried, oldest first."""
        found = (json.loads(path.read_text()) for path in sorted(self._folder.glob("*.json")))
        return [Message(Channel(each["channel"]), each["to"], Text(**each["text"])) for each in found]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where e-mail is handed over. `is_wrapped`: TLS from the first byte (smtps); else STARTTLS where it is offered."""

    host: str
    port: int
    sender: str
    is_wrapped: bool = False
    needs_tls: bool = True
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def mail_server(url: str, sender: str) -> MailServer:
    """From `smtps://user:password@host:465`, or `smtp://host:587`, which has to offer STARTTLS but on this machine."""
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("PEYVAND_SMTP is smtp://[user:password@]host[:port], or smtps://")
    wrapped = parts.scheme == "smtps"
    return MailServer(
        host=parts.hostname,
        port=parts.port or (465 if wrapped else 587),
        sender=sender,
        is_wrapped=wrapped,
        needs_tls=parts.hostname not in ("127.0.0.1", "localhost", "::1"),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


class SmtpCarrier:
    """Hands e-mail to a server, one connection for each: codes are few, and none waits for another."""

    def __init__(self, server: MailServer) -> None:
        self._server = server

    def send(self, message: Message) -> None:
        """As `Carrier.send`."""
        mail = EmailMessage()
        try:
            mail["From"], mail["To"], mail["Subject"] = self._server.sender, message.to, message.text.subject
            mail.set_content(message.text.body)
            with self._connect() as smtp:
                smtp.send_message(mail)
        except (OSError, smtplib.SMTPException):
            raise NotSent from None  # what the server said may name the address
        except (ValueError, TypeError, LookupError, AttributeError):
            raise NotSent from None  # an address that breaks the library's parser holds back none of those behind it

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.is_wrapped:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=_TIMEOUT_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)
            if server.needs_tls:
                smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password or "")
        return smtp
