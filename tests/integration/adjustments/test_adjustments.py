"""Goodwill and corrections: who may, who pays, and that two people stand behind what is large."""

from dataclasses import replace

import pytest

from network.adjustments import service
from network.adjustments.domain import Adjustment, Decision
from network.adjustments.errors import (
    AlreadyDecided,
    NotEnoughOfIssuer,
    NothingToAdjust,
    SamePerson,
    UnknownReason,
)
from network.cli.ledger import check_everything
from network.members.service import wallet_of_member
from network.partners import service as partners
from network.settlement.service import ensure_calendar
from tests.fixtures import Coalition, Customer, Till


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    return coalition.enrol(grocer)


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition):
    yield
    assert [finding.check.name for finding in check_everything() if not finding.holds] == []


def propose(
    till: Till, customer: Customer, points: int, *, person: str = "Omid", reason: str = "goodwill"
) -> Adjustment:
    return service.propose(
        wallet_id=wallet_of_member(customer.member_id),
        issuer_id=till.partner_id,
        currency="USD",
        points=points,
        reason=reason,
        person=person,
    )


def available(till: Till, customer: Customer) -> int:
    return int(till.balance(customer).json["available"])


def test_a_small_gift_is_posted_at_once_and_can_be_spent(grocer: Till, sara: Customer) -> None:
    assert propose(grocer, sara, 500).decision is Decision.POSTED
    assert grocer.redeem(sara, 500).status_code == 201


def test_a_large_one_waits_for_another_person(grocer: Till, sara: Customer) -> None:
    made = propose(grocer, sara, 1_001)
    assert (made.decision, available(grocer, sara)) == (Decision.PROPOSED, 0)
    assert [each.adjustment_id for each in service.proposed()] == [made.adjustment_id]
    assert service.approve(made.adjustment_id, person="Laleh").decision is Decision.POSTED
    assert available(grocer, sara) == 1_001
    assert service.proposed() == []


@pytest.mark.parametrize("person", ["Omid", "OMID"])
def test_who_prepared_it_can_neither_approve_nor_reject_it(grocer: Till, sara: Customer, person: str) -> None:
    made = propose(grocer, sara, 1_001)
    with pytest.raises(SamePerson):
        service.approve(made.adjustment_id, person=person)
    with pytest.raises(SamePerson):
        service.reject(made.adjustment_id, person=person)
    assert available(grocer, sara) == 0


def test_one_rejection_ends_it(grocer: Till, sara: Customer) -> None:
    made = propose(grocer, sara, 1_001)
    service.reject(made.adjustment_id, person="Laleh")
    with pytest.raises(AlreadyDecided):
        service.approve(made.adjustment_id, person="Kamran")
    assert available(grocer, sara) == 0


def test_it_is_posted_once_however_often_it_is_approved(grocer: Till, sara: Customer) -> None:
    made = propose(grocer, sara, 1_001)
    service.approve(made.adjustment_id, person="Laleh")
    with pytest.raises(AlreadyDecided):
        service.approve(made.adjustment_id, person="Kamran")
    assert available(grocer, sara) == 1_001


def test_a_person_may_have_a_limit_of_its_own(grocer: Till, sara: Customer) -> None:
    service.set_limit("Omid", 10)
    assert propose(grocer, sara, 11).decision is Decision.PROPOSED
    assert propose(grocer, sara, -11).decision is Decision.PROPOSED
    assert propose(grocer, sara, 10).decision is Decision.POSTED


def test_points_are_taken_back_from_the_issuer_named_and_from_no_other(
    coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    fuel = coalition.join("fuel")
    fuel.post("/v1/members/lookup", {"card_number": sara.card_number})
    grocer.earn(sara, 10_000)
    fuel.earn(sara, 5_000)
    assert propose(fuel, sara, -20, reason="correction").decision is Decision.POSTED
    assert available(grocer, sara) == 130
    with pytest.raises(NotEnoughOfIssuer):
        propose(fuel, sara, -31, reason="correction")
    assert available(grocer, sara) == 130


def test_points_are_taken_back_in_the_currency_named_and_in_no_other(grocer: Till, sara: Customer) -> None:
    (contract,) = partners.list_contracts(grocer.partner_id)
    ensure_calendar("EUR")
    partners.sign_contract(grocer.partner_id, replace(contract.terms, currency="EUR"))
    grocer.earn(sara, 10_000)
    grocer.earn(sara, 10_000, currency="EUR")
    with pytest.raises(NotEnoughOfIssuer) as refusal:
        propose(grocer, sara, -101, reason="correction")
    assert refusal.value.extra == {"available": 100}
    propose(grocer, sara, -100, reason="correction")
    assert grocer.redeem(sara, 1).json["available"] == 0
    assert grocer.redeem(sara, 100, currency="EUR").status_code == 201


def test_it_needs_points_and_a_known_reason(grocer: Till, sara: Customer) -> None:
    with pytest.raises(NothingToAdjust):
        propose(grocer, sara, 0)
    with pytest.raises(UnknownReason):
        propose(grocer, sara, 5, reason="because")
