from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.partners.domain import ContractTerms, check_start, check_terms
from network.partners.errors import BadTerms, ContractTooEarly
from tests.unit.partners.terms import EXAMPLE_A, terms

NOW = datetime(2017, 3, 1, tzinfo=UTC)


def test_the_terms_of_the_worked_example_are_valid() -> None:
    check_terms(EXAMPLE_A)


@pytest.mark.parametrize(
    "changes",
    [
        {"funded_at_issue": "0"},
        {"funded_at_issue": "0.25"},
        {"funded_at_issue": "1", "prepaid": True},
        {"issuance_price": "0.0105", "redemption_element": "0.0105", "service_fee": "0"},
        {"currency": "IRR", "reimbursement_rate": "90", "member_value": "100", "issuance_price": "115",
         "redemption_element": "100", "service_fee": "15"},
        {"reimbursement_rate": "0.000000000001"},
        {"expires_after_months": 1},
    ],
)  # fmt: skip
def test_each_model_of_the_field_is_a_setting_of_the_dial(changes: dict[str, Any]) -> None:
    check_terms(terms(**changes))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issuance_price": "0.0116"}, "issuance_price"),
        ({"service_fee": "-0.0001", "issuance_price": "0.0099"}, "service_fee"),
        ({"reimbursement_rate": "0"}, "reimbursement_rate"),
        ({"member_value": "-0.01"}, "member_value"),
        ({"member_value": "NaN"}, "member_value"),
        ({"member_value": "Infinity"}, "member_value"),
        ({"reimbursement_rate": "0.0000000000001"}, "reimbursement_rate"),
        ({"reimbursement_rate": "1000000000000"}, "reimbursement_rate"),
        ({"reimbursement_rate": "1E+30"}, "reimbursement_rate"),
        ({"funded_at_issue": "1.01"}, "funded_at_issue"),
        ({"funded_at_issue": "-0.01"}, "funded_at_issue"),
        ({"funded_at_issue": "0.9", "prepaid": True}, "funded_at_issue"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "USDT"}, "currency"),
        ({"expires_after_months": 0}, "expires_after_months"),
        ({"expires_after_months": 1201}, "expires_after_months"),
        ({"valid_from": datetime(2017, 1, 1)}, "valid_from"),  # noqa: DTZ001
    ],
)
def test_terms_that_make_no_sense_are_refused_with_the_field_to_blame(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(BadTerms) as refusal:
        check_terms(terms(**changes))
    assert refusal.value.code == "contract_terms_invalid"
    assert refusal.value.field == field


_RATE = st.decimals(min_value=Decimal("0.0001"), max_value=Decimal(10_000), places=12)


@given(element=_RATE, fee=_RATE, off_by=st.decimals(min_value=Decimal("1e-12"), max_value=Decimal("1e-6"), places=12))
def test_the_price_is_the_sum_of_element_and_fee_to_the_last_decimal(
    element: Decimal, fee: Decimal, off_by: Decimal
) -> None:
    exact: ContractTerms = terms(issuance_price=element + fee, redemption_element=element, service_fee=fee)
    check_terms(exact)
    with pytest.raises(BadTerms):
        check_terms(terms(issuance_price=element + fee + off_by, redemption_element=element, service_fee=fee))


def test_a_first_version_may_be_dated_back() -> None:
    check_start(NOW - timedelta(days=365), previous=None, now=NOW)


def test_a_later_version_begins_now_or_in_the_future() -> None:
    before = NOW - timedelta(days=30)
    check_start(NOW, previous=before, now=NOW)
    check_start(NOW + timedelta(days=1), previous=before, now=NOW)
    with pytest.raises(ContractTooEarly):
        check_start(NOW - timedelta(microseconds=1), previous=before, now=NOW)


def test_a_later_version_begins_after_the_one_before_it() -> None:
    future = NOW + timedelta(days=30)
    check_start(future + timedelta(microseconds=1), previous=future, now=NOW)
    for valid_from in (future, future - timedelta(days=1)):
        with pytest.raises(ContractTooEarly) as refusal:
            check_start(valid_from, previous=future, now=NOW)
        assert refusal.value.field == "valid_from"
