"""What a contract says of types of points: rates of their own, the general ones, and the guard over all of them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import click
import pytest

from network.cli.terms import TypeRate
from network.kernel.identifiers import new_id
from network.partners.domain import (
    Contract,
    ContractTerms,
    PointType,
    Standing,
    TypeRates,
    check_terms,
    guard_against_arbitrage,
)
from network.partners.errors import Arbitrage, BadTerms
from tests.unit.partners.terms import EXAMPLE_A


def rates(point_type: PointType = PointType.BONUS, **told: str) -> TypeRates:
    usual = {
        "redemption_element": "0.0100",
        "service_fee": "0.0003",
        "reimbursement_rate": "0.0080",
        "funded_at_issue": "0.25",
    }
    return TypeRates(point_type=point_type, **{name: Decimal(rate) for name, rate in (usual | told).items()})


def with_rates(*told: TypeRates, **changes: Any) -> ContractTerms:
    return replace(EXAMPLE_A, rates_by_type=told, **changes)


def standing(code: str, terms: ContractTerms) -> Standing:
    return Standing(partner_code=code, version=1, terms=terms, is_usable=True)


def test_points_of_a_named_type_have_its_rates_and_nothing_else_changes() -> None:
    terms = with_rates(rates())
    bonus = terms.of(PointType.BONUS)
    told = (bonus.issuance_price, bonus.service_fee, bonus.reimbursement_rate, bonus.funded_at_issue)
    assert told == tuple(map(Decimal, ("0.0103", "0.0003", "0.0080", "0.25")))
    assert (bonus.member_value, bonus.conditions) == (terms.member_value, terms.conditions)


def test_points_of_a_type_that_is_not_named_have_the_general_rates() -> None:
    terms = with_rates(rates())
    assert terms.of(PointType.BASE) == terms.of(PointType.GOODWILL) == terms
    assert terms.highest_reimbursement == Decimal("0.0090")
    assert with_rates(rates(reimbursement_rate="0.0099")).highest_reimbursement == Decimal("0.0099")


def test_a_version_is_kept_for_each_type_under_an_id_of_its_own() -> None:
    version = Contract(
        contract_id=new_id(),
        partner_id=new_id(),
        version=1,
        signed_at=EXAMPLE_A.valid_from,
        terms=with_rates(rates()),
    )
    kept = version.for_each_type(new_id)
    assert kept[0] == version
    assert [each.point_type for each in kept] == list(PointType)
    assert [each.terms.issuance_price for each in kept] == [Decimal(p) for p in ("0.0115", "0.0103", "0.0115")]
    assert len({each.contract_id for each in kept}) == len(PointType)
    assert version.reimbursement_of(PointType.BONUS) == Decimal("0.0080")
    assert version.reimbursement_of(PointType.GOODWILL) == Decimal("0.0090")


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (with_rates(rates(PointType.BASE)), "rates_by_type"),
        (with_rates(rates(), rates(service_fee="0")), "rates_by_type"),
        (with_rates(rates(service_fee="-0.0001")), "service_fee"),
        (with_rates(rates(reimbursement_rate="0")), "reimbursement_rate"),
        (with_rates(rates(funded_at_issue="1.5")), "funded_at_issue"),
        (with_rates(rates(redemption_element="0.0000000000001")), "issuance_price"),
        (with_rates(rates(), prepaid=True), "funded_at_issue"),
        (with_rates(rates(funded_at_issue="1"), prepaid=True), "rates_by_type"),
    ],
)
def test_rates_of_a_type_that_make_no_sense_are_refused(terms: ContractTerms, field: str) -> None:
    with pytest.raises(BadTerms) as refusal:
        check_terms(terms)
    assert refusal.value.field == field


def test_points_from_blocks_may_be_reimbursed_by_type_but_have_one_price() -> None:
    check_terms(with_rates(rates(service_fee="0.0015", funded_at_issue="1"), prepaid=True))


def test_the_guard_holds_a_types_rates_against_all_other_contracts() -> None:
    fuel = standing("fuel", EXAMPLE_A)
    guard_against_arbitrage(standing("grocer", with_rates(rates())), [fuel])
    for told in (rates(redemption_element="0.0090"), rates(reimbursement_rate="0.0101")):
        with pytest.raises(Arbitrage, match=r"of grocer \(version 1, bonus points\)"):
            guard_against_arbitrage(standing("grocer", with_rates(told)), [fuel])
    cheap = standing("fuel", replace(EXAMPLE_A, member_value=Decimal("0.0104")))
    with pytest.raises(Arbitrage, match=r"0\.0103 of grocer"):
        guard_against_arbitrage(standing("grocer", with_rates(rates())), [cheap])


def test_an_option_tells_a_type_and_the_rates_that_differ() -> None:
    read = TypeRate().convert("bonus:service-fee=0.0005,funded_at_issue=0", None, None)
    assert read == (PointType.BONUS, {"service_fee": Decimal("0.0005"), "funded_at_issue": Decimal(0)})
    for wrong in (
        "extra:service_fee=0",
        "bonus",
        "bonus:price=1",
        "bonus:service_fee=x",
        "bonus:service_fee=0,service_fee=1",
    ):
        with pytest.raises(click.UsageError):
            TypeRate().convert(wrong, None, None)
