"""A member takes along what is kept of it, and ends its membership, without asking anybody."""

from datetime import timedelta
from uuid import UUID

import pytest

from network.households.domain import Consent
from network.households.service import found
from network.members.errors import MemberNotFound
from network.members.service import contact_of
from network.sessions.domain import Realm
from network.sessions.service import list_sessions
from network.signin.domain import STEP_UP_WITHIN
from tests.integration.portals.conftest import Browser, Club, answer_in
from tests.integration.signin.conftest import PHONE
from tests.integration.staff.test_signing_in import age


def _some_time_later(sara: UUID) -> None:
    for session in list_sessions(Realm.MEMBER, sara):
        age(session.session_id, STEP_UP_WITHIN + timedelta(minutes=1))


def test_a_member_downloads_all_that_is_kept(signed_in: Browser, club: Club, sara: UUID) -> None:
    signed_in.open(club.asks())
    answer_in(signed_in.send(signed_in.path, decision="allow", scope=["profile"]))
    assert 'href="/account/data/file"' in signed_in.open("/account/data").text
    told = signed_in.client.get("/account/data/file")
    assert told.headers["Content-Disposition"].startswith("attachment")
    assert told.headers["Cache-Control"] == "no-store"
    assert told.json["person"]["phone"] == PHONE
    (consent,) = told.json["consents"]
    assert (consent["partner"], consent["application"], consent["scopes"]) == (
        "grocer", "Grocer Club", ["openid", "profile"],
    )  # fmt: skip
    _some_time_later(sara)
    assert "again=1" in signed_in.client.get("/account/data/file").location


def test_a_member_ends_its_membership_by_a_fresh_proof_and_on_purpose(signed_in: Browser, sara: UUID) -> None:
    signed_in.open("/account/data")
    assert "Tick that you know" in signed_in.send("/account/data/forget").text
    _some_time_later(sara)
    assert "again=1" in signed_in.send("/account/data/forget", follow=False, sure="1").location
    assert contact_of(sara).person.phone == PHONE


def test_what_was_erased_is_signed_in_nowhere(signed_in: Browser, sara: UUID) -> None:
    signed_in.open("/account/data")
    assert "nothing personal of you is kept" in signed_in.send("/account/data/forget", sure="1").text
    assert list_sessions(Realm.MEMBER, sara) == []
    with pytest.raises(MemberNotFound):
        contact_of(sara)
    assert signed_in.open("/account/card").request.path == "/sign-in"


def test_who_shares_a_pool_leaves_it_first(signed_in: Browser, sara: UUID) -> None:
    found(sara, Consent("2017-01", "form-17", "stf_somebody"))
    signed_in.open("/account/data")
    assert "leave it first" in signed_in.send("/account/data/forget", sure="1").text
    assert contact_of(sara).person.phone == PHONE
