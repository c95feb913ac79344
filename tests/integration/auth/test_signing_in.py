"""A member is sent to us by a partner: signs in, consents, goes back with a code (RFC 6749, OpenID Connect Core)."""

from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import text

from network.auth import service
from network.auth.domain import Kind
from network.auth.errors import ConsentNotFound, InteractionGone, SignInNeeded
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, read, show
from network.members.service import forget
from tests.relying.party import CALLBACK, ISSUER, Browser, Party, asked, payload_of, register, verified

from .conftest import add_partner


def test_the_whole_way(shop: Party, sara: UUID, http: FlaskClient) -> None:
    token = shop.sign_in(sara, scope="openid profile email points:read")
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 600)
    told = verified(http, token["id_token"])
    assert (told["iss"], told["aud"], told["nonce"]) == (ISSUER, shop.client_id, "n-0S6")
    assert told["sub"] == told["member_id"] == show("mbr", sara)
    assert told["amr"] == ["sms", "otp"]
    assert payload_of(token["access_token"])["sub"] == show("mbr", sara)
    who = shop.call("/oauth/userinfo", token["access_token"]).json
    assert who == {
        "sub": show("mbr", sara),
        "member_id": show("mbr", sara),
        "name": "Sara Ahmadi",
        "locale": who["locale"],
        "email": "sara@example.test",
        "email_verified": False,
    }


def test_a_consent_reads_its_own_member_and_no_other(shop: Party, sara: UUID, omid: UUID) -> None:
    token = shop.sign_in(sara, scope="members:read points:read")["access_token"]
    assert shop.call(f"/v1/members/{show('mbr', sara)}", token).json["id"] == show("mbr", sara)
    for path in (f"/v1/members/{show('mbr', omid)}", f"/v1/members/{show('mbr', omid)}/balance", "/v1/me"):
        answer = shop.call(path, token)
        assert (answer.status_code, answer.json["code"]) == (403, "not_for_this_token"), path
    quote = {"member": show("mbr", omid), "currency": "USD", "amount_minor": 100}
    assert shop.call("/v1/quotes", token, method="POST", json=quote).status_code == 403


def test_a_partner_reads_a_member_it_does_not_know_by_consent_alone(shop: Party, http: FlaskClient, sara: UUID) -> None:
    stranger = register(http, add_partner("beta"))
    token = stranger.sign_in(sara, scope="members:read points:read")["access_token"]
    who = stranger.call(f"/v1/members/{show('mbr', sara)}", token).json
    assert who["identified_by"] == "consent"
    assert stranger.call(f"/v1/members/{show('mbr', sara)}/balance", token).status_code == 200
    (consent,) = service.list_consents(sara)
    service.withdraw_consent(sara, consent.consent_id, by="mbr")
    answer = stranger.call(f"/v1/members/{show('mbr', sara)}", token)
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")


def test_a_consent_is_remembered_until_it_is_withdrawn(shop: Party, browser: Browser, sara: UUID) -> None:
    token = shop.sign_in(sara, scope="openid email")
    again = shop.start(scope="openid email")
    assert again.headers["Location"].startswith(CALLBACK)  # nothing was asked
    assert shop.start(scope="openid email phone").headers["Location"].startswith("/consent/")
    assert shop.start(prompt="consent").headers["Location"].startswith("/consent/")
    (consent,) = service.list_consents(sara)
    assert set(consent.scopes) == {"openid", "email"}
    service.withdraw_consent(sara, consent.consent_id, by="mbr")
    assert service.list_consents(sara) == []
    assert shop.call("/oauth/userinfo", token["access_token"]).json["code"] == "invalid_token"
    assert shop.refresh(token["refresh_token"]).json["error"] == "invalid_grant"
    assert shop.start(scope="openid email").headers["Location"].startswith("/consent/")
    assert shop.redeem(asked(again.headers["Location"])["code"]).json["error"] == "invalid_grant"


def test_nobody_withdraws_what_another_consented_to(shop: Party, sara: UUID, omid: UUID) -> None:
    shop.sign_in(sara)
    (consent,) = service.list_consents(sara)
    with pytest.raises(ConsentNotFound):
        service.withdraw_consent(omid, consent.consent_id, by="mbr")


def test_a_member_may_consent_to_less(shop: Party, sara: UUID) -> None:
    token = shop.sign_in(sara, scope="openid email points:read", scopes=["points:read"])
    assert set(token["scope"].split()) == {"openid", "points:read"}
    assert "email" not in shop.call("/oauth/userinfo", token["access_token"]).json


def test_a_member_may_refuse(shop: Party, browser: Browser, sara: UUID) -> None:
    callback = browser.follow(shop.start(state="s1"), sara, granted=False)
    assert callback == {"error": "access_denied", "state": "s1", "iss": ISSUER}


def test_a_forgotten_member_ends_every_token(shop: Party, sara: UUID) -> None:
    token = shop.sign_in(sara)
    forget(sara)
    assert shop.call("/oauth/userinfo", token["access_token"]).status_code == 401
    assert shop.refresh(token["refresh_token"]).json["error"] == "invalid_grant"


def test_suspending_the_client_ends_tokens_of_members_at_once(shop: Party, sara: UUID) -> None:
    token = shop.sign_in(sara)["access_token"]
    service.suspend_client(read("cli", shop.client_id))
    assert shop.call("/oauth/userinfo", token).json["code"] == "invalid_token"


def test_a_request_is_answered_in_the_browser_that_began_it(shop: Party, browser: Browser, sara: UUID) -> None:
    browser.sign_in(sara)
    place = shop.start(scope="openid").headers["Location"]
    interaction = place.removeprefix("/consent/")
    for mark in (None, "", "another browser"):
        with pytest.raises(InteractionGone):
            service.answer_interaction(interaction, mark, browser.session, True)
    assert service.get_interaction(interaction, browser.mark).client_name == "Shop"


def test_a_request_is_answered_once(shop: Party, browser: Browser, sara: UUID) -> None:
    browser.sign_in(sara)
    interaction = shop.start(scope="openid").headers["Location"].removeprefix("/consent/")
    assert service.answer_interaction(interaction, browser.mark, browser.session, True)
    with pytest.raises(InteractionGone):
        service.answer_interaction(interaction, browser.mark, browser.session, True)


def test_a_consent_needs_somebody_who_is_signed_in(shop: Party, browser: Browser, sara: UUID) -> None:
    browser.sign_in(sara)
    interaction = shop.start(prompt="login", scope="openid").headers["Location"].partition("=")[2]
    with pytest.raises(SignInNeeded):
        service.answer_interaction(interaction, browser.mark, browser.session, True)
    with pytest.raises(SignInNeeded):
        service.answer_interaction(interaction, browser.mark, None, True)


def test_an_interaction_ends_after_ten_minutes(shop: Party, browser: Browser, sara: UUID) -> None:
    browser.sign_in(sara)
    interaction = shop.start(scope="openid").headers["Location"].removeprefix("/consent/")
    _age("oauth_interaction")
    with pytest.raises(InteractionGone):
        service.get_interaction(interaction, browser.mark)
    assert shop.http.get(f"/oauth/continue/{interaction}").status_code == 400
    assert shop.http.get("/oauth/continue/garbage").status_code == 400


def test_what_a_partner_knows_of_somebody_waits_sealed_for_the_sign_up_page(
    shop: Party, browser: Browser, sara: UUID
) -> None:
    claims = '{"name": "Mina", "phone_number": "+989120000001"}'
    answer = shop.start(pushed=True, prompt="create", enrolment_claims=claims, scope="openid")
    interaction = asked(answer.headers["Location"])["interaction"]
    found = service.get_interaction(interaction, browser.mark)
    assert found.request.prompts == ("create",)
    assert found.request.enrolment_claims == {"name": "Mina", "phone_number": "+989120000001"}
    kept = db.session.execute(
        text("SELECT sealed FROM oauth_interaction UNION SELECT sealed FROM oauth_pushed_request")
    )
    assert not any(b"Mina" in bytes(sealed) for (sealed,) in kept)
    in_the_address = shop.start(enrolment_claims=claims)
    assert asked(in_the_address.headers["Location"])["error"] == "invalid_request"


def test_whoever_is_signed_in_still_signs_up_when_the_partner_asks_for_it(
    shop: Party, browser: Browser, sara: UUID
) -> None:
    browser.sign_in(sara)
    assert shop.start(prompt="create").headers["Location"].startswith("/sign-in")


def test_an_answer_goes_to_a_registered_address_alone(shop: Party) -> None:
    for uri in (CALLBACK + "/", CALLBACK + "?x=1", "https://shop.example/", "https://evil.example/", "", None):
        answer = shop.start(redirect_uri=uri)
        assert answer.status_code == 400
        assert "Location" not in answer.headers
        assert answer.headers["Content-Type"].startswith("text/html")
        assert "evil" not in answer.text


def test_neither_does_one_for_an_unknown_or_suspended_client(shop: Party) -> None:
    assert shop.start(client_id=show("cli", new_id())).status_code == 400
    assert shop.start(client_id="x" * 500).status_code == 400
    service.suspend_client(read("cli", shop.client_id))
    assert shop.start().status_code == 400


def test_scopes_that_are_not_a_members_to_give_are_refused(shop: Party) -> None:
    for scope in ("points:earn", "settlements:read openid", "nothing", "", None):
        answer = shop.start(scope=scope)
        assert asked(answer.headers["Location"])["error"] == "invalid_scope"


def test_a_code_ends_after_a_minute(shop: Party, browser: Browser, sara: UUID) -> None:
    code = browser.follow(shop.start(), sara)["code"]
    _age("oauth_code")
    assert shop.redeem(code).json["error"] == "invalid_grant"


def test_a_code_is_one_clients_with_its_verifier_and_its_address(
    shop: Party, http: FlaskClient, partner_id: UUID, browser: Browser, sara: UUID
) -> None:
    thief = register(http, partner_id)
    code = browser.follow(shop.start(), sara)["code"]
    stolen = thief.redeem(code, code_verifier=shop.verifiers[""])
    assert stolen.json["error"] == "invalid_grant"
    assert shop.redeem(code).status_code == 200  # what a stranger sends uses nothing up
    for wrong in ({"code_verifier": "x" * 50}, {"redirect_uri": "https://evil.example/"}):
        code = browser.follow(shop.start(), sara)["code"]
        assert shop.redeem(code, **wrong).json["error"] == "invalid_grant"
    code = browser.follow(shop.start(), sara)["code"]
    assert shop.redeem(code, code_verifier=None).json["error"] == "invalid_request"


def test_id_tokens_are_signed_as_the_client_was_registered(http: FlaskClient, partner_id: UUID, sara: UUID) -> None:
    shop = register(http, partner_id, id_token_signed_response_alg="ES256")
    token = shop.sign_in(sara)
    assert verified(http, token["id_token"], "ES256")["aud"] == shop.client_id


def test_a_token_without_openid_has_no_id_token_and_tells_nothing_of_the_member(shop: Party, sara: UUID) -> None:
    token = shop.sign_in(sara, scope="points:read")
    assert "id_token" not in token
    answer = shop.call("/oauth/userinfo", token["access_token"])
    assert (answer.status_code, answer.json["code"]) == (403, "insufficient_scope")


def test_a_clients_own_token_tells_of_no_member(till: Any, http: FlaskClient, token_of: Any) -> None:
    answer = http.get("/oauth/userinfo", headers={"Authorization": f"Bearer {token_of(till)}"})
    assert (answer.status_code, answer.json["code"]) == (401, "invalid_token")


def test_claims_by_name_show_as_much_as_their_scopes(http: FlaskClient, shop: Party, sara: UUID) -> None:
    claims = '{"id_token": {"email": {"essential": true}, "made_up": null}, "userinfo": {"name": null}}'
    token = shop.sign_in(sara, claims=claims)
    assert set(token["scope"].split()) == {"openid", "profile", "email"}
    assert verified(http, token["id_token"])["email"] == "sara@example.test"
    assert shop.call("/oauth/userinfo", token["access_token"]).json["name"] == "Sara Ahmadi"


def test_a_class_of_authentication_that_is_a_must_is_waited_for(shop: Party, browser: Browser, sara: UUID) -> None:
    claims = '{"id_token": {"acr": {"essential": true, "values": ["urn:peyvand:acr:2"]}}}'
    browser.sign_in(sara)
    assert shop.start(claims=claims).headers["Location"].startswith("/sign-in")
    browser.sign_in(sara, methods=("hwk",))
    assert shop.start(claims=claims).headers["Location"].startswith("/consent")


def test_a_public_client_signs_members_in_with_its_verifier_alone(
    app_of_shop: Party, sara: UUID, http: FlaskClient
) -> None:
    token = app_of_shop.sign_in(sara, scope="openid points:read")
    assert verified(http, token["id_token"])["sub"] == show("mbr", sara)
    alone = http.post("/oauth/token", data={"grant_type": "client_credentials", "client_id": app_of_shop.client_id})
    assert (alone.status_code, alone.json["error"]) == (401, "invalid_client")


def test_an_app_is_called_back_by_a_name_of_its_own(http: FlaskClient, partner_id: UUID, sara: UUID) -> None:
    uri = "example.shop.app:/back"
    phone = register(http, partner_id, Kind.APP, token_endpoint_auth_method="none", redirect_uris=[uri], bound=True)
    token = phone.sign_in(sara)
    assert token["token_type"] == "DPoP"
    assert phone.start(prompt="none").headers["Location"].startswith(f"{uri}?error=consent_required")
    own, phone.proof = phone.proof, ECKey.generate_key("P-256")
    assert phone.refresh(token["refresh_token"]).json["error"] == "invalid_grant"  # its refresh tokens are bound too
    phone.proof = own
    assert phone.refresh(token["refresh_token"]).status_code == 200


def test_a_browsers_address_and_the_code_are_not_kept_by_anyone_on_the_way(
    shop: Party, browser: Browser, sara: UUID
) -> None:
    browser.sign_in(sara)
    answer = shop.start(scope="openid")
    assert answer.status_code == 303
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    cookie = next(value for name, value in answer.headers if name == "Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def _age(table: str) -> None:
    with transaction():
        db.session.execute(text(f"UPDATE {table} SET expires_at = now() - interval '1 second'"))
