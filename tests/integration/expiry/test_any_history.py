"""Whatever happens in whatever order to points of every policy: the ledger is sound, and remembers what it showed."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from network.adjustments.errors import NothingToExtend
from network.adjustments.service import propose_extension
from network.cli.ledger import check_everything
from network.expiry.domain import ExpiryPolicy, PolicyVersion, Rule
from network.expiry.jobs import tell
from network.expiry.service import set_policy
from network.infrastructure.calendars import JALALI
from network.kernel.calendar import GREGORIAN
from network.members.service import lookup, wallet_of_member
from network.settlement import service as settlement
from network.wallet.domain import Balance
from network.wallet.jobs import sweep
from network.wallet.service import balance_of
from network.wallet.timetravel import wallet_at
from tests.conftest import empty_tables
from tests.fixtures import START, Coalition, next_key

POLICIES = {
    "dated": (Rule.MONTHS_FROM_EARNING, 1, GREGORIAN),
    "season": (Rule.END_OF_QUARTER, 0, JALALI),
    "club": (Rule.INACTIVITY, 1, GREGORIAN),
    "guild": (Rule.INACTIVITY, 3, JALALI),
    "endless": (Rule.NEVER, 0, GREGORIAN),
}
at = st.sampled_from(sorted(POLICIES))
steps = st.one_of(
    st.tuples(st.just("earn"), at, st.integers(1_00, 90_00)),
    st.tuples(st.just("redeem"), at, st.integers(1, 90)),
    st.tuples(st.just("hold"), at, st.integers(1, 40)),
    st.tuples(st.just("bring_back"), at),
    st.tuples(st.just("extend"), st.integers(1, 90), st.integers(1, 90)),
    st.tuples(st.just("wait"), st.integers(1, 45 * 24)),
    st.tuples(st.just("sweep")),
    st.tuples(st.just("tell")),
)


class Wallet:
    """One member at partners of every policy."""

    def __init__(self, app: Flask) -> None:
        self.coalition, self.now = Coalition(app), START
        for code, (rule, months, calendar) in POLICIES.items():
            policy = ExpiryPolicy(rule=rule, months=months, calendar=calendar, zone=ZoneInfo("Asia/Tehran"))
            set_policy(PolicyVersion(programme=code, jurisdiction="", valid_from=START, policy=policy))
        self.tills = {code: self.coalition.join(code, programme=code) for code in POLICIES}
        self.member = self.coalition.enrol(self.tills["club"])
        for till in self.tills.values():
            lookup(till.partner_id, card_number=self.member.card_number)
        self.wallet_id: UUID = wallet_of_member(self.member.member_id)
        self.seen: list[tuple[datetime, Balance]] = []

    def earn(self, code: str, amount_minor: int) -> None:
        assert self.tills[code].earn(self.member, amount_minor).status_code == 201

    def redeem(self, code: str, points: int, **more: Any) -> None:
        enough = balance_of(self.wallet_id)[1].available >= points
        assert self.tills[code].redeem(self.member, points, **more).status_code == (201 if enough else 402)

    def hold(self, code: str, points: int) -> None:
        self.redeem(code, points, capture=False, hold_seconds=86_400)

    def bring_back(self, code: str) -> None:
        till = self.tills[code]
        spent = [each["id"] for each in till.entries(self.member).json["data"] if each["operation"] == "redemption"]
        if spent:
            answer = till.post(f"/v1/redemptions/{spent[0]}/reverse", {"points": 1}, next_key())
            assert answer.status_code in (201, 402), answer.text

    def extend(self, days: int, more_days: int) -> None:
        by = self.now + timedelta(days=days)
        with suppress(NothingToExtend):
            propose_extension(
                wallet_id=self.wallet_id,
                issuer_id=None,
                expires_after=self.now,
                expires_by=by,
                extended_to=by + timedelta(days=more_days),
                reason="goodwill",
                person="Omid",
            )

    def wait(self, hours: int) -> None:
        self.seen.append(balance_of(self.wallet_id))
        self.now += timedelta(hours=hours)
        self.coalition.at(self.now)

    def sweep(self) -> None:
        counted = balance_of(self.wallet_id)
        sweep()
        assert balance_of(self.wallet_id) == counted

    def tell(self) -> None:
        tell()
        assert tell() == 0


@given(st.lists(steps, min_size=10, max_size=35))
# Not shrunk: a history is short enough to read, and each try costs a second.
@hypothesis_settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[*HealthCheck])
def test_any_history_of_points_that_expire_in_every_way_keeps_every_invariant(
    app: Flask, history: list[tuple[Any, ...]]
) -> None:
    empty_tables()
    wallet = Wallet(app)
    for name, *arguments in [*history, ("wait", 1), ("sweep",)]:
        getattr(wallet, name)(*arguments)
    assert [wallet_at(wallet.wallet_id, instant).balance for instant, _ in wallet.seen] == [
        balance for _, balance in wallet.seen
    ]
    settlement.cut()
    assert {each.check.name: each.rows for each in check_everything() if not each.holds} == {}
