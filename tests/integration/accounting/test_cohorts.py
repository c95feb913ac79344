"""A point belongs to the month in which it was issued, wherever it goes and however late it clears."""

from __future__ import annotations

from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from network.settlement.domain import Clearing
from tests.fixtures import Coalition, day
from tests.integration.merging.cases import merge
from tests.integration.settlement.ledger import Ledger, close_due


def moved(name: str) -> dict[tuple[str, Clearing], int]:
    """What a cycle cleared, by the month of issue."""
    months = {cycle.cycle_id: cycle.period_name for cycle in settlement.cycles("USD")}
    cohorts = settlement.cleared(settlement.get_cycle(name)).cohorts
    return {(months[each.cohort_id], each.kind): each.points for each in cohorts}


def test_points_of_a_merged_account_keep_their_month(coalition: Coalition) -> None:
    grocer, fuel = coalition.join("grocer"), coalition.join("fuel")
    set_clock(day(1, 10))
    old, kept = coalition.enrol(grocer), coalition.enrol(fuel)
    grocer.earn(old, 100_00)
    set_clock(day(2, 10))
    fuel.earn(kept, 50_00)
    merge(old, kept)
    assert fuel.redeem(kept, 120).status_code == 201
    set_clock(day(3, 1))
    close_due()
    assert moved("2017-01") == {("2017-01", Clearing.ISSUE): 100}
    assert moved("2017-02") == {
        ("2017-02", Clearing.ISSUE): 50,
        ("2017-01", Clearing.DRAW): -100,
        ("2017-02", Clearing.DRAW): -20,
    }


def test_what_commits_after_its_month_was_cut_clears_in_the_next_and_is_of_its_own_month(coalition: Coalition) -> None:
    ledger = Ledger(coalition)
    ledger.join("grocer")
    set_clock(day(1, 10))
    ledger.earn("p", "grocer", 1_000)
    set_clock(day(2, 1))
    close_due()
    with ledger.slow_issue("grocer", 7, day(1, 31)):
        pass
    set_clock(day(3, 1))
    close_due()
    assert moved("2017-02") == {("2017-01", Clearing.ISSUE): 7}
