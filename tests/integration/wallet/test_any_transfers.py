"""Earns, burns, pools, merges and returns in any order: no points are made or lost, and none end up with a stranger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from network.cli.ledger import check_everything
from network.earning import service
from network.earning.commands import FollowUp, RecordPurchase, RedeemPoints, Source
from network.households import service as households
from network.households.checks import CHECKS as HOUSEHOLD_CHECKS
from network.households.domain import Consent, Policy
from network.infrastructure.checks import run
from network.infrastructure.database import db
from network.infrastructure.outbox import drain
from network.kernel.errors import PeyvandError
from network.members import service as members
from network.members.domain import Merge
from network.settlement import service as settlement
from network.wallet.domain import Entry
from network.wallet.service import sweep_due
from tests.conftest import empty_tables
from tests.fixtures import START, Coalition, Customer, Till, card_proof

REFUSALS = {
    "insufficient_points",
    "hold_over",
    "capture_too_large",
    "reversal_too_large",
    "return_too_large",
    "entry_not_found",
    "not_in_household",
    "already_in_household",
    "already_invited",
    "household_not_found",
    "household_cooling_off",
    "pool_delay",
    "pool_cap_reached",
    "contribution_cap_reached",
    "pool_holds_open",
    "holds_open",
    "in_household",
    "member_merged",
    "merge_over",
    "proof_refused",
    "same_member",
}
CODES = ("grocer", "florist", "fashion")
MEMBERS = 4

at = st.sampled_from(CODES)
who = st.integers(0, MEMBERS - 1)
which = st.integers(0, 8)
some = st.none() | st.integers(1, 200)
steps = st.one_of(
    st.tuples(st.just("earn"), at, who, st.integers(100, 40_000)),
    *[st.tuples(st.just("burn"), at, who, st.integers(1, 150), st.booleans(), st.booleans())] * 4,
    st.tuples(st.just("capture"), which, some),
    st.tuples(st.just("void"), which),
    *[st.tuples(st.just("return_burn"), which, some)] * 2,
    *[st.tuples(st.just("return_earn"), which, some)] * 2,
    st.tuples(st.just("found"), who),
    st.tuples(st.just("join"), who, who),
    *[st.tuples(st.just("contribute"), who, st.integers(1, 150))] * 2,
    st.tuples(st.just("share"), who, st.integers(0, 100)),
    st.tuples(st.just("leave"), who),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("unmerge"), which),
    st.tuples(st.just("wait"), st.integers(1, 12 * 24)),
    st.tuples(st.just("sweep")),
)
CONSENT = Consent("1", "form", "Laleh")


class Town:
    """Four people at three partners, and what was done, so that it can be undone."""

    def __init__(self, coalition: Coalition) -> None:
        self.coalition = coalition
        terms: dict[str, dict[str, Any]] = {"florist": {"months": 1}, "fashion": {"pending_days": 14}}
        self.tills = {code: coalition.join(code, **terms.get(code, {})) for code in CODES}
        self.people = [coalition.enrol(self.tills["grocer"]) for _ in range(MEMBERS)]
        for till in self.tills.values():
            for person in self.people:
                members.lookup(till.partner_id, card_number=person.card_number)
        households.set_policy(Policy(delay_days=1, cooling_off_days=3, spend_cap=400, contribute_cap=600))
        self.now: datetime = START
        self.done: dict[str, list[tuple[Till, Entry]]] = {"earn": [], "burn": [], "hold": []}
        self.merges: list[Merge] = []

    def earn(self, code: str, person: int, amount_minor: int) -> None:
        till = self.tills[code]
        command = RecordPurchase(member_id=self.people[person].member_id, amount_minor=amount_minor, currency="USD")
        self._note("earn", till, service.record_purchase(till.principal, command))

    def burn(self, code: str, person: int, points: int, from_pool: bool, capture: bool) -> None:
        till, customer = self.tills[code], self.people[person]
        command = RedeemPoints(
            member_id=customer.member_id,
            points=points,
            currency="USD",
            proof=card_proof(customer.card_number),
            capture=capture,
            hold_seconds=86_400,
            source=Source.POOL if from_pool else Source.OWN,
        )
        self._note("burn" if capture else "hold", till, service.redeem_points(till.principal, command))

    def capture(self, number: int, points: int | None) -> None:
        self._follow("hold", number, service.capture_hold, points=points)

    def void(self, number: int) -> None:
        self._follow("hold", number, service.void_hold)

    def return_burn(self, number: int, points: int | None) -> None:
        self._follow("hold" if number % 2 else "burn", number // 2, service.return_redemption, points=points)

    def return_earn(self, number: int, hundreds: int | None) -> None:
        self._follow("earn", number, service.return_purchase, amount_minor=None if hundreds is None else 100 * hundreds)

    def found(self, person: int) -> None:
        households.found(self.people[person].member_id, CONSENT)

    def join(self, host: int, person: int) -> None:
        household = households.household_of(self.people[host].member_id)
        households.invite(household, self.people[person].member_id, person="Laleh")
        households.join(household, self.people[person].member_id, CONSENT)

    def contribute(self, person: int, points: int) -> None:
        households.contribute(self.people[person].member_id, points)

    def share(self, person: int, percent: int) -> None:
        households.set_share(self.people[person].member_id, percent)

    def leave(self, person: int) -> None:
        households.leave(self.people[person].member_id, person="Laleh")

    def merge(self, person: int, into: int) -> None:
        pair: list[Customer] = [self.people[person], self.people[into]]
        made = members.propose_merge(pair[0].member_id, pair[1].member_id, reason="one", person="Omid")
        self.merges.append(members.approve_merge(made.merge_id, person="Laleh"))

    def unmerge(self, number: int) -> None:
        if self.merges:
            made = self.merges[number % len(self.merges)]
            members.propose_unmerge(made.merge_id, reason="two", person="Omid")
            try:
                members.approve_merge(made.merge_id, person="Laleh")
            except PeyvandError:
                members.reject_merge(made.merge_id, person="Laleh")
                raise

    def wait(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        self.coalition.at(self.now)

    def sweep(self) -> None:
        """What the background does: facts handled, shares moved, what is due entered."""
        drain()
        households.move_due_shares()
        sweep_due()

    def _follow(self, kind: str, number: int, verb: Callable[..., Any], **asked: Any) -> None:
        if self.done[kind]:
            till, entry = self.done[kind][number % len(self.done[kind])]
            verb(till.principal, FollowUp(wallet_id=entry.wallet_id, sequence=entry.sequence, **asked))

    def _note(self, kind: str, till: Till, made: Any) -> None:
        self.done[kind].append((till, made.entry))


@given(st.lists(steps, min_size=20, max_size=60))
# Not shrunk: a history is short enough to read, and each try costs a second.
@hypothesis_settings(max_examples=12, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
def test_any_transfers_keep_every_invariant_and_no_points_end_up_with_a_stranger(
    app: Flask, history: list[tuple[object, ...]]
) -> None:
    empty_tables()
    town = Town(Coalition(app))
    # a household, and points for all, so that most steps have something to do
    opening: list[tuple[object, ...]] = [("earn", code, person, 20_000) for person in range(MEMBERS) for code in CODES]
    opening += [("found", 0), ("join", 0, 1), ("wait", 25), ("contribute", 0, 150), ("contribute", 1, 150)]
    for step in [*opening, *history, ("sweep",)]:
        name, *arguments = step
        try:
            getattr(town, str(name))(*arguments)
        except PeyvandError as refusal:
            if refusal.code not in REFUSALS:
                raise
        assert strangers() == [], step
    settlement.cut()
    broken = {finding.check.name: finding.rows for finding in check_everything() if not finding.holds}
    assert broken == {}


def strangers() -> list[dict[str, Any]]:
    """Points that lie where they have no business to be."""
    db.session.rollback()
    return [row for finding in run(HOUSEHOLD_CHECKS) for row in finding.rows]
