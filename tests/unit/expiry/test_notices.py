"""Of which points notice is due."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from network.expiry.domain import Expiring, Notice, horizon, notices_due
from network.kernel.identifiers import new_id

END = datetime(2018, 1, 1, tzinfo=UTC)
WALLET = new_id()
DAYS = (60, 30, 7)


def points(number: int = 10, *, wallet: UUID = WALLET, lived: int = 365, days: tuple[int, ...] = DAYS) -> Expiring:
    return Expiring(wallet, number, END - timedelta(days=lived), END, days)


def told(*lots: Expiring, days_ahead: float) -> list[tuple[int, int]]:
    return [(each.notice_days, each.points) for each in notices_due(lots, END - timedelta(days=days_ahead))]


def test_a_notice_is_due_on_its_day_and_not_before() -> None:
    assert told(points(), days_ahead=60.001) == []
    assert told(points(), days_ahead=60) == [(60, 10)]
    assert told(points(), days_ahead=30.001) == [(60, 10)]
    assert told(points(), days_ahead=30) == [(30, 10)]
    assert told(points(), days_ahead=7) == [(7, 10)]


def test_who_was_not_told_in_time_is_told_once_of_the_nearest() -> None:
    assert told(points(), days_ahead=1) == [(7, 10)]


def test_what_has_expired_needs_no_notice() -> None:
    assert told(points(), days_ahead=0) == []


def test_points_that_live_shorter_than_a_notice_are_not_told_of_by_it() -> None:
    assert told(points(lived=31), days_ahead=31) == []
    assert told(points(lived=31), days_ahead=30) == [(30, 10)]
    assert told(points(lived=5), days_ahead=1) == []


def test_points_of_a_wallet_that_expire_together_are_told_of_together() -> None:
    other = new_id()
    notices = notices_due([points(3), points(4), points(5, wallet=other)], END - timedelta(days=7))
    assert sorted(notices, key=lambda each: each.points) == [
        Notice(other, END, 7, 5),
        Notice(WALLET, END, 7, 7),
    ]


def test_each_policy_has_its_own_days() -> None:
    assert told(points(3, days=(14,)), points(4, days=(30,)), days_ahead=10) == [(14, 3), (30, 4)]
    assert told(points(days=()), days_ahead=1) == []


def test_the_horizon_is_as_far_as_the_earliest_notice() -> None:
    assert horizon([(60, 30), (90,), ()], END) == END + timedelta(days=90)
    assert horizon([], END) == END


@given(st.lists(st.integers(1, 366), max_size=6, unique=True), st.lists(st.integers(0, 4000), max_size=40))
def test_whenever_one_looks_each_notice_is_due_at_most_once_in_order_and_never_too_early(
    days: list[int], tenths: list[int]
) -> None:
    lot = points(lived=400, days=tuple(sorted(days, reverse=True)))
    seen = []
    for ahead in sorted(tenths, reverse=True):
        for notice in notices_due([lot], END - timedelta(days=ahead / 10)):
            assert notice.notice_days >= ahead / 10
            seen.append(notice.notice_days)
    assert seen == sorted(seen, reverse=True)
    assert set(seen) <= set(days)
