from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.partners.domain import Standing, guard_against_arbitrage
from network.partners.errors import Arbitrage
from tests.unit.partners.terms import EXAMPLE_A, priced


def _standing(code: str, *, reimbursement: str, value: str, price: str, is_usable: bool = True) -> Standing:
    return Standing(
        partner_code=code,
        version=1,
        terms=priced(reimbursement=reimbursement, value=value, price=price),
        is_usable=is_usable,
    )


GROCER = _standing("grocer", reimbursement="0.0090", value="0.0100", price="0.0115")


def test_the_partners_of_the_worked_example_stand_side_by_side() -> None:
    partners = [Standing(partner_code=code, version=1, terms=EXAMPLE_A, is_usable=True) for code in "abc"]
    guard_against_arbitrage(partners[0], partners[1:])


def test_all_three_rates_may_be_equal() -> None:
    equal = _standing("fuel", reimbursement="0.0100", value="0.0100", price="0.0100")
    guard_against_arbitrage(equal, [GROCER])


@pytest.mark.parametrize(
    ("reimbursement", "value", "price"),
    [
        ("0.0101", "0.0100", "0.0115"),  # its own rate above its own value
        ("0.0090", "0.0120", "0.0115"),  # its own value above its own price
    ],
)
def test_a_contract_has_to_hold_by_itself(reimbursement: str, value: str, price: str) -> None:
    with pytest.raises(Arbitrage):
        guard_against_arbitrage(_standing("fuel", reimbursement=reimbursement, value=value, price=price), [])


@pytest.mark.parametrize(
    ("rates", "lower", "upper", "field"),
    [
        (("0.0105", "0.0110", "0.0120"), "0.0105", "0.0100", "reimbursement_rate"),
        (("0.0050", "0.0080", "0.0120"), "0.0090", "0.0080", "reimbursement_rate"),
        (("0.0090", "0.0116", "0.0120"), "0.0116", "0.0115", "member_value"),
        (("0.0080", "0.0095", "0.0099"), "0.0100", "0.0099", "member_value"),
    ],
    ids=["its rate above their value", "their rate above its value", "its value above their price",
         "their value above its price"],
)  # fmt: skip
def test_a_contract_that_holds_by_itself_is_refused_for_what_it_does_with_others(
    rates: tuple[str, str, str], lower: str, upper: str, field: str
) -> None:
    reimbursement, value, price = rates
    with pytest.raises(Arbitrage) as refusal:
        guard_against_arbitrage(_standing("fuel", reimbursement=reimbursement, value=value, price=price), [GROCER])
    error = refusal.value
    assert (error.code, error.field) == ("arbitrage", field)
    assert error.extra["lower"] == lower
    assert error.extra["upper"] == upper
    assert sorted(error.extra["partners"]) == ["fuel", "grocer"]
    assert lower in error.detail
    assert "grocer (version 1)" in error.detail


def test_of_a_version_that_was_replaced_only_the_price_of_its_outstanding_lots_counts() -> None:
    old = _standing("grocer", reimbursement="0.0110", value="0.0110", price="0.0112", is_usable=False)
    cheaper = _standing("fuel", reimbursement="0.0080", value="0.0090", price="0.0100")
    guard_against_arbitrage(cheaper, [old])

    dearer = _standing("fuel", reimbursement="0.0080", value="0.0113", price="0.0120")
    with pytest.raises(Arbitrage):
        guard_against_arbitrage(dearer, [old])


_RATE = st.decimals(min_value=Decimal("0.0080"), max_value=Decimal("0.0120"), places=4)
_NEW = st.builds(
    lambda r, m, p, usable: Standing(
        partner_code="any",
        version=1,
        terms=priced(reimbursement=str(r), value=str(m), price=str(p)),
        is_usable=usable,
    ),
    _RATE,
    _RATE,
    _RATE,
    st.booleans(),
)


@given(st.lists(_NEW, max_size=12))
def test_however_contracts_are_signed_and_replaced_no_point_is_worth_more_than_it_cost(news: list[Standing]) -> None:
    """Signs what the guard lets through; some are replaced later, of which the lots stay."""
    standing: list[Standing] = []
    for new in news:
        at_signing = Standing(partner_code="any", version=1, terms=new.terms, is_usable=True)
        try:
            guard_against_arbitrage(at_signing, standing)
        except Arbitrage:
            everything = [*standing, at_signing]
            assert not _holds(everything), "refused, though it would have held"
            continue
        assert _holds([*standing, at_signing])
        standing.append(new)


def _holds(standing: list[Standing]) -> bool:
    """The guard as economics.md has it, over everything at once."""
    usable = [each.terms for each in standing if each.is_usable]
    highest_rate = max(each.reimbursement_rate for each in usable)
    lowest_value = min(each.member_value for each in usable)
    highest_value = max(each.member_value for each in usable)
    return highest_rate <= lowest_value and highest_value <= min(each.terms.issuance_price for each in standing)
