"""Messages on the real database, the twin's files, and a real conversation with a mail server."""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import socket
import stat
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from network.delivery import service as delivery
from network.delivery.carriers import MailServer, SmtpCarrier
from network.delivery.domain import Channel, Message, Text
from network.delivery.errors import NotSent
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction

PHONE = "+989121234567"
HELLO = Message(Channel.SMS, PHONE, Text("", "سلام 012345"))


@pytest.fixture
def folder(app: Flask) -> Iterator[Path]:
    """Where the twin carries messages, empty."""
    place: Path = app.extensions["peyvand.settings"].state_folder / "messages"
    shutil.rmtree(place, ignore_errors=True)
    yield place
    shutil.rmtree(place, ignore_errors=True)


def waiting() -> int:
    return db.session.execute(text("SELECT count(*) FROM message")).scalar_one()


def test_a_message_leaves_after_its_unit_of_work_once_and_is_readable_for_its_owner_alone(folder: Path) -> None:
    with contextlib.suppress(RuntimeError), transaction():
        delivery.put(HELLO)
        raise RuntimeError
    delivery.put(HELLO)
    assert (delivery.send_waiting(), delivery.send_waiting(), waiting()) == (1, 0, 0)
    (written,) = folder.iterdir()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert json.loads(written.read_text())["to"] == PHONE
    assert delivery.twin_messages() == [HELLO]


def test_what_waits_in_the_database_and_what_is_logged_names_nobody(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused = Message(Channel.SMS, "+0989121234567", Text("", "012345"))
    delivery.put(refused)
    kept = "".join(db.session.execute(text("SELECT message::text FROM message")).scalars())
    assert delivery.send_waiting() == 0
    for secret in ("9121234567", "012345"):
        assert secret not in kept and secret.encode().hex() not in kept and secret not in caplog.text
    assert "could not be sent" in caplog.text


def test_a_message_that_was_refused_waits_and_goes_stale(folder: Path) -> None:
    delivery.put(Message(Channel.SMS, "+098", Text("", "x")), lives=timedelta(minutes=10))
    assert (delivery.send_waiting(), delivery.send_waiting(), waiting()) == (0, 0, 1)
    with transaction():
        db.session.execute(text("UPDATE message SET not_before = now(), expires_at = now()"))
    assert (delivery.send_waiting(), waiting()) == (0, 0)


def test_a_message_to_nobody_is_put_as_any_other_and_goes_nowhere(folder: Path) -> None:
    delivery.put(None)
    assert waiting() == 1
    assert (delivery.send_waiting(), waiting(), delivery.twin_messages()) == (0, 0, [])


def test_senders_side_by_side_send_each_message_once(app: Flask, folder: Path) -> None:
    for number in range(24):
        delivery.put(Message(Channel.EMAIL, f"m{number}@mail.example", Text("s", "b")))

    def send(_number: int) -> int:
        with app.app_context():
            try:
                return delivery.send_waiting(most=7)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(send, range(6))) == 24
    assert len({message.to for message in delivery.twin_messages()}) == 24


class MailDrop(threading.Thread):
    """A mail server of one conversation, as RFC 5321 has it."""

    def __init__(self, *, refuses: bool = False) -> None:
        super().__init__(daemon=True)
        self._refuses = refuses
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.lines: list[str] = []

    def run(self) -> None:
        with self._listening, self._listening.accept()[0] as talk, talk.makefile("rwb", buffering=0) as file:
            file.write(b"220 drop\r\n")
            is_data = False
            for raw in file:
                line = raw.decode().rstrip("\r\n")
                self.lines.append(line)
                if is_data and line != ".":
                    continue
                is_data = line.upper() == "DATA" and not self._refuses
                if line.upper() == "QUIT":
                    file.write(b"221 bye\r\n")
                    return
                no = self._refuses and line.upper().startswith("RCPT")
                file.write(b"550 no\r\n" if no else b"354 go\r\n" if is_data else b"250 ok\r\n")


def test_mail_is_handed_to_a_mail_server_and_its_refusal_names_nobody() -> None:
    mail = Message(Channel.EMAIL, "sara@mail.example", Text("رمز پیوند", "رمز شما: 012345"))
    drop = MailDrop()
    drop.start()
    server = MailServer("127.0.0.1", drop.port, "us@peyvand.example", needs_tls=False)
    SmtpCarrier(server).send(mail)
    drop.join(10)
    assert {"mail FROM:<us@peyvand.example>", "rcpt TO:<sara@mail.example>"} <= set(drop.lines)
    drop = MailDrop(refuses=True)
    drop.start()
    with pytest.raises(NotSent) as refused:
        SmtpCarrier(MailServer("127.0.0.1", drop.port, "us@peyvand.example", needs_tls=False)).send(mail)
    assert "sara" not in str(refused.value) and refused.value.__suppress_context__
    with pytest.raises(NotSent):  # nobody is there any more
        SmtpCarrier(MailServer("127.0.0.1", drop.port, "us@peyvand.example", needs_tls=False)).send(mail)


@pytest.mark.parametrize("to", ["a@b.,<", "():@b.example", ":;@b.example", "=?utf-8?q?a=0d=0ab?=@b.example"])
def test_an_address_that_no_header_can_hold_is_not_sent_to_and_holds_nothing_back(to: str) -> None:
    mail = Message(Channel.EMAIL, to, Text("subject", "body"))
    with pytest.raises(NotSent):
        SmtpCarrier(MailServer("127.0.0.1", 9, "us@peyvand.example", needs_tls=False)).send(mail)
