from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import pytest
from flask import Flask

from network.infrastructure.outbox import drain
from network.kernel.events import Fact
from network.kernel.identifiers import new_id
from network.partners import service
from network.partners.domain import Partner, PartnerStatus
from network.partners.errors import (
    BadPartner,
    OperatorStays,
    PartnerCodeTaken,
    PartnerHasLeft,
    PartnerNotFound,
    StoreCodeTaken,
)
from network.partners.events import PartnerJoined
from tests.integration.partners.side_by_side import side_by_side


def test_a_partner_joins_and_is_found_by_id_and_code(now: datetime) -> None:
    joined = service.create_partner(code="fuel", name=" Rahvar  Fuel", name_fa="سوخت رهوار")
    assert joined.name == "Rahvar Fuel"
    assert joined.status is PartnerStatus.ACTIVE
    assert joined.created_at == now
    assert service.get_partner(joined.partner_id) == service.find_partner_by_code("fuel") == joined
    assert service.list_partners() == [joined]


def test_who_is_not_there_is_not_found(app: Flask) -> None:
    assert service.find_partner_by_code("nobody") is None
    for use_case in (service.get_partner, service.suspend_partner, service.part_with):
        with pytest.raises(PartnerNotFound):
            use_case(new_id())


def test_a_code_is_given_once(partner: Callable[[str], Partner]) -> None:
    partner("fuel")
    with pytest.raises(PartnerCodeTaken):
        partner("fuel")
    with pytest.raises(PartnerCodeTaken):
        partner("operator")
    with pytest.raises(BadPartner):
        partner("Fuel Station")
    assert [each.code for each in service.list_partners()] == ["fuel"]


def test_of_several_that_join_under_one_code_at_once_one_does(app: Flask, partner: Callable[[str], Partner]) -> None:
    outcomes = side_by_side(app, [lambda: partner("fuel")] * 6)
    assert sum(isinstance(each, Partner) for each in outcomes) == 1
    assert sum(isinstance(each, PartnerCodeTaken) for each in outcomes) == 5


def test_the_operator_is_made_once_from_wherever_it_is_called(app: Flask) -> None:
    outcomes = side_by_side(app, [service.ensure_operator] * 6)
    operator = service.ensure_operator(name="Another name")
    assert set(outcomes) == {operator}
    assert operator.is_operator
    assert operator.code == "operator"
    assert service.list_partners() == [operator]


def test_the_operator_can_not_leave(app: Flask) -> None:
    with pytest.raises(OperatorStays):
        service.part_with(service.ensure_operator().partner_id)


def test_a_suspension_can_be_taken_back(fuel: UUID) -> None:
    assert not service.suspend_partner(fuel).may_issue
    assert service.reinstate_partner(fuel).may_issue


def test_leaving_is_final(fuel: UUID) -> None:
    assert service.part_with(fuel).status is PartnerStatus.LEFT
    for use_case in (service.suspend_partner, service.reinstate_partner, service.part_with):
        with pytest.raises(PartnerHasLeft):
            use_case(fuel)
    with pytest.raises(PartnerHasLeft):
        service.add_store(fuel, code="1", name="Late")


def test_a_status_is_read_anew_each_time(app: Flask, fuel: UUID) -> None:
    assert service.get_partner(fuel).may_issue
    side_by_side(app, [lambda: service.suspend_partner(fuel)])
    assert not service.get_partner(fuel).may_issue


def test_stores_are_named_by_their_partner(grocer: UUID, fuel: UUID) -> None:
    north = service.add_store(grocer, code="north", name="North")
    east = service.add_store(grocer, code="east", name="East")
    other = service.add_store(fuel, code="north", name="North")
    assert service.list_stores(grocer) == [east, north]
    assert service.find_store(fuel, "north") == other
    assert service.find_store(fuel, "east") is None
    with pytest.raises(StoreCodeTaken):
        service.add_store(grocer, code="north", name="Another")
    with pytest.raises(PartnerNotFound):
        service.add_store(new_id(), code="north", name="Nobody's")


def test_that_a_partner_joined_is_announced(now: datetime, heard: Callable[[type[Fact]], list[Fact]]) -> None:
    facts = heard(PartnerJoined)
    joined = service.create_partner(code="fuel", name="Fuel", name_fa="سوخت")
    drain()
    assert facts == [PartnerJoined(partner_id=joined.partner_id, code="fuel", is_operator=False, joined_at=now)]
