"""What a member still has to do, and what a second use means: decisions without a database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from network.auth.domain import AuthorizationRequest, Interaction, Need
from network.auth.domain.details import RedemptionDetail, read_detail
from network.auth.domain.grants import (
    CONSENT_GRANT_LASTS,
    Grant,
    RefreshToken,
    Reuse,
    is_too_fast,
    judge_reuse,
    slower,
)
from network.auth.domain.requests import ONE_FACTOR, TWO_FACTORS, acr_of, needed
from network.kernel.identifiers import new_id
from network.sessions.domain import Realm, Session

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
SARA = new_id()


def _interaction(**request: Any) -> Interaction:
    asked = {
        "client_id": new_id(),
        "redirect_uri": "https://shop.example/",
        "scopes": ("openid",),
        "code_challenge": "x",
    }
    return Interaction(
        interaction_id=new_id(),
        partner_id=new_id(),
        client_name="Shop",
        request=AuthorizationRequest(**{**asked, **request}),
        began_at=NOW,
        expires_at=NOW + timedelta(minutes=10),
    )


def _session(signed_in: timedelta = timedelta(0), methods: tuple[str, ...] = ("sms",)) -> Session:
    at = NOW + signed_in
    return Session(new_id(), Realm.MEMBER, SARA, methods, at, at, at, "")


def _needed(interaction: Interaction, session: Session | None, agreed: tuple[str, ...] = ("openid",)) -> Need | None:
    return needed(interaction, session, agreed, NOW + timedelta(minutes=1))


HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=5)


@pytest.mark.parametrize(
    ("request_", "session", "need"),
    [
        ({}, None, Need.SIGN_IN),
        ({}, _session(), None),
        ({"scopes": ("openid", "email")}, _session(), Need.CONSENT),
        ({"prompts": ("consent",)}, _session(), Need.CONSENT),
        ({"prompts": ("login",)}, _session(-HOUR), Need.SIGN_IN),
        ({"prompts": ("login",)}, _session(timedelta(seconds=1)), None),
        ({"prompts": ("create",)}, _session(-HOUR), Need.SIGN_IN),
        ({"max_age": 60}, _session(-HOUR), Need.SIGN_IN),
        ({"max_age": 0}, _session(timedelta(seconds=1)), None),
        ({"max_age": 10_000}, _session(-HOUR), None),
        ({"hinted_subject": SARA}, _session(), None),
        ({"hinted_subject": new_id()}, _session(), Need.SIGN_IN),
        ({"required_acr": (TWO_FACTORS,)}, _session(), Need.SIGN_IN),
        ({"required_acr": (TWO_FACTORS,)}, _session(methods=("hwk",)), None),
        ({"details": (RedemptionDetail("par_x", 1),)}, _session(), Need.CONSENT),
        ({"details": (RedemptionDetail("par_x", 1),)}, _session(-MINUTES), Need.CONSENT),
        ({"details": (RedemptionDetail("par_x", 1),)}, _session(-HOUR), Need.SIGN_IN),
    ],
)
def test_what_a_member_still_has_to_do(request_: dict[str, Any], session: Session | None, need: Need | None) -> None:
    assert _needed(_interaction(**request_), session) is need


def test_staff_is_no_member() -> None:
    staff = replace(_session(), realm=Realm.STAFF)
    assert _needed(_interaction(), staff) is Need.SIGN_IN


def test_nothing_was_agreed_to_yet() -> None:
    assert _needed(_interaction(), _session(), ()) is Need.CONSENT


def test_a_request_is_kept_whole() -> None:
    request = _interaction(
        hinted_subject=SARA,
        prompts=("login",),
        claims={"id_token": ("email",), "userinfo": ()},
        details=(RedemptionDetail("par_x", 5, 5, "USD"),),
        enrolment_claims={"name": "Mina"},
        max_age=5,
    ).request
    assert AuthorizationRequest.of_json(request.as_json()) == request


def test_a_passkey_is_two_factors_and_a_code_is_one() -> None:
    assert acr_of(("sms", "otp")) == acr_of(()) == ONE_FACTOR
    assert acr_of(("sms", "hwk")) == acr_of(("pwd", "otp", "mfa")) == TWO_FACTORS


@pytest.mark.parametrize(
    ("seconds", "successor_is_used", "meaning"),
    [(0, False, Reuse.TWIN), (4, False, Reuse.TWIN), (5, False, Reuse.RETRY), (60, False, Reuse.RETRY),
     (61, False, Reuse.THEFT), (0, True, Reuse.THEFT), (30, True, Reuse.THEFT)],
)  # fmt: skip
def test_what_it_means_that_a_refresh_token_comes_again(seconds: int, successor_is_used: bool, meaning: Reuse) -> None:
    assert judge_reuse(NOW, successor_is_used, NOW + timedelta(seconds=seconds)) is meaning


def test_a_terminal_that_asks_too_fast_has_to_wait_longer_each_time() -> None:
    assert not is_too_fast(None, 5, NOW)
    assert is_too_fast(NOW, 5, NOW + timedelta(seconds=3))
    assert not is_too_fast(NOW, 5, NOW + timedelta(seconds=4))
    assert [slower(5), slower(10), slower(60)] == [10, 15, 60]


def test_a_detail_is_of_the_clients_own_partner() -> None:
    told = {"type": "points_redemption", "points": 5}
    assert read_detail(told, "par_own") == RedemptionDetail("par_own", 5)
    assert read_detail({**told, "partner": "par_own"}, "par_own")
    with pytest.raises(ValueError, match="own partner"):
        read_detail({**told, "partner": "par_other"}, "par_own")


def test_an_application_that_any_other_could_pose_as_is_consented_to_each_time() -> None:
    session = _session()
    assert needed(_interaction(), session, ["openid"], NOW) is None
    posing = _interaction(redirect_uri="example.shop.app:/back")
    assert needed(posing, session, ["openid"], NOW) is Need.CONSENT


def test_a_refresh_token_ends_with_its_grant_however_often_it_was_exchanged() -> None:
    ends = NOW + CONSENT_GRANT_LASTS
    grant = Grant(
        new_id(), new_id(), new_id(), SARA, (), ("openid",), None, "", "", NOW, expires_at=ends, ended_at=None
    )
    token = RefreshToken(grant, ("openid",), expires_at=ends + timedelta(days=30), used_at=None)
    assert token.is_live(ends - timedelta(seconds=1))
    assert not token.is_live(ends)
