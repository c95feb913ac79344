"""Who bears a loss, whatever it is and whatever there is to cover it; and what a tail comes to."""

from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.settlement.domain import Cover, Layer, TailPart, tail_minor, waterfall
from network.settlement.errors import BadCover, BadExpectedBurn

MONEY = st.integers(0, 10**12)
FUND = st.dictionaries(st.integers(1, 50).map(lambda number: UUID(int=number)), MONEY, max_size=8)
COVERS = st.builds(Cover, prepaid_minor=MONEY, collateral_minor=MONEY, capital_minor=MONEY, fund_minor=FUND)


def test_each_layer_bears_what_the_one_before_it_could_not() -> None:
    fund = {UUID(int=1): 200_00, UUID(int=2): 100_00}
    cover = Cover(prepaid_minor=100_00, collateral_minor=400_00, capital_minor=250_00, fund_minor=fund)
    borne = waterfall(900_00, cover)
    assert list(borne.drawn_minor.values()) == [100_00, 400_00, 250_00, 150_00]
    assert borne.fund_minor == {UUID(int=1): 100_00, UUID(int=2): 50_00}
    assert borne.uncovered_minor == 0
    assert waterfall(1_105_00, cover).uncovered_minor == 55_00
    assert waterfall(50_00, cover).drawn_minor[Layer.COLLATERAL] == 0


@given(MONEY, COVERS)
def test_a_loss_is_borne_in_order_never_twice_and_nothing_of_it_is_lost(loss: int, cover: Cover) -> None:
    borne = waterfall(loss, cover)
    assert sum(borne.drawn_minor.values()) + borne.uncovered_minor == loss
    assert all(0 <= drawn <= cover.of(layer) for layer, drawn in borne.drawn_minor.items())
    layers = list(Layer)
    for earlier, later in pairwise(layers):
        assert borne.drawn_minor[later] == 0 or borne.drawn_minor[earlier] == cover.of(earlier)
    assert borne.uncovered_minor == 0 or all(borne.drawn_minor[layer] == cover.of(layer) for layer in layers)
    assert sum(borne.fund_minor.values()) == borne.drawn_minor[Layer.MUTUAL_FUND]
    total = sum(cover.fund_minor.values())
    for each, drawn in borne.fund_minor.items():
        assert 0 <= drawn <= cover.fund_minor[each]
        assert abs(drawn * total - borne.drawn_minor[Layer.MUTUAL_FUND] * cover.fund_minor[each]) < total


@given(COVERS, MONEY, MONEY)
def test_a_greater_loss_draws_no_layer_less(cover: Cover, loss: int, more: int) -> None:
    before, after = waterfall(loss, cover), waterfall(loss + more, cover)
    assert all(before.drawn_minor[layer] <= after.drawn_minor[layer] for layer in Layer)


def test_negative_amounts_are_no_cover_and_no_loss() -> None:
    with pytest.raises(BadCover):
        waterfall(-1, Cover())
    with pytest.raises(BadCover):
        Cover(fund_minor={UUID(int=1): -1})


def test_a_tail_is_what_is_deferred_of_all_contracts_at_the_expected_burn_rounded_once() -> None:
    old = TailPart(32_000, Decimal("0.0105"), Decimal(0), Decimal("0.01"))
    hybrid = TailPart(1_001, Decimal("0.0115"), Decimal("0.4"), Decimal("0.01"))
    paid = TailPart(5_000, Decimal("0.0115"), Decimal(1), Decimal("0.01"))
    assert tail_minor("USD", [old, paid]) == 336_00
    assert tail_minor("USD", [old, hybrid, paid], Decimal("0.5")) == 171_45  # 168.00 + 3.45345
    with pytest.raises(BadExpectedBurn):
        tail_minor("USD", [old], Decimal("1.01"))
