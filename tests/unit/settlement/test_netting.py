"""Who owes whom: the worked examples of the economics to the cent, and what must hold for any matrix."""

import random
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.money import minor_digits
from network.settlement.domain import Flow, Leg, Line, Netting, Position, net

OPERATOR = UUID(int=99)
GROCER, FUEL, COFFEE = UUID(int=1), UUID(int=2), UUID(int=3)


def issued(issuer: UUID, points: int, *, price: str, funded: str = "1") -> Flow:
    return Flow(issuer_id=issuer, points=points, issuance_price=Decimal(price), funded_at_issue=Decimal(funded))


def drawn(issuer: UUID, redeemer: UUID, points: int, *, price: str, funded: str, paid: str = "0.0090") -> Flow:
    return replace(
        issued(issuer, points, price=price, funded=funded), redeemer_id=redeemer, reimbursement_rate=Decimal(paid)
    )


def month_one(*, price: str, funded: str) -> list[Flow]:
    """The month of both worked examples, under one price and one funding at every partner."""
    drawn_here = [
        (FUEL, GROCER, 5_000),
        (FUEL, FUEL, 10_000),
        (GROCER, FUEL, 50_000),
        (COFFEE, COFFEE, 2_000),
        (GROCER, COFFEE, 18_000),
    ]
    return [
        issued(GROCER, 100_000, price=price, funded=funded),
        issued(FUEL, 20_000, price=price, funded=funded),
        issued(COFFEE, 10_000, price=price, funded=funded),
        *(drawn(issuer, redeemer, points, price=price, funded=funded) for issuer, redeemer, points in drawn_here),
    ]


def test_worked_example_a_comes_out_to_the_cent() -> None:
    netting = net("USD", OPERATOR, month_one(price="0.0115", funded="1"))
    assert netting.positions == {
        GROCER: Position(issue_minor=1_150_00, redemption_minor=45_00),
        FUEL: Position(issue_minor=230_00, redemption_minor=540_00),
        COFFEE: Position(issue_minor=115_00, redemption_minor=180_00),
    }
    assert [position.net_minor for position in netting.positions.values()] == [-1_105_00, 310_00, 65_00]
    assert netting.operator == Position(issue_minor=-1_495_00, redemption_minor=-765_00)
    assert netting.operator.net_minor == 730_00


def test_netting_saves_34_and_a_half_percent_in_worked_example_a() -> None:
    netting = net("USD", OPERATOR, month_one(price="0.0115", funded="1"))
    assert (netting.gross_minor, netting.settled_minor) == (2_260_00, 1_480_00)
    assert round(netting.ratio * 100, 1) == Decimal("34.5")


def test_worked_example_b_comes_out_to_the_cent() -> None:
    netting = net("USD", OPERATOR, month_one(price="0.0105", funded="0"))
    assert netting.positions == {
        GROCER: Position(redemption_minor=45_00, deferred_minor=714_00),
        FUEL: Position(redemption_minor=450_00, deferred_minor=52_50),
        COFFEE: Position(redemption_minor=162_00),
    }
    assert [position.net_minor for position in netting.positions.values()] == [-669_00, 397_50, 162_00]
    assert netting.operator.net_minor == 109_50


def test_a_hybrid_contract_pays_its_part_at_issue_and_the_rest_when_a_point_burns_elsewhere() -> None:
    netting = net(
        "USD",
        OPERATOR,
        [
            issued(GROCER, 10_000, price="0.0115", funded="0.25"),
            drawn(GROCER, FUEL, 4_000, price="0.0115", funded="0.25"),
            drawn(GROCER, GROCER, 1_000, price="0.0115", funded="0.25"),
        ],
    )
    assert netting.position(GROCER) == Position(issue_minor=28_75, redemption_minor=2_25, deferred_minor=34_50)
    assert netting.position(FUEL) == Position(redemption_minor=36_00)


def test_reversals_turn_the_sign_of_their_line() -> None:
    there = [issued(GROCER, 700, price="0.0115"), drawn(GROCER, FUEL, 300, price="0.0115", funded="1")]
    back = [replace(flow, points=-flow.points) for flow in there]
    assert net("USD", OPERATOR, [*there, *back]).lines == ()
    assert net("USD", OPERATOR, back).operator.net_minor == -net("USD", OPERATOR, there).operator.net_minor


def test_a_reversal_at_another_rate_leaves_money_on_a_line_without_points() -> None:
    flows = [issued(GROCER, 1_000, price="0.0120"), issued(GROCER, -1_000, price="0.0110")]
    (line,) = net("USD", OPERATOR, flows).lines
    assert (line.points, line.amount_minor) == (0, 1_00)


def test_a_line_is_rounded_once_and_halves_go_to_the_even_cent() -> None:
    assert _amount([issued(GROCER, 1, price="0.005")]) == 0
    assert _amount([issued(GROCER, 3, price="0.005")]) == 2
    assert _amount([issued(GROCER, 1, price="0.005")] * 3) == 2, "not 0 + 0 + 0"
    assert _amount([issued(GROCER, -5, price="0.005")]) == -2


def test_contract_versions_of_one_line_are_added_before_it_is_rounded() -> None:
    assert _amount([issued(GROCER, 1, price="0.004"), issued(GROCER, 1, price="0.003")]) == 1


def test_rials_have_no_cents_and_dinars_have_mills() -> None:
    assert _amount([issued(GROCER, 3, price="1000.5")], "IRR") == 3002
    assert _amount([issued(GROCER, 3, price="0.0005")], "KWD") == 2


def test_the_operator_pays_others_for_its_own_points_and_itself_nothing() -> None:
    netting = net(
        "USD",
        OPERATOR,
        [
            issued(OPERATOR, 1_000, price="0.0115", funded="0.5"),
            drawn(OPERATOR, FUEL, 600, price="0.0115", funded="0.5"),
            drawn(FUEL, OPERATOR, 100, price="0.0115", funded="0.5"),
        ],
    )
    assert netting.positions == {FUEL: Position(redemption_minor=5_40, deferred_minor=58)}
    assert netting.operator == Position(redemption_minor=-5_40, deferred_minor=-58)
    assert netting.gross_minor == 5_98
    assert {(line.leg, line.issuer_id, line.points) for line in netting.lines if not line.moves_money} == {
        (Leg.ISSUE, OPERATOR, 1_000),
        (Leg.DEFERRED, OPERATOR, 600),
        (Leg.REDEMPTION, FUEL, 100),
    }


def test_a_cycle_without_points_nets_to_nothing() -> None:
    netting = net("USD", OPERATOR, [])
    assert (netting.lines, netting.positions, netting.ratio) == ((), {}, 0)


partners = st.sampled_from([UUID(int=n) for n in range(1, 7)] + [OPERATOR])
rates = st.decimals(min_value="0.0001", max_value="500", places=12)
shares = st.sampled_from([Decimal(0), Decimal(1)]) | st.decimals(min_value=0, max_value=1, places=6)
flows = st.builds(
    Flow,
    issuer_id=partners,
    redeemer_id=st.none() | partners,
    points=st.integers(-(10**12), 10**12),
    issuance_price=rates,
    funded_at_issue=shares,
    reimbursement_rate=rates,
)
currencies = st.sampled_from(["USD", "IRR", "KWD"])


@given(currencies, st.lists(flows, max_size=40))
def test_all_nets_and_the_operators_own_add_up_to_nothing(currency: str, matrix: list[Flow]) -> None:
    netting = net(currency, OPERATOR, matrix)
    nets = [position.net_minor for position in netting.positions.values()]
    assert sum(nets) + _own_entries(netting) == 0
    assert netting.operator.net_minor == _own_entries(netting)
    assert netting.settled_minor <= netting.gross_minor


@given(currencies, st.lists(flows, max_size=40), st.randoms(use_true_random=False))
def test_the_order_of_the_flows_does_not_matter(currency: str, matrix: list[Flow], chance: random.Random) -> None:
    shuffled = list(matrix)
    chance.shuffle(shuffled)
    assert net(currency, OPERATOR, shuffled) == net(currency, OPERATOR, matrix)


@given(currencies, st.lists(flows, max_size=40))
def test_rounding_is_at_most_half_a_minor_unit_a_line(currency: str, matrix: list[Flow]) -> None:
    netting = net(currency, OPERATOR, matrix)
    for line in netting.lines:
        assert abs(line.amount_minor - _exact_minor(line, matrix, currency)) <= Fraction(1, 2)
    stated = {(line.issuer_id, line.redeemer_id, line.leg) for line in netting.lines}
    assert len(stated) == len(netting.lines)


@given(st.lists(flows, max_size=40))
def test_points_are_counted_on_every_leg_they_belong_to(matrix: list[Flow]) -> None:
    netting = net("USD", OPERATOR, matrix)
    for leg, counted in ((Leg.ISSUE, True), (Leg.REDEMPTION, False)):
        expected = sum(flow.points for flow in matrix if (flow.redeemer_id is None) is counted)
        assert sum(line.points for line in netting.lines if line.leg is leg) == expected


@pytest.mark.parametrize("redeemer", [None, GROCER, FUEL])
def test_splitting_a_flow_changes_nothing(redeemer: UUID | None) -> None:
    whole = drawn(GROCER, FUEL, 12_345, price="0.0117", funded="0.3", paid="0.0093")
    whole = replace(whole, redeemer_id=redeemer)
    parts = [replace(whole, points=points) for points in (12_000, 300, 45)]
    assert net("USD", OPERATOR, parts) == net("USD", OPERATOR, [whole])


def _amount(matrix: Sequence[Flow], currency: str = "USD") -> int:
    return sum(line.amount_minor for line in net(currency, OPERATOR, matrix).lines)


def _own_entries(netting: Netting) -> int:
    receives = sum(line.amount_minor for line in netting.lines if line.creditor_id == OPERATOR)
    return receives - sum(line.amount_minor for line in netting.lines if line.debtor_id == OPERATOR)


def _exact_minor(line: Line, matrix: Sequence[Flow], currency: str) -> Fraction:
    """The formulas of the economics once more, in fractions."""
    total = Fraction(0)
    for flow in matrix:
        if (flow.issuer_id, flow.redeemer_id) != (line.issuer_id, line.redeemer_id):
            continue
        p, f, r = (Fraction(x) for x in (flow.issuance_price, flow.funded_at_issue, flow.reimbursement_rate))
        if line.leg is Leg.ISSUE:
            total += flow.points * f * p
        elif line.leg is Leg.DEFERRED:
            total += flow.points * (1 - f) * p
        else:
            total += flow.points * (f * r if line.issuer_id == line.redeemer_id else r)
    return total * 10 ** minor_digits(currency)
