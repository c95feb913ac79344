"""A terminal shows a code, somebody of its partner types it, and the terminal gets in at that store."""

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask

from network.auth.domain import Kind
from network.auth.models.requests import DeviceRequestRow
from network.auth.service import list_terminals
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners.service import add_store, create_partner
from network.sessions.domain import Realm
from network.sessions.service import open_session
from network.staff.domain import TERMINAL, Clerk, Permission
from network.staff.models import StaffAttemptRow
from tests.integration.portals.conftest import Browser
from tests.relying.party import DEVICE_CODE, Party, register
from tests.staffing import everyman


class Shop:
    """A partner with two stores, a clerk of the first one, and a terminal that shows a code."""

    def __init__(self, app: Flask) -> None:
        self.partner_id = create_partner(code="grocer", name="Green Grocer", name_fa="بقالی سبز").partner_id
        self.first, self.second = (
            add_store(self.partner_id, code=code, name=code).store_id for code in ("north", "south")
        )
        self.terminal: Party = register(app.test_client(), self.partner_id, Kind.TILL)
        self.codes = self.terminal.post("/oauth/device", {}).json
        self.user_code: str = self.codes["user_code"]

    def polls(self) -> str:
        """What the terminal gets: a token's kind, or why not."""
        answer = self.terminal.token(grant_type=DEVICE_CODE, device_code=self.codes["device_code"]).json
        return str(answer.get("error") or answer["token_type"])


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop(app)


@pytest.fixture
def clerk(shop: Shop) -> Clerk:
    """Somebody who may let terminals in at the first store."""
    return everyman("sara", shop.partner_id, [Permission.TILLS_MANAGE], shop.first)


@pytest.fixture
def keeper(app: Flask, clerk: Clerk) -> Browser:
    """The clerk's browser."""
    return _browser_of(app, clerk)


def _browser_of(app: Flask, clerk: Clerk) -> Browser:
    client = app.test_client()
    token = open_session(Realm.STAFF, clerk.staff.staff_id, ["pwd", "otp", "mfa"]).token
    client.set_cookie("peyvand-staff", token)
    return Browser(client)


def _decide(keeper: Browser, shop: Shop, decision: str, store_id: UUID) -> Browser:
    keeper.open(f"/activate?user_code={shop.user_code}")
    keeper.send("/activate", user_code=shop.user_code.lower().replace("-", " "))
    keeper.send(
        "/activate/decide",
        user_code=shop.user_code,
        decision=decision,
        store=show("sto", store_id),
        name="till 3",
    )
    return keeper


def test_a_terminal_is_let_in_at_the_store_that_was_chosen(keeper: Browser, clerk: Clerk, shop: Shop) -> None:
    assert 'href="/activate"' in keeper.open("/staff").text
    keeper.open("/activate")
    keeper.send("/activate", user_code=shop.user_code)
    assert "Shop" in keeper.page.text
    assert "give points" in keeper.page.text
    assert "north" in keeper.page.text
    assert "south" not in keeper.page.text
    assert shop.polls() == "authorization_pending"
    _decide(keeper, shop, "allow", shop.first)
    assert "The terminal is let in" in keeper.page.text
    _wait()
    assert shop.polls() == "DPoP"
    (grant,) = list_terminals(shop.partner_id)
    assert (grant.store_ids, grant.name, grant.granted_by) == ((shop.first,), "till 3", clerk.who)


def test_a_clerk_lets_nothing_in_at_a_store_that_is_not_its_own(keeper: Browser, shop: Shop) -> None:
    page = _decide(keeper, shop, "allow", shop.second).page
    assert page.status_code == 422
    assert 'id="store-complaint"' in page.text
    assert list_terminals(shop.partner_id) == []


def test_a_terminal_that_is_sent_away_is_told(keeper: Browser, shop: Shop) -> None:
    _decide(keeper, shop, "deny", shop.first)
    assert shop.polls() == "access_denied"


def test_who_guesses_codes_waits_and_who_types_a_right_one_does_not(keeper: Browser, clerk: Clerk, shop: Shop) -> None:
    keeper.open("/activate")
    for _ in range(TERMINAL.free + 2):
        assert "Shop" in keeper.send("/activate", user_code=shop.user_code).text
        keeper.open("/activate")
    for _ in range(TERMINAL.free):
        page = keeper.send("/activate", user_code="BCDF-GHJK")
        assert page.status_code == 422
    assert 'id="user_code-complaint"' in page.text
    page = keeper.send("/activate", user_code=shop.user_code)  # even the right one is not looked at now
    assert "Too many attempts" in page.text and "Shop" not in page.text
    _pass_time(timedelta(seconds=TERMINAL.longest_seconds))
    assert "Shop" in keeper.send("/activate", user_code=shop.user_code).text


def test_only_its_own_partners_people_with_the_permission_let_it_in(app: Flask, shop: Shop) -> None:
    fuel = create_partner(code="fuel", name="Fuel", name_fa="سوخت").partner_id
    stranger = _browser_of(app, everyman("stranger", fuel, [Permission.TILLS_MANAGE]))
    stranger.open("/activate")
    assert 'id="user_code-complaint"' in stranger.send("/activate", user_code=shop.user_code).text
    idle = _browser_of(app, everyman("idle", shop.partner_id, [Permission.STAFF_READ]))
    assert idle.open("/activate").status_code == 403
    assert 'href="/activate"' not in idle.open("/staff").text
    member = app.test_client()
    member.set_cookie("peyvand-member", open_session(Realm.MEMBER, new_id(), ["sms"]).token)
    assert member.get("/activate").location == "/staff/sign-in?next=%2Factivate"


def _wait(seconds: timedelta = timedelta(seconds=6)) -> None:
    """A terminal asks again after its five seconds."""
    with transaction():
        db.session.query(DeviceRequestRow).update({"polled_at": DeviceRequestRow.polled_at - seconds})


def _pass_time(seconds: timedelta) -> None:
    with transaction():
        db.session.query(StaffAttemptRow).update({"last_at": StaffAttemptRow.last_at - seconds})
