"""Members who sign in, with the messages that reach them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.delivery.domain import Message
from network.delivery.service import send_waiting, twin_messages
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.events import Fact
from network.members.domain import EnrolCommand
from network.members.service import enrol
from network.partners.service import create_partner
from network.sessions import service as sessions
from network.sessions.domain import Realm, Session
from network.signin import service as signin
from network.signin.domain import Asker, CodeRequest, SignedIn
from network.signin.errors import CodeRefused
from tests.integration.partners.listening import listen

PHONE, OTHER_PHONE, EMAIL = "+989121234567", "+989351112233", "sara@mail.example"
HERE = Asker("192.0.2.7", "Firefox on a phone")
THERE = Asker("198.51.100.9", "Something else")


@dataclass(frozen=True)
class Inbox:
    """What was delivered, newest last."""

    folder: Path

    def all(self) -> list[Message]:
        send_waiting()
        return twin_messages()

    def code(self) -> str:
        """The code in the newest message."""
        return self.all()[-1].text.body.rpartition("#")[2]

    def empty(self) -> None:
        send_waiting()
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    made = Inbox(app.extensions["peyvand.settings"].state_folder / "messages")
    made.empty()
    yield made
    made.empty()


@pytest.fixture
def partner_id(app: Flask) -> UUID:
    return create_partner(code="grocer", name="Grocer", name_fa="بقالی").partner_id


@pytest.fixture
def sara(partner_id: UUID) -> UUID:
    """A member with a phone and an e-mail address."""
    command = EnrolCommand(name="Sara Karimi", phone=PHONE, email=EMAIL, locale="en")
    known = enrol(partner_id, command)
    return known.member.member_id  # type: ignore[union-attr]


@pytest.fixture
def enter(inbox: Inbox) -> Callable[..., SignedIn]:
    """Signs somebody in by a code."""

    def by_code(typed: str = PHONE, asker: Asker = HERE) -> SignedIn:
        asked = signin.request_sign_in(typed, asker)
        return signin.sign_in(asked.token, inbox.code(), asker)

    return by_code


@pytest.fixture
def session(sara: UUID, enter: Callable[..., SignedIn]) -> Session:
    """Sara, who has just proved who she is."""
    return enter().session


@pytest.fixture
def heard(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Fact]], list[Fact]]:
    return lambda kind: listen(monkeypatch, kind)


def stale(session: Session) -> Session:
    """The same session, an hour after its proof."""
    with transaction():
        db.session.execute(
            text(
                "UPDATE session SET opened_at = opened_at - :by, authenticated_at = authenticated_at - :by"
                " WHERE session_id = :id"
            ),
            {"by": timedelta(hours=1), "id": session.session_id},
        )
    (found,) = [
        each
        for each in sessions.list_sessions(Realm.MEMBER, session.subject_id)
        if each.session_id == session.session_id
    ]
    return found


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}"


def guesses(asked: CodeRequest, code: str, times: int) -> None:
    """Type a wrong code some times."""
    for _ in range(times):
        with pytest.raises(CodeRefused):
            signin.sign_in(asked.token, wrong(code), HERE)
