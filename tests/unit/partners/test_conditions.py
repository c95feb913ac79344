"""What a contract says besides the rates of points, and what of it is refused."""

from decimal import Decimal
from typing import Any

import pytest

from network.partners.domain import Conditions, ContractLeg, Document, LegTerms, check_terms
from network.partners.errors import BadTerms
from tests.unit.partners.terms import terms

PREPAID = {"low_points": 100, "critical_points": 20, "topup_points": 500}


def check(*, prepaid: bool = False, **conditions: Any) -> None:
    check_terms(terms(prepaid=prepaid, conditions=Conditions(**conditions)))


def test_a_leg_is_untaxed_and_told_by_its_usual_document_unless_the_contract_says_otherwise() -> None:
    fee = LegTerms(ContractLeg.FEE, Decimal("0.09"), Document.INVOICE)
    conditions = Conditions(legs=(fee,))
    assert conditions.leg(ContractLeg.FEE) == fee
    assert conditions.leg(ContractLeg.REDEMPTION) == LegTerms(ContractLeg.REDEMPTION, Decimal(0), Document.SELF_BILLED)


def test_conditions_that_make_sense_are_taken() -> None:
    check()
    check(fee_per_cycle_minor=10_00, fee_share_of_gross=Decimal("0.02"), late_penalty_rate=Decimal("0.08"))
    check(credit_limit_minor=0, collateral_minor=5_000_00, breakage_share=Decimal(1))
    check(prepaid=True, **PREPAID)


@pytest.mark.parametrize(
    ("field", "conditions"),
    [
        ("fee_per_cycle_minor", {"fee_per_cycle_minor": -1}),
        ("fee_share_of_gross", {"fee_share_of_gross": Decimal("1.01")}),
        ("fee_share_of_gross", {"fee_share_of_gross": Decimal("NaN")}),
        ("breakage_share", {"breakage_share": Decimal("-0.1")}),
        ("late_penalty_rate", {"late_penalty_rate": Decimal("0.0000000000001")}),
        ("tax_rate", {"legs": (LegTerms(ContractLeg.FEE, Decimal(2), Document.INVOICE),)}),
        ("legs", {"legs": (LegTerms(ContractLeg.FEE, Decimal(0), Document.INVOICE),) * 2}),
        ("credit_limit_minor", {"credit_limit_minor": -1}),
        ("credit_limit_minor", {"credit_limit_minor": 1, "prepaid": True}),
        ("low_points", {"low_points": 1}),
        ("critical_points", {"critical_points": 2, "low_points": 1, "prepaid": True}),
        ("topup_points", {"topup_points": 1, "prepaid": True}),
    ],
)
def test_conditions_that_make_no_sense_are_refused_by_their_field(field: str, conditions: dict[str, Any]) -> None:
    with pytest.raises(BadTerms) as refusal:
        check(**conditions)
    assert refusal.value.field == field
