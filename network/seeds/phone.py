"""The phones of the demo's members: what each shows at the till, and what its owner allows in its account."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from flask import Flask

from network.kernel.clock import SystemClock
from network.kernel.identifiers import read, show
from network.sessions.domain import Realm, Session
from network.sessions.service import open_session
from network.signin import service as signin

_FRESH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a phone shows at the till: a code, or the approval of this one burn."""

    code: str | None = field(default=None, repr=False)
    approval: str | None = None


class Phone(Protocol):
    """The phone of whoever stands at the till."""

    def show(self, member: str, partner_code: str, points: int) -> Shown:
        """What the member lets these points be burned with."""


class MemberPhones:
    """All phones of the demo. Each method takes the application's context, so that threads may share them.

    A code is good once in thirty seconds of real time, in which the demo lives through days: a member that pays again
    meanwhile approves that burn in its account instead, as it would for one above its limit.
    """

    def __init__(self, app: Flask, partner_ids: Mapping[str, UUID]) -> None:
        self._app = app
        self._partner_ids = partner_ids
        self._sessions: dict[UUID, Session] = {}
        self._opened: set[tuple[UUID, UUID]] = set()
        self._used_until: dict[UUID, datetime] = {}
        self._lock = threading.Lock()

    def show(self, member: str, partner_code: str, points: int) -> Shown:
        """As `Phone.show`. Where the member has not been, it opens the partner first."""
        member_id, partner_id = read("mbr", member), self._partner_ids[partner_code]
        with self._app.app_context():
            shown = signin.till_code(member_id)
            if not self._is_first(member_id, shown.good_until):
                made = signin.approve_spending(self._session(member_id), partner_id, points)
                return Shown(approval=show("apr", made.approval_id))
            if (member_id, partner_id) not in self._opened:
                signin.open_partner(self._session(member_id), partner_id)
                self._opened.add((member_id, partner_id))
            return Shown(code=shown.code)

    def _is_first(self, member_id: UUID, good_until: datetime) -> bool:
        with self._lock:
            before = self._used_until.get(member_id)
            self._used_until[member_id] = good_until
        return before is None or before < good_until

    def _session(self, member_id: UUID) -> Session:
        """Of a member who proved who it is a moment ago."""
        session = self._sessions.get(member_id)
        if session is None or not session.is_fresh(SystemClock().now(), _FRESH):
            session = self._sessions[member_id] = open_session(Realm.MEMBER, member_id, ["sms"], "the demo").session
        return session
