"""OAuth clients through the room's public face."""

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.auth import service
from network.auth.errors import ClientNotFound, ClientRevoked, UnknownScope
from network.auth.service import NewClient
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id

from .conftest import set_partner_status


def test_a_secret_is_kept_as_a_hash_alone(till: NewClient) -> None:
    row = db.session.execute(text("SELECT * FROM oauth_client")).one()
    assert till.client_secret not in str(row)
    assert len(bytes(row.secret_hash)) == 32


def test_a_client_needs_scopes_that_exist(app: Flask, partner_id: UUID) -> None:
    with pytest.raises(UnknownScope):
        service.create_client(partner_id, "till", ["points:mint"])
    with pytest.raises(UnknownScope):
        service.create_client(partner_id, "till", [])


def test_a_client_goes_from_active_to_suspended_and_back(till: NewClient) -> None:
    states = [service.find_client_state(till.client_id)]
    service.suspend_client(till.client_id)
    states.append(service.find_client_state(till.client_id))
    service.resume_client(till.client_id)
    states.append(service.find_client_state(till.client_id))
    assert states == ["active", "suspended", "active"]


def test_a_revoked_client_stays_revoked(till: NewClient) -> None:
    service.revoke_client(till.client_id)
    service.revoke_client(till.client_id)
    for attempt in (service.resume_client, service.suspend_client, service.rotate_secret):
        with pytest.raises(ClientRevoked):
            attempt(till.client_id)
    assert service.find_client_state(till.client_id) == "revoked"


def test_a_partner_that_has_left_has_no_active_client(till: NewClient, partner_id: UUID) -> None:
    set_partner_status(partner_id, "left")
    assert service.find_client_state(till.client_id) == "partner_left"
    set_partner_status(partner_id, "suspended")
    assert service.find_client_state(till.client_id) == "active"


def test_a_client_without_a_partner_does_not_exist(app: Flask) -> None:
    orphan = service.create_client(new_id(), "till", ["points:earn"])
    assert service.find_client_state(orphan.client_id) is None


def test_an_unknown_client_is_not_found(app: Flask) -> None:
    for attempt in (service.suspend_client, service.revoke_client, service.rotate_secret):
        with pytest.raises(ClientNotFound):
            attempt(new_id())


def test_a_client_is_made_in_its_callers_unit_of_work(app: Flask, partner_id: UUID) -> None:
    made = []

    def make_and_fail() -> None:
        with transaction():
            made.append(service.create_client(partner_id, "till", ["points:earn"]).client_id)
            assert service.find_client_state(made[0]) == "active"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        make_and_fail()
    assert service.find_client_state(made[0]) is None


def test_when_a_secret_was_rotated_is_known(till: NewClient) -> None:
    service.rotate_secret(till.client_id)
    assert db.session.execute(text("SELECT secret_rotated_at FROM oauth_client")).scalar()
