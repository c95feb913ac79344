"""Every route and everybody: the whole matrix of who may call what. A new route without a mark fails, and so does one
whose mark and guard say different things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers

from network.auth.domain import Kind
from network.auth.guards import ANY_TOKEN
from network.auth.scopes import CONSENT_SCOPES, SCOPES, TILL_SCOPES
from network.auth.service import create_client, decide_device, suspend_client
from network.kernel.identifiers import new_id, show
from network.members.domain import EnrolCommand, KnownMember
from network.members.service import enrol
from network.partners import service as partners
from network.sessions import service as sessions
from network.sessions.service import Realm
from network.staff.domain import RULES, STANDARD_ROLES, Permission, Side
from network.web.access import PUBLIC, access_of, permission_of
from network.web.failures import is_api
from tests.fixtures import token_of
from tests.integration.auth.test_narrow_tokens import OF_A_CONSENT, OF_A_TERMINAL
from tests.relying.party import DEVICE_CODE, Party, register
from tests.staffing import everyman

_ARGUMENT = re.compile("<(?:([^:>]+):)?([^>]+)>")
_PREFIXES = {"member": "mbr", "person": "stf", "number": "ses"}
# By machines that prove who they are in the request itself, or by everybody: documents and keys.
_OUTSIDE = ("/oauth/", "/.well-known/", "/healthz", "/assets/")
Call = tuple[str, str, Any]


def calls(app: Flask) -> list[Call]:
    """Every route as a method, an address that it takes, and its view."""
    return [
        (method, _ARGUMENT.sub(_argument, rule.rule), app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if not rule.endpoint.endswith(".static")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _argument(found: re.Match[str]) -> str:
    kind, name = found.groups()
    if kind == "int" or name == "move":
        return "1" if kind == "int" else "suspend"
    return show(_PREFIXES.get(name, "mbr"), new_id())


def access(view: Any, method: str) -> str | None:
    """What is written on a view, or on that method of its class."""
    view_class = getattr(view, "view_class", None)
    return access_of(view) or (access_of(getattr(view_class, method.lower(), None)) if view_class else None)


@pytest.fixture
def api(app: Flask) -> list[Call]:
    return [each for each in calls(app) if each[1].startswith("/v1/") and access(each[2], each[0]) != PUBLIC]


@pytest.fixture
def pages(app: Flask) -> list[Call]:
    return [each for each in calls(app) if not is_api(each[1]) and not each[1].startswith("/assets/")]


def test_every_route_says_whose_it_is(app: Flask) -> None:
    known = {PUBLIC, ANY_TOKEN, *SCOPES, *(realm.value for realm in Realm)}
    unknown = {
        f"{method} {path}"
        for method, path, view in calls(app)
        if not path.startswith(_OUTSIDE) and access(view, method) not in known
    }
    assert unknown == set()
    assert {each for each in map(_permission, calls(app)) if each} <= {each.value for each in Permission}


def _permission(call: Call) -> str | None:
    return permission_of(call[2])


def test_every_scope_opens_its_own_routes_and_no_others(app: Flask, api: list[Call]) -> None:
    partners.ensure_operator()
    grocer = partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id
    for scope in SCOPES:
        client = create_client(grocer, scope, [scope])
        bearer = Headers({"Authorization": f"Bearer {token_of(app, client)}"})
        for method, path, view in api:
            answer = app.test_client().open(path, method=method, headers=bearer, json={} if method == "POST" else None)
            needed = access(view, method)
            if needed in (scope, ANY_TOKEN):
                assert answer.status_code not in (401, 403), (scope, method, path, answer.text)
                assert answer.status_code < 500, (scope, method, path)
            else:
                assert (answer.status_code, answer.json["code"]) == (403, "insufficient_scope"), (scope, method, path)
                assert f'scope="{needed}"' in answer.headers["WWW-Authenticate"]


def test_nobody_and_a_suspended_client_are_told_to_authenticate_everywhere(app: Flask, api: list[Call]) -> None:
    grocer = partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id
    client = create_client(grocer, "till", SCOPES)
    suspended = f"Bearer {token_of(app, client)}"
    suspend_client(client.client_id)
    session = sessions.open_session(Realm.STAFF, everyman("mina").staff.staff_id, ["pwd"]).token
    for method, path, _ in api:
        for header in ({}, {"Authorization": f"Bearer {session}"}, {"Cookie": f"peyvand-staff={session}"}):
            answer = app.test_client().open(path, method=method, headers=header, json={} if method == "POST" else None)
            assert answer.status_code == 401, (method, path, header)
        body: Any = {} if method == "POST" else None
        headers = {"Authorization": suspended, "Idempotency-Key": "k"}
        answer = app.test_client().open(path, method=method, headers=headers, json=body)
        assert answer.status_code in (401, 400, 422, 404, 415), (method, path)  # refused, or never got as far
        assert answer.status_code == 401 or answer.json["code"] in _BEFORE_ANY_DATA, (method, path, answer.text)


_BEFORE_ANY_DATA = {"validation_failed", "malformed_id", "malformed_json", "unsupported_media_type", "empty_batch"}


def _consents(app: Flask, partner_id: UUID) -> Iterator[tuple[str, Party, str, str]]:
    """Each scope that a member can give, as a token of a consent to it; and whose it is."""
    known = enrol(partner_id, EnrolCommand(name="Sara Ahmadi"))
    assert isinstance(known, KnownMember)
    shop = register(app.test_client(), partner_id)
    for scope in CONSENT_SCOPES:
        told = shop.sign_in(known.member.member_id, scope=f"openid {scope}", prompt="consent")
        yield scope, shop, told["access_token"], show("mbr", known.member.member_id)


def _terminals(app: Flask, partner_id: UUID) -> Iterator[tuple[str, Party, str, str]]:
    """Each scope that a terminal can have, as a token of one."""
    store_id = partners.add_store(partner_id, code="north", name="North").store_id
    terminal = register(app.test_client(), partner_id, Kind.TILL)
    for scope in TILL_SCOPES:
        codes = terminal.post("/oauth/device", {"scope": scope}).json
        decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
        told = terminal.token(grant_type=DEVICE_CODE, device_code=codes["device_code"]).json
        yield scope, terminal, told["access_token"], show("mbr", new_id())


@pytest.mark.parametrize(("role", "open_to_it"), [(_consents, OF_A_CONSENT), (_terminals, OF_A_TERMINAL)])
def test_consents_and_terminals_open_what_is_theirs_by_their_scope(app: Flask, role: Any, open_to_it: set[str]) -> None:
    grocer = partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id
    guarded = [
        (method, rule.rule, access(app.view_functions[rule.endpoint], method))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and not rule.endpoint.endswith(".static")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]
    for scope, party, token, member in role(app, grocer):
        for method, rule, needed in guarded:
            if needed == PUBLIC:
                continue
            path = _ARGUMENT.sub(_argument, rule.replace("<member_id>", member))
            answer = party.call(path, token, method=method, json={} if method == "POST" else None)
            told = (scope, method, rule, answer.text)
            if f"{method} {rule}" in open_to_it and needed in (scope, ANY_TOKEN):
                assert answer.status_code not in (401, 403) and answer.status_code < 500, told
            else:
                assert answer.status_code == 403, told
                assert answer.json["code"] in ("insufficient_scope", "not_for_this_token"), told
                scheme = "Bearer" if party.proof is None else "DPoP"
                assert answer.headers["WWW-Authenticate"].startswith(f'{scheme} error="insufficient_scope"'), told


def _roles() -> Iterator[tuple[str, Side, tuple[Permission, ...]]]:
    for side in Side:
        yield f"{side}-nothing", side, ()
        for role in STANDARD_ROLES[side]:
            yield f"{side}-{role.code}", side, role.permissions
        for permission in Permission:  # a role may say what it likes: what is not of its side gives nothing
            yield f"{side}-{permission.value}", side, (permission,)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


def _signed_in(app: Flask, realm: Realm, subject_id: Any) -> tuple[FlaskClient, str]:
    """A browser of somebody, and the token of its forms."""
    browser = app.test_client()
    browser.set_cookie(f"peyvand-{realm}", sessions.open_session(realm, subject_id, ["pwd", "otp"]).token)
    page = browser.get("/staff/sign-in?again=1")
    found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page.text)
    assert found, page.text
    return browser, found[1]


def test_every_page_of_staff_opens_for_the_roles_that_have_its_permission(app: Flask, pages: list[Call]) -> None:
    grocer = partners.create_partner(code="grocer", name="Grocer", name_fa="بقال").partner_id
    own = [each for each in pages if access(each[2], each[0]) == Realm.STAFF]
    assert own
    for name, side, permissions in _roles():
        clerk = everyman(name.replace(".", "-"), grocer if side is Side.PARTNER else None, permissions)
        browser, token = _signed_in(app, Realm.STAFF, clerk.staff.staff_id)
        for method, path, view in own:
            data = {"csrf_token": token} if method == "POST" else None
            answer = browser.open(path, method=method, data=data)
            needed = permission_of(view)
            allowed = needed is None or (needed in permissions and side in RULES[Permission(needed)].sides)
            assert (answer.status_code == 403) is not allowed, (name, method, path, answer.status_code)
            assert answer.status_code < 500, (name, method, path)


def test_a_page_of_one_realm_sends_everybody_else_to_its_own_door(app: Flask, pages: list[Call]) -> None:
    person = everyman("mina").staff.staff_id
    for method, path, view in pages:
        realm = access(view, method)
        if realm == PUBLIC or method != "GET":
            continue
        other = Realm.MEMBER if realm == Realm.STAFF else Realm.STAFF
        for browser in (app.test_client(), _signed_in(app, other, person)[0]):
            answer = browser.get(path)
            assert answer.status_code == 303, path
            assert "sign-in" in answer.location


def test_what_staff_sends_without_a_fresh_proof_leads_to_prove_it_again(app: Flask, pages: list[Call]) -> None:
    from datetime import timedelta

    from tests.integration.staff.test_signing_in import age

    clerk = everyman("mina")
    for method, path, view in pages:
        needed = permission_of(view)
        if method != "POST" or needed is None or not RULES[Permission(needed)].is_money:
            continue
        browser, token = _signed_in(app, Realm.STAFF, clerk.staff.staff_id)
        for session in sessions.list_sessions(Realm.STAFF, clerk.staff.staff_id):
            age(session.session_id, timedelta(minutes=6))
        answer = browser.post(path, data={"csrf_token": token})
        assert answer.status_code == 303 and "again=1" in answer.location, path
