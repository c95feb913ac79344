"""The same lines one by one, or as files: the same wallets, lots, entries and movements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from network.batches.domain import splitting
from network.earning.commands import FollowUp, RecordPurchase, RedeemPoints
from network.earning.results import Earned
from network.earning.service import record_purchase, redeem_points, return_purchase
from network.infrastructure import outbox
from network.kernel.errors import PeyvandError
from network.members.service import lookup
from tests.conftest import empty_tables
from tests.fixtures import START, Coalition, Customer, Till, card_proof
from tests.integration.batches.files import broken, earn, post, reversal, rows

PARTNERS: dict[str, dict[str, Any]] = {
    "grocer": {},
    "florist": {"months": 1},
    "fashion": {"pending_days": 14, "points_per_unit": "0.5"},
}
MEMBERS = 2
CODES = sorted(PARTNERS)

earns = st.tuples(
    st.just("earn"),
    st.integers(0, MEMBERS - 1),
    st.integers(1, 5_000),  # cents
    st.integers(-1, 60),  # days that the purchase lies back
    st.booleans(),  # told by card
)
returns = st.tuples(st.just("return"), st.integers(1, 12), st.none() | st.integers(1, 3_000))
files = st.tuples(
    st.just("file"), st.sampled_from(CODES), st.lists(st.one_of(earns, earns, returns), min_size=1, max_size=8)
)
burns = st.tuples(st.just("burn"), st.sampled_from(CODES), st.integers(0, MEMBERS - 1), st.integers(1, 40))
waits = st.tuples(st.just("wait"), st.integers(1, 20 * 24))
histories = st.lists(st.one_of(files, files, burns, waits), min_size=2, max_size=10)


class History:
    """A coalition that lives through the steps; `send` posts the lines of a file."""

    def __init__(self, app: Flask, send: Callable[[History, Till, list[dict[str, Any]]], None]) -> None:
        self.coalition = Coalition(app)
        self.send = send
        self.now: datetime = START
        self.tills = {code: self.coalition.join(code, **terms) for code, terms in PARTNERS.items()}
        self.members: list[Customer] = [self.coalition.enrol(self.tills["grocer"]) for _ in range(MEMBERS)]
        for till in self.tills.values():
            for member in self.members:
                lookup(till.partner_id, card_number=member.card_number)
        self.earned: dict[tuple[str, int], Earned] = {}
        self.sequence = 0

    def file(self, code: str, told: list[tuple[Any, ...]]) -> None:
        self.send(self, self.tills[code], [self._line(*each) for each in told])

    def burn(self, code: str, member: int, points: int) -> None:
        card = self.members[member].card_number
        command = RedeemPoints(
            member_id=self.members[member].member_id, points=points, currency="USD", proof=card_proof(card)
        )
        with suppress(PeyvandError):
            redeem_points(self.tills[code].principal, command)

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.coalition.at(self.now)

    def _line(self, kind: str, *told: Any) -> dict[str, Any]:
        self.sequence += 1
        if kind == "return":
            back, amount = told
            more = {} if amount is None else {"amount_minor": amount}
            return reversal(self.sequence, max(0, self.sequence - back), **more)
        member, amount, days, by_card = told
        customer = self.members[member]
        who = {"card_number": customer.card_number} if by_card else {"member": customer.id}
        at = (self.now - timedelta(days=days)).isoformat().replace("+00:00", "Z")
        return earn(self.sequence, amount_minor=amount, occurred_at=at, receipt=f"R-{self.sequence}", **who)


def one_by_one(history: History, till: Till, lines: list[dict[str, Any]]) -> None:
    for line in lines:
        with suppress(PeyvandError):
            if line["operation"] == "earn":
                member = next(m for m in history.members if line.get("member", m.id) == m.id
                              and line.get("card_number", m.card_number) == m.card_number)  # fmt: skip
                command = RecordPurchase(
                    member_id=member.member_id,
                    amount_minor=line["amount_minor"],
                    currency="USD",
                    occurred_at=datetime.fromisoformat(line["occurred_at"]),
                    receipt=line["receipt"],
                )
                found = record_purchase(till.principal, command)
                assert isinstance(found, Earned)
                history.earned[till.code, line["sequence"]] = found
            elif target := history.earned.get((till.code, line["of"]["sequence"])):
                entry = target.entry
                follow = FollowUp(
                    wallet_id=entry.wallet_id, sequence=entry.sequence, amount_minor=line.get("amount_minor")
                )
                return_purchase(till.principal, follow)


def as_a_file(_history: History, till: Till, lines: list[dict[str, Any]]) -> None:
    done = post(till, lines)
    assert done["duplicates"] == 0
    assert done["done"] == len(lines)
    again = post(till, lines)
    assert (again["posted"], again["duplicates"], again["refused"]) == (0, done["posted"], done["refused"])


def ledger() -> list[list[tuple[Any, ...]]]:
    """Everything but identifiers and hashes; members in the order of enrolment."""
    by_member = "JOIN member USING (wallet_id) ORDER BY member.enrolled_at, member.member_id"
    return [
        rows(f"SELECT available, pending, held, debt, sequence, due_at FROM wallet {by_member}"),
        rows(
            "SELECT j.sequence, operation, points, receipt, amount_minor, occurred_at, posted_at, available, pending,"
            f" held, debt, refers_to FROM journal j {by_member}, j.sequence"
        ),
        rows(
            "SELECT m.sequence, m.line, kind, points, held, debt, m.currency, activates_at, expires_at, posted_at"
            f" FROM movement m {by_member}, m.sequence, m.line"
        ),
        rows(
            "SELECT l.sequence, currency, issued, remaining, held, is_pending, issued_at, activates_at, expires_at"
            f" FROM lot l {by_member}, l.sequence"
        ),
        rows(f"SELECT d.sequence, owed, remaining FROM debt d {by_member}, d.sequence"),
        sorted(
            (topic, fact["sequence"], fact["points"], fact["posted_at"])
            for topic, payload in rows("SELECT topic, payload FROM outbox")
            for fact in outbox._facts_of(payload)
        ),
    ]


def live(app: Flask, steps: list[tuple[Any, ...]], send: Callable[..., None]) -> list[list[tuple[Any, ...]]]:
    empty_tables()
    history = History(app, send)
    for name, *arguments in steps:
        getattr(history, name)(*arguments)
    assert broken() == []
    return ledger()


@given(histories)
@hypothesis_settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_file_leaves_the_ledger_as_its_lines_would_one_by_one(app: Flask, steps: list[tuple[Any, ...]]) -> None:
    assert live(app, steps, as_a_file) == live(app, steps, one_by_one)


def test_parts_change_nothing(app: Flask, monkeypatch: Any) -> None:
    # each member is told in one way: the earns of one told in two may come in another order
    lines = [("earn", n % MEMBERS, 100 + n, n % 40, n % MEMBERS == 0) for n in range(40)]
    lines[25:25] = [("return", 4, None), ("return", 9, 50)]
    steps = [("file", "grocer", lines), ("wait", 24), ("file", "florist", lines)]
    alone = live(app, steps, one_by_one)
    monkeypatch.setattr(splitting, "LINES", 7)
    monkeypatch.setattr(splitting, "WINDOW_LINES", 15)
    assert live(app, steps, as_a_file) == alone
