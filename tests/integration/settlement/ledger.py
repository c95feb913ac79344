"""Points that move at tills, at chosen times, and by transactions that take their time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from flask import current_app
from sqlalchemy import text

from network.infrastructure.checks import run
from network.infrastructure.database import db
from network.infrastructure.network_clock import network_now, set_clock
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id
from network.partners import service as partners
from network.settlement import service as settlement
from network.settlement.checks import CHECKS
from network.settlement.domain import Cycle
from tests.fixtures import Coalition, Customer, Till, day

_OWN_XID = """
SELECT pg_current_xact_id()::text::bigint + coalesce((SELECT xid_offset FROM settlement_horizon), 0)
"""
_PATIENCE_SECONDS = 20.0  # another test process's transaction may hold the horizon of the whole server back


class Ledger:
    """Partners by code, and members by name, whose points move at the partners' tills."""

    def __init__(self, coalition: Coalition) -> None:
        self.coalition = coalition
        self.tills: dict[str, Till] = {}
        self._members: dict[str, Customer] = {}
        self._known: set[tuple[str, str]] = set()

    def join(self, *codes: str, **terms: Any) -> None:
        """Partners with a contract of these terms, by default those of worked example A; a point per dollar."""
        for code in codes:
            self.tills[code] = self.coalition.join(code, **terms)

    def partner(self, code: str) -> UUID:
        return partners.ensure_operator().partner_id if code == "operator" else self.tills[code].partner_id

    def contract(self, code: str) -> UUID:
        """The version in force now."""
        return partners.get_contract_in_force(self.partner(code), "USD", network_now()).contract_id

    def earn(self, member: str, issuer: str, points: int) -> None:
        """Points of an issuer, now."""
        answer = self.tills[issuer].earn(self._member(member, issuer), points * 100)
        assert (answer.status_code, answer.json.get("points")) == (201, points), answer.text

    def burn(self, member: str, redeemer: str, points: int) -> str:
        """Points spent at a redeemer, now, first expiring first; the redemption's id."""
        answer = self.tills[redeemer].redeem(self._member(member, redeemer), points)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def available(self, member: str) -> int:
        code = next(iter(self.tills))
        return int(self.tills[code].balance(self._member(member, code)).json["available"])

    @contextmanager
    def slow_issue(self, issuer: str, points: int, posted_at: datetime) -> Iterator[psycopg.Connection]:
        """A transaction that has issued points and does not end before its block does; then it commits."""
        with connect() as connection:
            self.insert(connection, issuer, points, posted_at)
            yield connection

    def insert(self, connection: psycopg.Connection, issuer: str, points: int, posted_at: datetime) -> UUID:
        """An issue by plain SQL: a lot and its movement, without wallet or journal; the lot's id."""
        who = {"wallet": new_id(), "lot": new_id(), "points": points, "at": posted_at}
        who |= {"issuer": self.partner(issuer), "contract": self.contract(issuer)}
        connection.execute(
            "INSERT INTO lot (wallet_id, lot_id, sequence, issuer_id, contract_id, currency, issued, remaining, held,"
            " is_pending, issued_at, activates_at) VALUES (%(wallet)s, %(lot)s, 1, %(issuer)s, %(contract)s, 'USD',"
            " %(points)s, %(points)s, 0, false, %(at)s, %(at)s)",
            who,
        )
        connection.execute(
            "INSERT INTO movement (wallet_id, sequence, line, lot_id, kind, points, held, debt, issuer_id,"
            " issuer_contract_id, currency, posted_at) VALUES (%(wallet)s, 1, 1, %(lot)s, 'issue', %(points)s, 0, 0,"
            " %(issuer)s, %(contract)s, 'USD', %(at)s)",
            who,
        )
        return UUID(str(who["lot"]))

    def _member(self, name: str, code: str) -> Customer:
        """A member, known to a partner because its card was shown there."""
        if name not in self._members:
            self._members[name] = self.coalition.enrol(self.tills[code])
            self._known.add((name, code))
        member = self._members[name]
        if (name, code) not in self._known:
            answer = self.tills[code].post("/v1/members/lookup", {"card_number": member.card_number})
            assert answer.status_code == 200, answer.text
            self._known.add((name, code))
        return member


def connect() -> psycopg.Connection:
    """A connection of one's own, named as a slow till's."""
    return psycopg.connect(current_app.config["PEYVAND_CONNINFO"], application_name="slow till")


def month_one(ledger: Ledger) -> None:
    """January of the worked examples, with true first-expiring-first draws."""
    set_clock(day(1, 10))
    for member, issuer, points in (("p", "grocer", 100_000), ("q", "fuel", 20_000), ("r", "coffee", 10_000)):
        ledger.earn(member, issuer, points)
    set_clock(day(1, 20))
    for member, redeemer, points in (
        ("q", "grocer", 5_000),
        ("q", "fuel", 10_000),
        ("p", "fuel", 50_000),
        ("r", "coffee", 2_000),
        ("p", "coffee", 18_000),
    ):
        ledger.burn(member, redeemer, points)


def cut_all() -> int:
    """Cut until everything that is committed by now is folded; how many movements that were."""
    with transaction():
        edge = db.session.execute(text(_OWN_XID)).scalar_one()
    movements, until = 0, time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        done = settlement.cut()
        movements += done.movements
        if done.to_xid > edge:
            return movements
        time.sleep(0.02)
    raise AssertionError("the horizon does not move")


def close(name: str) -> Cycle:
    """Close a cycle that is due."""
    return settlement.close_cycle(settlement.get_cycle(name).cycle_id, patience_seconds=_PATIENCE_SECONDS)


def close_due() -> list[Cycle]:
    """What the jobs do, in this process: cycles follow the clock, and those that are due are closed."""
    cut_all()
    settlement.open_cycles()
    due = settlement.due_cycles()
    return [settlement.close_cycle(cycle.cycle_id, patience_seconds=_PATIENCE_SECONDS) for cycle in due]


def broken() -> dict[str, Any]:
    """Invariants of settlement that do not hold, with rows that break them."""
    db.session.rollback()
    return {finding.check.name: finding.rows for finding in run(CHECKS) if not finding.holds}


def count(query: str, **values: Any) -> int:
    """A number from the database."""
    db.session.rollback()
    return int(db.session.execute(text(query), values).scalar_one())
