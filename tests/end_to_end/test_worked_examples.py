"""The worked examples of docs/economics.md, month 1, from the till to the statement: SDK, HTTP, worker, export."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from flask import current_app

from network.cli.ledger import check_everything
from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from network.settlement.domain import State
from partner_sdk import CardProof, Member, Partner
from tests.fixtures import Coalition, day
from tests.integration.settlement.recompute import recompute
from tests.live import Installation

A, B, C = "grocer", "fuel", "coffee"


@dataclass
class Month:
    """January 2017 at three partners; `partners` are their own software, by code."""

    installation: Installation
    partners: dict[str, Partner]

    def earn(self, code: str, member: Member, points: int, **more: Any) -> None:
        earn = self.partners[code].earns.create(member=member, amount_minor=100 * points, currency="USD", **more)
        assert earn.points == points

    def burn(self, code: str, member: Member, card_number: str, points: int) -> None:
        burned = self.partners[code].redemptions.create(
            member=member, points=points, currency="USD", proof=CardProof(card_number)
        )
        assert (burned.status, burned.value_minor) == ("captured", points)

    def live_through(self) -> None:
        """Two members, whose first-expiring lots are drawn as the table of the example says."""
        set_clock(day(1, 2))
        sara, omid = self.partners[B].members.enrol(), self.partners[C].members.enrol()
        for code in (A, B, C):
            self.partners[code].members.lookup(card_number=card(sara))
            self.partners[code].members.lookup(card_number=card(omid))
        self.earn(B, sara, 15_000)
        set_clock(day(1, 5))
        self.earn(A, sara, 100_000)
        set_clock(day(1, 10))
        self.burn(A, sara, card(sara), 5_000)  # all of B's lot, which expires first
        self.burn(B, sara, card(sara), 60_000)  # the 10,000 that are left of it, and 50,000 of A's
        set_clock(day(1, 15))
        self.earn(C, sara, 2_000, occurred_at=day(1, 3))  # reported late: it expires before A's lot
        self.burn(C, sara, card(sara), 20_000)  # so it is drawn before 18,000 of A's
        set_clock(day(1, 31, 23))
        self.earn(B, omid, 5_000)
        self.earn(C, omid, 8_000)
        assert self.partners[A].members.balance(sara).available == 32_000

    def close(self) -> None:
        """The clock strikes February; the recurring jobs run in a worker process until the cycle is stated."""
        set_clock(day(2, 1, 0))
        queue = current_app.extensions["peyvand.queue"]
        for _ in range(5):
            for job in ("network.settlement.jobs.cut", "network.settlement.jobs.tick"):
                queue.enqueue(job)
            self.installation.work()
            if settlement.get_cycle("USD-2017-01").state is State.STATED:
                return
        raise AssertionError(settlement.get_cycle("USD-2017-01").waiting_reason)

    def statement(self, code: str) -> tuple[int, int, int, int]:
        """A partner's issue, redemption, deferred and net, as its own software reads them."""
        (found,) = self.partners[code].settlements.list()
        assert (found.cycle_name, found.currency, found.status) == ("USD 2017-01", "USD", "stated")
        assert (found.starts_at, found.ends_at) == (day(1, 1, 0), day(2, 1, 0))
        whole = self.partners[code].settlements.get(found.id)
        assert (
            whole.net_minor
            == found.net_minor
            == sum(line.amount_minor if line.leg == "redemption" else -line.amount_minor for line in whole.lines)
        )
        return found.issue_minor, found.redemption_minor, found.deferred_minor, found.net_minor


def card(member: Member) -> str:
    assert member.card_number is not None
    return member.card_number


@pytest.fixture
def month(request: pytest.FixtureRequest, coalition: Coalition, installation: Installation) -> Iterator[Month]:
    """The three partners under the same terms, those that the test names."""
    tills = [coalition.join(code, **request.param) for code in (A, B, C)]
    with ExitStack() as open_until_then:
        partners = {till.code: open_until_then.enter_context(installation.partner(till.client)) for till in tills}
        lived = Month(installation, partners)
        lived.live_through()
        lived.close()
        yield lived


def operator_net() -> int:
    return settlement.cycle_report(settlement.get_cycle("USD-2017-01")).operator.net_minor


def assert_export_says_the_same(month: Month) -> None:
    """What the operator exports is enough to compute every net again, and the ledger's own checks agree."""
    recomputed, told = recompute(settlement.export_cycle("USD-2017-01"))
    assert recomputed == told
    for code in (A, B, C):
        issue, redemption, deferred, _net = month.statement(code)
        charges = dict.fromkeys(("breakage", "fee", "tax", "penalty", "adjustment"), 0)
        assert told[code] == {"issue": issue, "redemption": redemption, "deferred": deferred, **charges}
    assert [finding.check.name for finding in check_everything() if not finding.holds] == []


@pytest.mark.parametrize("month", [{"funded": "1", "price": "0.0115"}], indirect=True)
def test_worked_example_a_comes_out_to_the_cent(month: Month) -> None:
    assert month.statement(A) == (1_150_00, 45_00, 0, -1_105_00)
    assert month.statement(B) == (230_00, 540_00, 0, 310_00)
    assert month.statement(C) == (115_00, 180_00, 0, 65_00)
    assert operator_net() == 730_00
    report = settlement.cycle_report(settlement.get_cycle("USD-2017-01"))
    assert (report.gross_minor, report.net_minor, str(report.saved_percent)) == (2_260_00, 1_480_00, "34.5")
    flows = {(flow.issuer, flow.redeemer): flow.points for flow in report.flows}
    assert flows == {(B, A): 5_000, (B, B): 10_000, (A, B): 50_000, (C, C): 2_000, (A, C): 18_000}
    left = {row.issuer: row.outstanding for row in settlement.roll_forward(settlement.get_cycle("USD-2017-01"))}
    assert left == {A: 32_000, B: 5_000, C: 8_000}
    lines = month.partners[C].settlements.get(next(iter(month.partners[C].settlements.list())).id).lines
    assert {(line.leg, line.counterparty, line.points, line.amount_minor) for line in lines} == {
        ("issue", "operator", 10_000, 115_00),
        ("redemption", C, 2_000, 18_00),
        ("redemption", A, 18_000, 162_00),
    }
    assert_export_says_the_same(month)
    exported = month.installation.run("settlement", "export", "USD-2017-01")
    assert exported.splitlines() == list(settlement.export_cycle("USD-2017-01"))
    assert "Every invariant holds." in month.installation.run("ledger", "check")


@pytest.mark.parametrize("month", [{"funded": "0", "price": "0.0105"}], indirect=True)
def test_worked_example_b_comes_out_to_the_cent(month: Month) -> None:
    assert month.statement(A) == (0, 45_00, 714_00, -669_00)
    assert month.statement(B) == (0, 450_00, 52_50, 397_50)
    assert month.statement(C) == (0, 162_00, 0, 162_00)
    assert operator_net() == 109_50
    assert_export_says_the_same(month)
