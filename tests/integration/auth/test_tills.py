"""Terminals: let in by somebody of their partner (RFC 8628), bound to a store and to a key (RFC 9449)."""

import time
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey, OKPKey
from sqlalchemy import text

from network.auth import service
from network.auth.domain import Kind
from network.auth.errors import BadMetadata, DeviceRequestNotFound, GrantNotFound
from network.auth.repository import grants
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, read, show
from network.members.domain import EnrolCommand, KnownMember
from network.members.service import enrol
from network.partners import service as partners
from tests.fixtures import Coalition, Customer, next_key
from tests.relying.party import DEVICE_CODE, Party, payload_of, register


@pytest.fixture
def partner_id(coalition: Coalition) -> UUID:
    """A partner with a contract, so that its terminals can earn and burn."""
    return coalition.join("alpha").partner_id


@pytest.fixture
def store_id(partner_id: UUID) -> UUID:
    """One of its stores."""
    return partners.add_store(partner_id, code="north", name="North").store_id


@pytest.fixture
def terminal(http: FlaskClient, partner_id: UUID, store_id: UUID) -> Party:
    """A terminal with a key, not let in yet."""
    return register(http, partner_id, Kind.TILL)


def _wait(terminal: Party, **form: Any) -> Any:
    """The terminal asks to be let in."""
    answer = terminal.post("/oauth/device", form)
    assert answer.status_code == 200, answer.text
    return answer.json


def _poll(terminal: Party, device_code: str) -> Any:
    return terminal.token(grant_type=DEVICE_CODE, device_code=device_code)


def _let_in(terminal: Party, partner_id: UUID, store_id: UUID) -> dict[str, Any]:
    codes = _wait(terminal)
    service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, name="Till 1", by="staff")
    answer = _poll(terminal, codes["device_code"])
    assert answer.status_code == 200, answer.text
    token: dict[str, Any] = answer.json
    return token


def test_a_terminal_is_let_in_by_a_code_that_somebody_types(terminal: Party, partner_id: UUID, store_id: UUID) -> None:
    codes = _wait(terminal)
    assert codes["verification_uri_complete"].endswith(f"/activate?user_code={codes['user_code']}")
    assert (codes["expires_in"], codes["interval"]) == (900, 5)
    assert _poll(terminal, codes["device_code"]).json["error"] == "authorization_pending"
    typed = codes["user_code"].lower().replace("-", " ")
    assert service.find_device_request(typed, partner_id).client_name == "Shop"
    service.decide_device(typed, partner_id, granted=True, store_id=store_id, name="Till 1", by="staff")
    token = _poll(terminal, codes["device_code"]).json
    assert token["token_type"] == "DPoP"
    assert "settlements:read" not in token["scope"]
    me = terminal.call("/v1/me", token["access_token"]).json
    assert [store["code"] for store in me["stores"]] == ["north"]
    (grant,) = service.list_terminals(partner_id)
    assert (grant.name, grant.granted_by, grant.store_ids) == ("Till 1", "staff", (store_id,))


def test_trap_3_a_device_code_is_good_once(terminal: Party, partner_id: UUID, store_id: UUID) -> None:
    """Trap 3: Authlib never consumes it."""
    codes = _wait(terminal)
    service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
    assert _poll(terminal, codes["device_code"]).status_code == 200
    assert _poll(terminal, codes["device_code"]).json["error"] == "invalid_grant"


def test_trap_26_an_unknown_device_code_is_an_invalid_grant(terminal: Party) -> None:
    """Trap 26: Authlib calls it an invalid request."""
    assert _poll(terminal, "made-up").json["error"] == "invalid_grant"
    assert terminal.token(grant_type=DEVICE_CODE).json["error"] == "invalid_request"


def test_a_terminal_that_asks_too_often_is_slowed_down(terminal: Party) -> None:
    codes = _wait(terminal)
    answers = [_poll(terminal, codes["device_code"]).json["error"] for _ in range(3)]
    assert answers == ["authorization_pending", "slow_down", "slow_down"]
    interval = db.session.execute(text("SELECT interval_seconds FROM oauth_device_request")).scalar_one()
    assert interval == 15


def test_a_terminal_may_be_refused_and_a_decision_is_one(terminal: Party, partner_id: UUID, store_id: UUID) -> None:
    codes = _wait(terminal)
    service.decide_device(codes["user_code"], partner_id, granted=False, by="staff")
    with pytest.raises(DeviceRequestNotFound):
        service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
    assert _poll(terminal, codes["device_code"]).json["error"] == "access_denied"


def test_nobody_of_another_partner_finds_or_lets_in_a_terminal(
    terminal: Party, coalition: Coalition, partner_id: UUID, store_id: UUID
) -> None:
    other = coalition.join("beta").partner_id
    codes = _wait(terminal)
    with pytest.raises(DeviceRequestNotFound):
        service.find_device_request(codes["user_code"], other)
    with pytest.raises(DeviceRequestNotFound):
        service.decide_device(codes["user_code"], other, granted=True, store_id=store_id, by="staff")
    foreign = partners.add_store(other, code="south", name="South").store_id
    for place in (foreign, new_id(), None):
        with pytest.raises(BadMetadata):
            service.decide_device(codes["user_code"], partner_id, granted=True, store_id=place, by="staff")


def test_a_code_nobody_typed_in_time_is_worth_nothing(terminal: Party, partner_id: UUID) -> None:
    codes = _wait(terminal)
    with transaction():
        db.session.execute(text("UPDATE oauth_device_request SET expires_at = now() - interval '1 second'"))
    assert _poll(terminal, codes["device_code"]).json["error"] == "expired_token"
    with pytest.raises(DeviceRequestNotFound):
        service.find_device_request(codes["user_code"], partner_id)


def test_a_terminal_that_was_let_in_and_does_not_come_in_time_is_let_in_no_more(
    terminal: Party, partner_id: UUID, store_id: UUID
) -> None:
    codes = _wait(terminal)
    service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
    with transaction():
        db.session.execute(text("UPDATE oauth_device_request SET expires_at = now() - interval '1 second'"))
    assert _poll(terminal, codes["device_code"]).json["error"] == "expired_token"
    assert service.list_terminals(partner_id) == []


def test_a_terminal_needs_its_key_at_every_step(terminal: Party, partner_id: UUID, store_id: UUID) -> None:
    codes = _wait(terminal)
    service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
    form = {"grant_type": DEVICE_CODE, "device_code": codes["device_code"], "client_id": terminal.client_id}
    assert terminal.http.post("/oauth/token", data=form).json["error"] == "invalid_dpop_proof"
    own, terminal.proof = terminal.proof, ECKey.generate_key("P-256")
    assert _poll(terminal, codes["device_code"]).json["error"] == "invalid_grant"  # asked with another key
    terminal.proof = own
    token = _poll(terminal, codes["device_code"]).json
    terminal.proof = ECKey.generate_key("P-256")
    assert terminal.call("/v1/me", token["access_token"]).json["code"] == "invalid_dpop_proof"
    assert terminal.refresh(token["refresh_token"]).json["error"] == "invalid_grant"
    terminal.proof = own
    assert terminal.refresh(token["refresh_token"]).status_code == 200


def test_a_terminal_earns_and_burns_at_its_store_alone(
    terminal: Party, partner_id: UUID, store_id: UUID, coalition: Coalition
) -> None:
    partners.add_store(partner_id, code="south", name="South")
    token = _let_in(terminal, partner_id, store_id)["access_token"]
    customer = _customer(partner_id)
    body = {"member": customer.id, "amount_minor": 1000, "currency": "USD"}
    statuses = {}
    for store in ("north", "south", None):
        told = body | ({"store": store} if store else {})
        answer = terminal.call("/v1/earns", token, method="POST", json=told, headers={"Idempotency-Key": next_key()})
        statuses[store] = (answer.status_code, answer.json.get("code"))
    assert statuses == {"north": (201, None), "south": (403, "store_not_yours"), None: (403, "store_not_yours")}
    proof = {"type": "card", "card_number": customer.card_number}
    burn = {"member": customer.id, "points": 5, "currency": "USD", "proof": proof, "store": "south"}
    answer = terminal.call("/v1/redemptions", token, method="POST", json=burn, headers={"Idempotency-Key": next_key()})
    assert answer.json["code"] == "store_not_yours"
    elsewhere = _earned_by_the_server(coalition, partner_id, customer, "south")
    assert terminal.call(f"/v1/earns/{elsewhere}", token).status_code == 404
    back = terminal.call(
        f"/v1/earns/{elsewhere}/reverse", token, method="POST", json={}, headers={"Idempotency-Key": next_key()}
    )
    assert (back.status_code, back.json["code"]) == (403, "store_not_yours")
    for path in (f"/v1/members/{customer.id}/entries", "/v1/settlements"):
        assert terminal.call(path, token).status_code == 403
    assert terminal.call(f"/v1/members/{customer.id}/balance", token).status_code == 200


def test_a_server_may_be_bound_to_stores_too(http: FlaskClient, partner_id: UUID, store_id: UUID) -> None:
    made = service.create_client(partner_id, "north", ["points:earn", "settlements:read"], store_ids=[store_id])
    form = {"grant_type": "client_credentials"}
    token = http.post("/oauth/token", data=form, auth=(made.shown_id, made.client_secret)).json["access_token"]
    assert payload_of(token)["stores"] == [show("sto", store_id)]
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": next_key()}
    body = {"member": _customer(partner_id).id, "amount_minor": 1000, "currency": "USD"}
    assert http.post("/v1/earns", json=body, headers=headers).json["code"] == "store_not_yours"
    headers["Idempotency-Key"] = next_key()
    assert http.post("/v1/earns", json=body | {"store": "north"}, headers=headers).status_code == 201
    assert http.get("/v1/settlements", headers=headers).json["code"] == "not_for_this_token"


def test_ending_a_terminal_ends_its_tokens_at_once(
    terminal: Party, partner_id: UUID, store_id: UUID, coalition: Coalition
) -> None:
    token = _let_in(terminal, partner_id, store_id)
    (grant,) = service.list_terminals(partner_id)
    with pytest.raises(GrantNotFound):
        service.end_terminal(coalition.join("beta").partner_id, grant.grant_id, by="staff")
    service.end_terminal(partner_id, grant.grant_id, by="staff")
    assert terminal.call("/v1/me", token["access_token"]).json["code"] == "invalid_token"
    assert terminal.refresh(token["refresh_token"]).json["error"] == "invalid_grant"
    assert service.list_terminals(partner_id) == []


def test_a_refresh_token_of_a_terminal_is_exchanged_for_another(
    terminal: Party, partner_id: UUID, store_id: UUID
) -> None:
    first = _let_in(terminal, partner_id, store_id)
    second = terminal.refresh(first["refresh_token"]).json
    assert second["refresh_token"] != first["refresh_token"]
    assert terminal.call("/v1/me", second["access_token"]).status_code == 200
    third = terminal.refresh(second["refresh_token"]).json
    _pass(timedelta(seconds=6))
    assert terminal.refresh(first["refresh_token"]).json["error"] == "invalid_grant"  # reuse
    assert terminal.call("/v1/me", third["access_token"]).json["code"] == "invalid_token"
    assert terminal.refresh(third["refresh_token"]).json["error"] == "invalid_grant"
    grant = grants.find_grant(read("grt", payload_of(third["access_token"])["grant"]))
    assert grant is not None
    assert grant.ended_at is not None


def test_whoever_lost_the_answer_gets_the_same_successor_for_a_minute(
    terminal: Party, partner_id: UUID, store_id: UUID
) -> None:
    first = _let_in(terminal, partner_id, store_id)
    second = terminal.refresh(first["refresh_token"]).json
    twin = terminal.refresh(first["refresh_token"])
    assert (twin.status_code, twin.json["error"]) == (503, "temporarily_unavailable")
    assert twin.headers["Retry-After"] == "5"
    _pass(timedelta(seconds=6))
    retried = terminal.refresh(first["refresh_token"])
    assert retried.status_code == 200
    assert retried.json["refresh_token"] == second["refresh_token"]
    _pass(timedelta(seconds=60))
    assert terminal.refresh(first["refresh_token"]).json["error"] == "invalid_grant"
    assert terminal.refresh(second["refresh_token"]).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "GET"},
        {"path": "/v1/other"},
        {"ath": None},
        {"ath": "x"},
        {"jti": None},
        {"jti": 7},
        {"iat": None},
        {"iat": timedelta(seconds=-600)},
        {"iat": timedelta(seconds=600)},
        {"exp": timedelta(seconds=-60)},
        {"nbf": timedelta(seconds=60)},
        {"header": {"typ": "JWT"}},
        {"header": {"typ": None}},
        {"header": {"jwk": None}},
    ],
)
def test_a_proof_is_of_this_request_now(
    terminal: Party, partner_id: UUID, store_id: UUID, changed: dict[str, Any]
) -> None:
    token = _let_in(terminal, partner_id, store_id)["access_token"]
    method, path = changed.pop("method", "POST"), changed.pop("path", "/v1/members/lookup")
    told = {
        name: int(time.time() + value.total_seconds()) if isinstance(value, timedelta) else value  # from now
        for name, value in changed.items()
    }
    proof = terminal.proof_for(method, path, token=token, **told)
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    answer = terminal.http.post("/v1/members/lookup", json={"phone": "+989121111111"}, headers=headers)
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_dpop_proof")
    assert answer.headers["WWW-Authenticate"].startswith('DPoP error="invalid_dpop_proof", algs="')


def test_a_proof_is_accepted_once_and_only_with_a_nonce_of_ours(
    terminal: Party, partner_id: UUID, store_id: UUID
) -> None:
    token = _let_in(terminal, partner_id, store_id)["access_token"]
    proof = terminal.proof_for("GET", "/v1/me", token=token)
    headers = {"Authorization": f"dpop {token}", "DPoP": proof}  # the scheme in any letters
    assert terminal.http.get("/v1/me", headers=headers).status_code == 200
    assert terminal.http.get("/v1/me", headers=headers).json["code"] == "invalid_dpop_proof"
    for nonce in (None, "made-up"):
        headers["DPoP"] = terminal.proof_for("GET", "/v1/me", token=token, nonce=nonce)
        answer = terminal.http.get("/v1/me", headers=headers)
        assert (answer.status_code, answer.json["code"]) == (401, "use_dpop_nonce")
        assert answer.headers["DPoP-Nonce"] == terminal.nonce
        assert 'error="use_dpop_nonce"' in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "e30.e30.e30", "." * 5000])
def test_garbage_is_no_proof_and_breaks_nothing(terminal: Party, partner_id: UUID, store_id: UUID, proof: str) -> None:
    token = _let_in(terminal, partner_id, store_id)["access_token"]
    answer = terminal.http.get("/v1/me", headers={"Authorization": f"DPoP {token}", "DPoP": proof})
    assert answer.json["code"] == "invalid_dpop_proof"
    answer = terminal.http.post("/oauth/token", data={"grant_type": DEVICE_CODE}, headers={"DPoP": proof or "y"})
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_dpop_proof")


def test_two_proofs_and_another_key_are_none(terminal: Party, partner_id: UUID, store_id: UUID) -> None:
    token = _let_in(terminal, partner_id, store_id)["access_token"]
    proofs = [terminal.proof_for("GET", "/v1/me", token=token) for _ in range(2)]
    headers = [("Authorization", f"DPoP {token}"), *(("DPoP", proof) for proof in proofs)]
    assert terminal.http.get("/v1/me", headers=headers).json["code"] == "invalid_dpop_proof"
    terminal.proof = OKPKey.generate_key("Ed25519")
    other = terminal.proof_for("GET", "/v1/me", token=token, header={"alg": "EdDSA"})
    answer = terminal.http.get("/v1/me", headers={"Authorization": f"DPoP {token}", "DPoP": other})
    assert answer.json["code"] == "invalid_dpop_proof"


def test_a_token_that_is_not_bound_is_not_sent_as_one_that_is(terminal: Party, till: Any, token_of: Any) -> None:
    token = token_of(till)
    proof = terminal.proof_for("GET", "/v1/me", token=token)
    answer = terminal.http.get("/v1/me", headers={"Authorization": f"DPoP {token}", "DPoP": proof})
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")


def _customer(partner_id: UUID) -> Customer:
    known = enrol(partner_id, EnrolCommand())
    assert isinstance(known, KnownMember)
    assert known.card_number
    return Customer(show("mbr", known.member.member_id), known.card_number)


def _earned_by_the_server(coalition: Coalition, partner_id: UUID, customer: Customer, store: str) -> str:
    made = service.create_client(partner_id, "server", ["points:earn"])
    http = coalition.app.test_client()
    form = {"grant_type": "client_credentials"}
    token = http.post("/oauth/token", data=form, auth=(made.shown_id, made.client_secret)).json["access_token"]
    body = {"member": customer.id, "amount_minor": 1000, "currency": "USD", "store": store}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": next_key()}
    return str(http.post("/v1/earns", json=body, headers=headers).json["id"])


def _pass(time: timedelta) -> None:
    """So long ago were the refresh tokens exchanged."""
    with transaction():
        db.session.execute(text("UPDATE oauth_refresh_token SET used_at = used_at - :time"), {"time": time})
