"""The guard against what really stands in the tables: other partners, the future, and lots of former versions."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import new_id
from network.partners.domain import LATE_BURN_DAYS, LATE_PURCHASE_DAYS, Contract
from network.partners.errors import Arbitrage
from network.partners.service import list_contracts, part_with, sign_contract, suspend_partner
from network.wallet.models import LotRow
from tests.integration.partners.side_by_side import in_own_session, side_by_side
from tests.unit.partners.terms import EXAMPLE_A, priced

CHEAP = priced(reimbursement="0.0070", value="0.0080", price="0.0085")
DEAR = priced(reimbursement="0.0095", value="0.0110", price="0.0120")


def _lot(contract: Contract, *, remaining: int) -> None:
    """A lot that was issued under a contract."""
    at = contract.terms.valid_from
    with transaction():
        db.session.add(
            LotRow(
                wallet_id=new_id(), lot_id=new_id(), sequence=1, issuer_id=contract.partner_id,
                contract_id=contract.contract_id, currency=contract.terms.currency, issued=100, remaining=remaining,
                held=0, is_pending=False, issued_at=at, activates_at=at, expires_at=None,
            )
        )  # fmt: skip


def _replace(partner_id: UUID, now: datetime) -> None:
    """Let the terms of example A follow on whatever the partner had, from tomorrow on."""
    sign_contract(partner_id, priced(reimbursement="0.0070", value="0.0080", price="0.0115",
                                     valid_from=now + timedelta(days=1)))  # fmt: skip


def test_a_contract_is_held_against_the_other_partners(grocer: UUID, fuel: UUID) -> None:
    sign_contract(grocer, CHEAP)
    with pytest.raises(Arbitrage) as refusal:
        sign_contract(fuel, EXAMPLE_A)
    error = refusal.value
    assert error.code == "arbitrage"
    assert error.extra == {
        "currency": "USD",
        "lower": "0.0090",
        "upper": "0.0080",
        "partners": ["fuel", "grocer"],
    }
    assert list_contracts(fuel) == []


def test_a_contract_of_another_currency_does_not_count(grocer: UUID, fuel: UUID) -> None:
    sign_contract(grocer, CHEAP)
    sign_contract(fuel, priced(reimbursement="90", value="100", price="115", currency="IRR"))


def test_a_version_that_begins_later_counts_already(now: datetime, grocer: UUID, fuel: UUID) -> None:
    sign_contract(grocer, priced(reimbursement="0.0070", value="0.0080", price="0.0085",
                                 valid_from=now + timedelta(days=300)))  # fmt: skip
    with pytest.raises(Arbitrage):
        sign_contract(fuel, EXAMPLE_A)


def test_a_suspended_partner_counts_because_its_tills_go_on_taking_points(grocer: UUID, fuel: UUID) -> None:
    sign_contract(grocer, CHEAP)
    suspend_partner(grocer)
    with pytest.raises(Arbitrage):
        sign_contract(fuel, EXAMPLE_A)


def test_of_a_partner_that_left_only_outstanding_lots_count(grocer: UUID, fuel: UUID) -> None:
    left = sign_contract(grocer, CHEAP)
    part_with(grocer)
    _lot(left, remaining=1)
    with pytest.raises(Arbitrage) as refusal:  # 0.0085 a point, worth 0.0100
        sign_contract(fuel, EXAMPLE_A)
    assert refusal.value.field == "member_value"
    sign_contract(fuel, priced(reimbursement="0.0085", value="0.0085", price="0.0120"))


def test_of_a_partner_that_left_with_nothing_outstanding_nothing_counts(grocer: UUID, fuel: UUID) -> None:
    left = sign_contract(grocer, CHEAP)
    part_with(grocer)
    _lot(left, remaining=0)
    sign_contract(fuel, EXAMPLE_A)


def test_a_replaced_version_counts_as_long_as_burns_under_it_may_be_reported(
    now: datetime, grocer: UUID, fuel: UUID
) -> None:
    sign_contract(grocer, priced(reimbursement="0.0095", value="0.0100", price="0.0120"))
    sign_contract(grocer, priced(reimbursement="0.0080", value="0.0100", price="0.0120",
                                 valid_from=now + timedelta(days=1)))  # fmt: skip
    lower = priced(reimbursement="0.0080", value="0.0090", price="0.0120")
    set_clock(now + timedelta(days=LATE_BURN_DAYS))
    with pytest.raises(Arbitrage):
        sign_contract(fuel, lower)
    set_clock(now + timedelta(days=LATE_BURN_DAYS + 2))
    sign_contract(fuel, lower)


@pytest.mark.parametrize("outstanding", [0, 1])
def test_the_price_of_a_replaced_version_counts_while_purchases_may_be_reported_or_lots_are_outstanding(
    now: datetime, grocer: UUID, fuel: UUID, outstanding: int
) -> None:
    cheap = sign_contract(grocer, CHEAP)
    _lot(cheap, remaining=outstanding)
    _replace(grocer, now)
    higher = priced(reimbursement="0.0070", value="0.0090", price="0.0120")

    set_clock(now + timedelta(days=LATE_PURCHASE_DAYS))
    with pytest.raises(Arbitrage):
        sign_contract(fuel, higher)

    set_clock(now + timedelta(days=LATE_PURCHASE_DAYS + 2))
    if outstanding:
        with pytest.raises(Arbitrage) as refusal:
            sign_contract(fuel, higher)
        assert (refusal.value.extra["lower"], refusal.value.extra["upper"]) == ("0.0090", "0.0085")
    else:
        sign_contract(fuel, higher)


def test_a_signing_waits_for_another_in_its_currency_that_is_not_committed_yet(
    app: Flask, grocer: UUID, fuel: UUID
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with transaction():
            sign_contract(grocer, CHEAP)
            other = pool.submit(in_own_session, app, lambda: sign_contract(fuel, DEAR))
            assert not wait([other], timeout=1).done
        assert isinstance(other.result(timeout=10), Arbitrage)


def test_of_two_contracts_signed_at_once_that_do_not_hold_together_one_is_refused(
    app: Flask, grocer: UUID, fuel: UUID
) -> None:
    outcomes = side_by_side(app, [lambda: sign_contract(grocer, CHEAP), lambda: sign_contract(fuel, DEAR)] * 3)
    assert {type(each) for each in outcomes if not isinstance(each, PeyvandError)} == {Contract}
    assert any(isinstance(each, Arbitrage) for each in outcomes)
    assert {bool(list_contracts(grocer)), bool(list_contracts(fuel))} == {True, False}
