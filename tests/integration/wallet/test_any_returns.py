"""Holds, captures, returns and debts in any order: refused or done, every invariant holds at every step."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from network.cli.ledger import check_everything
from network.earning import service
from network.earning.commands import FollowUp, RecordPurchase, RedeemPoints
from network.kernel.errors import PeyvandError
from network.members.service import lookup
from network.settlement import service as settlement
from network.wallet.domain import Entry
from network.wallet.service import balance_of, sweep_due
from tests.conftest import empty_tables
from tests.fixtures import START, Coalition, Till, card_proof

REFUSALS = {
    "insufficient_points",
    "hold_over",
    "capture_too_large",
    "reversal_too_large",
    "return_too_large",
    "entry_not_found",
}
CODES = ("grocer", "florist", "fashion")

at = st.sampled_from(CODES)
which = st.integers(0, 6)
some = st.none() | st.integers(1, 300)
steps = st.one_of(
    st.tuples(st.just("earn"), at, st.integers(1, 40_000)),
    st.tuples(st.just("burn"), at, st.integers(1, 300)),
    st.tuples(st.just("hold"), at, st.integers(1, 300)),
    st.tuples(st.just("capture"), which, some),
    st.tuples(st.just("void"), which),
    st.tuples(st.just("return_burn"), which, some),
    st.tuples(st.just("return_earn"), which, some),
    st.tuples(st.just("wait"), st.integers(1, 20 * 24)),
    st.tuples(st.just("sweep")),
)


class Wallet:
    """One member at three partners, and what was done, so that it can be undone."""

    def __init__(self, coalition: Coalition) -> None:
        self.coalition = coalition
        terms: dict[str, dict[str, Any]] = {"florist": {"months": 1}, "fashion": {"pending_days": 14}}
        self.tills = {code: coalition.join(code, **terms.get(code, {})) for code in CODES}
        self.member = coalition.enrol(self.tills["grocer"])
        for till in self.tills.values():
            lookup(till.partner_id, card_number=self.member.card_number)
        self.now: datetime = START
        self.done: dict[str, list[tuple[Till, Entry]]] = {"earn": [], "burn": [], "hold": []}

    def earn(self, code: str, amount_minor: int) -> None:
        till = self.tills[code]
        command = RecordPurchase(member_id=self.member.member_id, amount_minor=amount_minor, currency="USD")
        self._note("earn", till, service.record_purchase(till.principal, command))

    def burn(self, code: str, points: int, *, capture: bool = True) -> None:
        till = self.tills[code]
        command = RedeemPoints(
            member_id=self.member.member_id,
            points=points,
            currency="USD",
            proof=card_proof(self.member.card_number),
            capture=capture,
            hold_seconds=86_400,
        )
        self._note("burn" if capture else "hold", till, service.redeem_points(till.principal, command))

    def hold(self, code: str, points: int) -> None:
        self.burn(code, points, capture=False)

    def capture(self, number: int, points: int | None) -> None:
        self._follow("hold", number, service.capture_hold, points=points)

    def void(self, number: int) -> None:
        self._follow("hold", number, service.void_hold)

    def return_burn(self, number: int, points: int | None) -> None:
        self._follow("hold" if number % 2 else "burn", number // 2, service.return_redemption, points=points)

    def return_earn(self, number: int, hundreds: int | None) -> None:
        self._follow("earn", number, service.return_purchase, amount_minor=None if hundreds is None else 100 * hundreds)

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.coalition.at(self.now)

    def sweep(self) -> None:
        """What was counted before is what is written now."""
        wallet_id = next((entry.wallet_id for _, entry in self.done["earn"]), None)
        if wallet_id is not None:
            counted = balance_of(wallet_id)
            sweep_due()
            assert balance_of(wallet_id) == counted

    def _follow(self, kind: str, number: int, verb: Callable[..., Any], **asked: Any) -> None:
        if self.done[kind]:
            till, entry = self.done[kind][number % len(self.done[kind])]
            verb(till.principal, FollowUp(wallet_id=entry.wallet_id, sequence=entry.sequence, **asked))

    def _note(self, kind: str, till: Till, made: Any) -> None:
        self.done[kind].append((till, made.entry))


@given(st.lists(steps, min_size=10, max_size=40))
# Not shrunk: a history is short enough to read, and each try costs a second.
@hypothesis_settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
def test_any_holds_and_returns_keep_every_invariant(app: Flask, history: list[tuple[object, ...]]) -> None:
    empty_tables()
    wallet = Wallet(Coalition(app))
    for step in [*history, ("sweep",)]:
        name, *arguments = step if isinstance(step, tuple) else (step,)
        try:
            getattr(wallet, str(name))(*arguments)
        except PeyvandError as refusal:
            if refusal.code not in REFUSALS:
                raise
    settlement.cut()
    broken = {finding.check.name: finding.rows for finding in check_everything() if not finding.holds}
    assert broken == {}
