"""What tokens of a consent and of a terminal open: every route is walked, so a new one is closed until it says more."""

import re
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

from network.auth import service
from network.auth.domain import Kind
from network.kernel.identifiers import new_id, show
from network.partners import service as partners
from network.web.access import PUBLIC, access_of
from tests.relying.party import DEVICE_CODE, Party, register

OF_A_CONSENT = {
    "GET /v1/members/<member_id>",
    "GET /v1/members/<member_id>/balance",
    "GET /v1/members/<member_id>/statement",
    "GET /v1/members/<member_id>/entries",
}
OF_A_TERMINAL = {
    "GET /v1/me",
    "GET /v1/members/<member_id>",
    "GET /v1/members/<member_id>/balance",
    "POST /v1/members",
    "POST /v1/members/lookup",
    "POST /v1/quotes",
    "POST /v1/earns",
    "GET /v1/earns/<entry_id>",
    "POST /v1/earns/<entry_id>/reverse",
    "POST /v1/redemptions",
    "GET /v1/redemptions/<entry_id>",
    "POST /v1/redemptions/<entry_id>/capture",
    "POST /v1/redemptions/<entry_id>/void",
    "POST /v1/redemptions/<entry_id>/reverse",
}


def _routes(app: Flask) -> list[tuple[str, str]]:
    return [
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and access_of(app.view_functions[rule.endpoint]) not in (None, PUBLIC)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _opened(app: Flask, party: Party, token: str, member: str) -> set[str]:
    opened = set()
    for method, rule in _routes(app):
        path = re.sub(r"<[^>]+>", "1", rule.replace("<member_id>", member))
        answer: Any = party.call(path, token, method=method)
        if (answer.status_code, (answer.json or {}).get("code")) != (403, "not_for_this_token"):
            opened.add(f"{method} {rule}")
    return opened


def test_the_walk_finds_the_routes(app: Flask) -> None:
    assert {f"{method} {rule}" for method, rule in _routes(app)} >= OF_A_CONSENT | OF_A_TERMINAL


def test_a_consent_opens_what_says_so_and_there_its_own_member_alone(
    app: Flask, shop: Party, sara: UUID, omid: UUID
) -> None:
    token = shop.sign_in(sara, scope="openid members:read points:read points:redeem")["access_token"]
    assert _opened(app, shop, token, show("mbr", sara)) == OF_A_CONSENT
    for other in (show("mbr", omid), show("mbr", new_id()), "x_1"):
        assert _opened(app, shop, token, other) == set()


def test_a_terminal_opens_what_says_so(app: Flask, http: FlaskClient, partner_id: UUID) -> None:
    store_id = partners.add_store(partner_id, code="north", name="North").store_id
    terminal = register(http, partner_id, Kind.TILL)
    codes = terminal.post("/oauth/device", {}).json
    service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
    token = terminal.token(grant_type=DEVICE_CODE, device_code=codes["device_code"]).json["access_token"]
    assert _opened(app, terminal, token, show("mbr", new_id())) == OF_A_TERMINAL
