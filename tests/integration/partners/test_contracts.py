from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.outbox import drain
from network.infrastructure.transaction import transaction
from network.kernel.events import Fact
from network.kernel.identifiers import new_id
from network.partners.domain import Contract
from network.partners.errors import (
    BadTerms,
    ContractNotFound,
    ContractTooEarly,
    NoContract,
    PartnerHasLeft,
    PartnerNotFound,
)
from network.partners.events import ContractSigned
from network.partners.service import (
    contract_by_id,
    contracts_in_force,
    ensure_operator,
    find_contract_in_force,
    get_contract_in_force,
    list_contracts,
    part_with,
    sign_contract,
)
from tests.integration.partners.side_by_side import side_by_side
from tests.unit.partners.terms import EXAMPLE_A, priced, terms


def test_a_contract_is_read_as_it_was_signed_to_the_last_decimal(now: datetime, grocer: UUID) -> None:
    exact = terms(
        reimbursement_rate="0.009000000001",
        funded_at_issue="0.333333333333",
        issuance_price="0.011500000001",
        redemption_element="0.010000000001",
    )
    signed = sign_contract(grocer, exact)
    assert (signed.version, signed.signed_at, signed.terms) == (1, now, exact)
    assert contract_by_id(signed.contract_id) == signed
    assert list_contracts(grocer) == [signed]


def test_a_version_is_in_force_until_the_next_one_begins(now: datetime, grocer: UUID) -> None:
    first = sign_contract(grocer, terms(valid_from=now - timedelta(days=14)))
    second = sign_contract(grocer, terms(valid_from=now + timedelta(days=14), funded_at_issue="0.5"))
    assert second.version == 2
    instant = timedelta(microseconds=1)
    assert get_contract_in_force(grocer, "USD", first.terms.valid_from) == first
    assert get_contract_in_force(grocer, "USD", second.terms.valid_from - instant) == first
    assert get_contract_in_force(grocer, "USD", second.terms.valid_from) == second
    assert get_contract_in_force(grocer, "USD", now + timedelta(days=999)) == second
    assert find_contract_in_force(grocer, "USD", first.terms.valid_from - instant) is None
    assert contracts_in_force("USD", first.terms.valid_from) == {grocer: first}
    assert contracts_in_force("USD", second.terms.valid_from) == {grocer: second}
    assert contracts_in_force("USD", first.terms.valid_from - instant) == {}


def test_without_a_contract_in_the_currency_there_is_none(now: datetime, grocer: UUID, fuel: UUID) -> None:
    sign_contract(grocer, EXAMPLE_A)
    for partner_id, currency in ((grocer, "EUR"), (fuel, "USD"), (new_id(), "USD")):
        assert find_contract_in_force(partner_id, currency, now) is None
        with pytest.raises(NoContract) as refusal:
            get_contract_in_force(partner_id, currency, now)
        assert refusal.value.code == "no_contract"
    with pytest.raises(ContractNotFound):
        contract_by_id(new_id())


def test_contracts_in_two_currencies_stand_side_by_side(now: datetime, grocer: UUID) -> None:
    dollars = sign_contract(grocer, EXAMPLE_A)
    rial_terms = priced(reimbursement="90", value="100", price="115", currency="IRR")
    rials = sign_contract(grocer, rial_terms)
    assert rials.version == 2
    assert get_contract_in_force(grocer, "USD", now) == dollars
    assert get_contract_in_force(grocer, "IRR", now) == rials


def test_a_later_version_is_neither_dated_back_nor_before_the_last_one(now: datetime, grocer: UUID) -> None:
    sign_contract(grocer, EXAMPLE_A)
    with pytest.raises(ContractTooEarly):
        sign_contract(grocer, terms(valid_from=now - timedelta(seconds=1)))
    sign_contract(grocer, terms(valid_from=now + timedelta(days=30)))
    with pytest.raises(ContractTooEarly):
        sign_contract(grocer, terms(valid_from=now + timedelta(days=20)))
    assert len(list_contracts(grocer)) == 2


def test_only_a_partner_that_is_there_signs_and_only_what_makes_sense(now: datetime, grocer: UUID) -> None:
    with pytest.raises(PartnerNotFound):
        sign_contract(new_id(), EXAMPLE_A)
    with pytest.raises(BadTerms):
        sign_contract(grocer, terms(issuance_price="0.0116"))
    part_with(grocer)
    with pytest.raises(PartnerHasLeft):
        sign_contract(grocer, EXAMPLE_A)
    assert list_contracts(grocer) == []


def test_the_operator_signs_like_any_partner(now: datetime) -> None:
    signed = sign_contract(ensure_operator().partner_id, EXAMPLE_A)
    assert signed.terms.issuance_price == Decimal("0.0115")


def test_a_signed_version_can_not_be_changed_even_past_the_service(now: datetime, grocer: UUID) -> None:
    signed = sign_contract(grocer, EXAMPLE_A)
    for change in ("UPDATE contract_version SET service_fee = 0", "DELETE FROM contract_version"):
        with pytest.raises(DBAPIError):
            db.session.execute(text(change))
        db.session.rollback()
    assert list_contracts(grocer) == [signed]


def test_of_two_versions_of_one_partner_signed_at_once_for_one_date_one_is(app: Flask, grocer: UUID) -> None:
    sign_contract(grocer, EXAMPLE_A)
    later = terms(valid_from=EXAMPLE_A.valid_from + timedelta(days=60))
    outcomes = side_by_side(app, [lambda: sign_contract(grocer, later)] * 4)
    assert sum(isinstance(each, Contract) for each in outcomes) == 1
    assert sum(isinstance(each, ContractTooEarly) for each in outcomes) == 3
    assert [each.version for each in list_contracts(grocer)] == [1, 2]


def test_a_signing_that_was_undone_is_not_remembered(now: datetime, grocer: UUID) -> None:
    undone: list[UUID] = []

    def sign_and_fail() -> None:
        with transaction():
            undone.append(sign_contract(grocer, EXAMPLE_A).contract_id)
            assert contract_by_id(undone[0]).partner_id == grocer
            raise LookupError("something else failed")

    with pytest.raises(LookupError):
        sign_and_fail()
    with pytest.raises(ContractNotFound):
        contract_by_id(undone[0])


def test_that_a_contract_was_signed_is_announced(
    now: datetime, grocer: UUID, heard: Callable[[type[Fact]], list[Fact]]
) -> None:
    facts = heard(ContractSigned)
    signed = sign_contract(grocer, EXAMPLE_A)
    drain()
    assert facts == [
        ContractSigned(
            partner_id=grocer,
            contract_id=signed.contract_id,
            version=1,
            currency="USD",
            valid_from=EXAMPLE_A.valid_from,
            signed_at=now,
        )
    ]


def test_a_running_clock_lets_the_next_version_begin_in_the_future_only(app: Flask, grocer: UUID) -> None:
    sign_contract(grocer, EXAMPLE_A)
    set_clock(None)
    with pytest.raises(ContractTooEarly):
        sign_contract(grocer, terms(valid_from=EXAMPLE_A.valid_from + timedelta(days=30)))
