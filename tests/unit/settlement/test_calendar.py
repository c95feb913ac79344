"""How time is divided into cycles."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import CycleCalendar
from network.settlement.errors import BadCalendar

NEW_YORK = CycleCalendar.checked("USD", "month", "America/New_York")


def test_a_month_lies_between_local_midnights() -> None:
    cycle = NEW_YORK.cycle_at(datetime(2017, 3, 15, tzinfo=UTC))
    assert cycle.name == "USD 2017-03"
    assert cycle.starts_at == datetime(2017, 3, 1, 5, tzinfo=UTC)
    assert cycle.ends_at == datetime(2017, 4, 1, 4, tzinfo=UTC), "daylight saving began on the 12th"


def test_cycles_between_two_instants_are_all_of_them() -> None:
    names = [
        cycle.name for cycle in NEW_YORK.cycles(datetime(2016, 12, 5, tzinfo=UTC), datetime(2017, 2, 1, 5, tzinfo=UTC))
    ]
    assert names == ["USD 2016-12", "USD 2017-01", "USD 2017-02"]


def test_a_cycle_is_due_after_its_grace() -> None:
    calendar = CycleCalendar.checked("USD", "month", "UTC", 90)
    ends_at = datetime(2017, 2, 1, tzinfo=UTC)
    assert calendar.due_at(ends_at) == ends_at + timedelta(seconds=90)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_cycles_leave_no_gap_and_no_overlap(instant: datetime) -> None:
    cycle = NEW_YORK.cycle_at(instant)
    assert instant in cycle
    assert NEW_YORK.following(cycle.ends_at).starts_at == cycle.ends_at
    assert NEW_YORK.before(cycle.starts_at).ends_at == cycle.starts_at


@pytest.mark.parametrize(
    ("currency", "period", "zone", "grace", "field"),
    [
        ("usd", "month", "UTC", 0, "currency"),
        ("USD", "fortnight", "UTC", 0, "period"),
        ("USD", "month", "Mars/Olympus", 0, "time_zone"),
        ("USD", "month", "../../etc/passwd", 0, "time_zone"),
        ("USD", "month", "", 0, "time_zone"),
        ("USD", "month", "UTC", -1, "grace_seconds"),
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(
    currency: str, period: str, zone: str, grace: int, field: str
) -> None:
    with pytest.raises(BadCalendar) as refusal:
        CycleCalendar.checked(currency, period, zone, grace)
    assert refusal.value.field == field
