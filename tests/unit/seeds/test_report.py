"""The figures are worked example A of the coalition's economics, in cents."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from network.seeds.report import Check, CycleReport, Flow, Position, print_report

EXAMPLE_A = CycleReport(
    name="USD 2017-01",
    status="stated",
    currency="USD",
    flows=(
        Flow("grocer", "fuel", 50_000, 45_000),
        Flow("grocer", "coffee", 18_000, 16_200),
        Flow("fuel", "grocer", 5_000, 4_500),
        Flow("fuel", "fuel", 10_000, 9_000),
        Flow("coffee", "coffee", 2_000, 1_800),
    ),
    positions=(
        Position("grocer", 115_000, 4_500, 0),
        Position("fuel", 23_000, 54_000, 0),
        Position("coffee", 11_500, 18_000, 0),
    ),
    operator_minor=73_000,
)


def printed(*cycles: CycleReport, checks: tuple[Check, ...] = ()) -> str:
    out = StringIO()
    print_report(Console(file=out, width=120), cycles, checks)
    return out.getvalue()


def test_the_nets_and_the_operator_add_up_to_nothing() -> None:
    assert [position.net_minor for position in EXAMPLE_A.positions] == [-110_500, 31_000, 6_500]
    assert EXAMPLE_A.operator_minor == 73_000
    assert EXAMPLE_A.operator_minor + sum(position.net_minor for position in EXAMPLE_A.positions) == 0


def test_netting_saves_a_third_of_the_gross_flows() -> None:
    assert (EXAMPLE_A.gross_minor, EXAMPLE_A.net_minor) == (226_000, 148_000)
    assert str(EXAMPLE_A.saved_percent) == "34.5"
    assert "gross 2,260.00 -> net 1,480.00 USD: netting saves 34.5 %" in printed(EXAMPLE_A)


def test_deferred_funding_is_owed_and_counts_in_both_sums() -> None:
    later = Position("grocer", 0, 4_500, 71_400)
    assert later.net_minor == -66_900
    assert replace(EXAMPLE_A, positions=(later,)).gross_minor == 75_900


def test_the_matrix_shows_points_and_money_of_each_pair() -> None:
    lines = printed(EXAMPLE_A).splitlines()
    row = next(index for index, line in enumerate(lines) if line.split()[:1] == ["grocer"])
    assert lines[row].split() == ["grocer", "18,000", "50,000", "·", "68,000"]
    assert lines[row + 1].split() == ["162.00", "450.00", "612.00"]


def test_each_partner_has_its_net_with_a_sign() -> None:
    text = printed(EXAMPLE_A)
    for line in ("grocer 1,150.00 0.00 45.00 -1,105.00", "operator 1,495.00 0.00 765.00 +730.00"):
        assert line in [" ".join(each.split()) for each in text.splitlines()]


def test_an_empty_cycle_is_reported_without_dividing_by_nothing() -> None:
    empty = replace(EXAMPLE_A, flows=(), positions=())
    assert "gross 0.00 -> net 0.00 USD: netting saves 0.0 %" in printed(empty)


@pytest.mark.parametrize(("holds", "verdict"), [(True, "the ledger agrees"), (False, "THE LEDGER DOES NOT AGREE")])
def test_the_ledger_check_says_at_once_whether_all_is_well(holds: bool, verdict: str) -> None:
    text = printed(checks=(Check("issued = outstanding + burned + expired", holds, "10 = 10"),))
    assert verdict in text
    assert "issued = outstanding + burned + expired" in text
