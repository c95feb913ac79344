"""A terminal shows a code, somebody of its partner types it, and the terminal gets in at that store."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from uuid import UUID

import pytest
from flask import Flask, Response

from network.app import create_app
from network.auth.domain import Kind
from network.auth.service import get_client, list_terminals, register_client
from network.auth.service.devices import ask_for_device
from network.auth.service.exchanges import Denied, poll_device
from network.infrastructure.database import db
from network.kernel.identifiers import new_id, show
from network.partners.service import add_store, create_partner
from network.portals.kit.pages import signed_in
from network.portals.till import Keeper, activation
from network.sessions.domain import Realm, Session
from network.sessions.service import open_session
from network.settings import Settings
from tests.integration.portals.conftest import Browser


class Shop:
    """A partner with two stores, a clerk of the first one, and a terminal that shows a code."""

    def __init__(self) -> None:
        self.partner_id = create_partner(code="grocer", name="Green Grocer", name_fa="بقالی سبز").partner_id
        self.first, self.second = (
            add_store(self.partner_id, code=code, name=code).store_id for code in ("north", "south")
        )
        made = register_client(self.partner_id, Kind.TILL, {"client_name": "Till 2000", "scope": "points:earn"})
        self.client = get_client(made.client_id)
        self.codes = ask_for_device(self.client, ["points:earn"], None)

    def for_keepers(self, view: Callable[..., Response]) -> Callable[..., Response]:
        """Everybody of staff is a clerk of the first store."""

        @signed_in(Realm.STAFF)
        @wraps(view)
        def guarded(session: Session) -> Response:
            return view(Keeper(show("stf", session.subject_id), self.partner_id, frozenset({self.first})))

        return guarded


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop()


@pytest.fixture
def clerk(app: Flask, shop: Shop, settings: Settings) -> Iterator[Browser]:
    """The browser of somebody of staff, on an application that knows what staff may do."""
    own = create_app(replace(settings))
    own.register_blueprint(activation(shop.for_keepers))
    client = own.test_client()
    client.set_cookie("peyvand-staff", open_session(Realm.STAFF, new_id(), ["pwd", "otp", "mfa"]).token)
    yield Browser(client)
    with own.app_context():
        db.engine.dispose()
    own.extensions["peyvand.queue"].connection.close()


def _decide(clerk: Browser, shop: Shop, decision: str, store_id: UUID) -> Browser:
    clerk.open(f"/activate?user_code={shop.codes.user_code}")
    clerk.send("/activate", user_code=shop.codes.user_code.lower().replace("-", " "))
    clerk.send(
        "/activate/decide",
        user_code=shop.codes.user_code,
        decision=decision,
        store=show("sto", store_id),
        name="till 3",
    )
    return clerk


def test_a_terminal_is_let_in_at_the_store_that_was_chosen(clerk: Browser, shop: Shop) -> None:
    page = clerk.open("/activate")
    assert page.status_code == 200
    clerk.send("/activate", user_code=shop.codes.user_code)
    assert "Till 2000" in clerk.page.text
    assert "give points" in clerk.page.text
    assert "north" in clerk.page.text
    assert "south" not in clerk.page.text
    _decide(clerk, shop, "allow", shop.first)
    assert "The terminal is let in" in clerk.page.text
    terminal = poll_device(shop.codes.device_code, shop.client, None)
    assert [each.grant_id for each in list_terminals(shop.partner_id)] == [terminal.grant_id]
    assert (terminal.store_ids, terminal.name) == ((shop.first,), "till 3")
    assert terminal.granted_by.startswith("stf_")


def test_a_clerk_lets_nothing_in_at_a_store_that_is_not_its_own(clerk: Browser, shop: Shop) -> None:
    page = _decide(clerk, shop, "allow", shop.second).page
    assert page.status_code == 422
    assert 'id="store-complaint"' in page.text
    assert list_terminals(shop.partner_id) == []


def test_a_terminal_that_is_sent_away_is_told(clerk: Browser, shop: Shop) -> None:
    _decide(clerk, shop, "deny", shop.first)
    with pytest.raises(Denied):
        poll_device(shop.codes.device_code, shop.client, None)


def test_a_code_that_no_terminal_shows_is_said_next_to_its_field(clerk: Browser, shop: Shop) -> None:
    clerk.open("/activate")
    page = clerk.send("/activate", user_code="BCDF-GHJK")
    assert page.status_code == 422
    assert 'id="user_code-complaint"' in page.text


def test_members_and_strangers_let_nothing_in(clerk: Browser, shop: Shop) -> None:
    clerk.client.delete_cookie("peyvand-staff")
    clerk.client.set_cookie("peyvand-member", open_session(Realm.MEMBER, new_id(), ["sms"]).token)
    assert clerk.client.get("/activate").location == "/staff/sign-in?next=%2Factivate"
