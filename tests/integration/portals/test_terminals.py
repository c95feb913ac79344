"""The portal lists the terminals of a business, and ends them: what they were given dies at once."""

from uuid import UUID

import pytest
from flask import Flask

from network.audit import service as audit
from network.auth.service import decide_device, list_terminals
from network.kernel.identifiers import show
from network.partners.service import create_partner
from network.staff.domain import Permission
from tests.integration.portals.conftest import Browser
from tests.integration.portals.test_activate import Shop, browser_of
from tests.relying.party import DEVICE_CODE
from tests.staffing import everyman


@pytest.fixture
def shop(app: Flask) -> Shop:
    return Shop(app)


def _let_in(shop: Shop, store_id: UUID) -> tuple[str, str]:
    """A terminal gets in; its access token and its refresh token."""
    decide_device(shop.user_code, shop.partner_id, granted=True, store_id=store_id, name="till 3", by="stf_somebody")
    told = shop.terminal.token(grant_type=DEVICE_CODE, device_code=shop.codes["device_code"]).json
    return told["access_token"], told["refresh_token"]


def test_a_terminal_is_ended_in_the_portal_and_its_tokens_die_at_once(app: Flask, shop: Shop) -> None:
    access, refresh = _let_in(shop, shop.first)
    assert shop.terminal.call("/v1/me", access).status_code == 200
    keeper = everyman("sara", shop.partner_id, [Permission.TILLS_MANAGE])
    browser = browser_of(app, keeper)
    assert 'href="/staff/terminals"' in browser.open("/staff").text
    page = browser.open("/staff/terminals").text
    assert "till 3" in page and "north" in page
    assert "is out" in browser.send(browser.action("/end").split("?")[0]).text
    assert shop.terminal.call("/v1/me", access).json["code"] == "invalid_token"
    assert shop.terminal.token(grant_type="refresh_token", refresh_token=refresh).json["error"] == "invalid_grant"
    assert list_terminals(shop.partner_id) == []
    assert "No terminal has been let in" in browser.open("/staff/terminals").text
    (entry,) = audit.list_entries(action="tills.end")
    assert entry.who == keeper.who


def test_nobody_ends_a_terminal_of_another_store_or_another_business(app: Flask, shop: Shop) -> None:
    access, _ = _let_in(shop, shop.second)
    (grant,) = list_terminals(shop.partner_id)
    fuel = create_partner(code="fuel", name="Fuel", name_fa="سوخت").partner_id
    strangers = (
        everyman("of-the-first-store", shop.partner_id, [Permission.TILLS_MANAGE], shop.first),
        everyman("of-fuel", fuel, [Permission.TILLS_MANAGE]),
    )
    for stranger in strangers:
        browser = browser_of(app, stranger)
        assert "till 3" not in browser.open("/staff/terminals?partner=grocer").text
        page = browser.send(f"/staff/terminals/{show('grt', grant.grant_id)}/end?partner=grocer")
        assert "no such terminal" in page.text
    assert shop.terminal.call("/v1/me", access).status_code == 200


def test_the_operators_people_end_terminals_of_every_partner(app: Flask, shop: Shop) -> None:
    _let_in(shop, shop.first)
    browser: Browser = browser_of(app, everyman("omid", None, [Permission.TILLS_MANAGE]))
    browser.open("/staff/terminals?partner=grocer")
    assert "is out" in browser.send(browser.action("/end")).text
    assert list_terminals(shop.partner_id) == []
