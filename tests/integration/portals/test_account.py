"""A member's own pages: the card, consents, sessions, what may be spent."""

import html
import re
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from network.auth.service import list_consents
from network.infrastructure.database import db
from network.kernel.identifiers import new_id, read, show
from network.sessions.domain import Realm
from network.sessions.service import list_sessions, open_session
from network.signin.service import find_approval, spending_of, till_code
from tests.integration.portals.conftest import Browser, Club, answer_in
from tests.integration.signin.conftest import OTHER_PHONE, Inbox

_VALUE = re.compile(r'name="(session|consent|passkey|partner)" value="([^"]+)"')


def _age_sessions(by: timedelta) -> None:
    """Let everybody have proved who it is so much longer ago."""
    db.session.execute(
        text("UPDATE session SET opened_at = opened_at - :ago, authenticated_at = authenticated_at - :ago"),
        {"ago": by},
    )
    db.session.commit()


def test_the_card_shows_the_code_of_these_thirty_seconds_as_digits_and_as_a_picture(
    signed_in: Browser, sara: UUID
) -> None:
    codes = {till_code(sara).code}
    page = signed_in.open("/account/card")
    codes.add(till_code(sara).code)
    assert any(f"{code[:4]} {code[4:]}" in page.text for code in codes)
    assert page.text.count("<svg") > 1
    assert 'class="qr"' in page.text
    assert '<noscript><meta http-equiv="refresh"' in page.text
    fragment = signed_in.client.get("/account/card/code")
    assert "till-code" in fragment.text
    assert "<html" not in fragment.text
    assert fragment.headers["Cache-Control"] == "no-store"


def test_a_consent_page_says_who_asks_for_what_in_plain_words(signed_in: Browser, club: Club) -> None:
    page = signed_in.open(club.asks(purpose="To show <b>points</b>.", scope="openid profile points:redeem"))
    shown = html.unescape(page.text)
    assert "Green Grocer" in shown
    assert "Grocer Club" in shown
    assert "To show <b>points</b>." in shown
    assert "<b>points</b>" not in page.text
    assert "spend your points at this partner, within your limits" in shown
    assert "points:redeem" not in re.sub(r"<[^>]*>", "", page.text)


def test_a_purpose_is_told_in_persian_as_persian_is_written(signed_in: Browser, club: Club) -> None:
    purpose = "نمایش امتیاز\u200cها"
    assert purpose in signed_in.open(club.asks(purpose=purpose)).text


def test_what_is_allowed_is_what_was_ticked_and_is_withdrawn_in_the_account(
    signed_in: Browser, club: Club, sara: UUID
) -> None:
    signed_in.open(club.asks())
    assert "code" in answer_in(signed_in.send(signed_in.path, decision="allow", scope=["profile"]))
    assert [set(each.scopes) for each in list_consents(sara)] == [{"openid", "profile"}]
    page = signed_in.open("/account/consents")
    assert "Green Grocer" in page.text
    signed_in.send("/account/consents/withdraw", consent=_VALUE.findall(page.text)[0][1])
    assert list_consents(sara) == []
    assert "The permission is withdrawn." in signed_in.page.text


def test_what_is_not_allowed_is_told_to_the_application(signed_in: Browser, club: Club, sara: UUID) -> None:
    signed_in.open(club.asks())
    assert answer_in(signed_in.send(signed_in.path, decision="deny", scope=["profile"]))["error"] == "access_denied"
    assert list_consents(sara) == []


def test_a_burn_is_agreed_to_with_its_points_and_its_amount(signed_in: Browser, club: Club) -> None:
    detail = '[{"type":"points_redemption","points":1250,"amount_minor":12500,"currency":"USD"}]'
    signed_in.open("/language/fa?next=/")
    page = signed_in.open(club.asks(scope="openid points:redeem", authorization_details=detail))
    assert "تا ۱٬۲۵۰ امتیاز" in page.text
    assert "۱۲۵٫۰۰ USD" in page.text
    assert "بقالی سبز" in page.text


def test_who_does_not_let_points_be_spent_agrees_to_no_burn(signed_in: Browser, club: Club) -> None:
    detail = '[{"type":"points_redemption","points":1250}]'
    signed_in.open(club.asks(scope="openid points:read points:redeem", authorization_details=detail))
    assert "code" in answer_in(signed_in.send(signed_in.path, decision="allow", scope=["points:read"]))
    assert db.session.execute(text("SELECT count(*) FROM oauth_authorization")).scalar_one() == 0


def test_a_burn_is_agreed_to_after_a_proof_of_the_last_ten_minutes_alone(
    signed_in: Browser, club: Club, inbox: Inbox
) -> None:
    detail = '[{"type":"points_redemption","points":900000}]'
    asks = club.asks(scope="openid points:redeem", authorization_details=detail)
    signed_in.open(asks)
    consent = signed_in.path
    _age_sessions(timedelta(minutes=11))
    signed_in.client.delete_cookie("peyvand-code")
    signed_in.open(asks)
    assert signed_in.path == "/sign-in"  # a stolen session gets no further
    signed_in.send(signed_in.action("/sign-in/again"))
    signed_in.send(signed_in.action("/sign-in/code"), code=inbox.code())
    assert signed_in.path.startswith("/consent/")
    assert signed_in.path != consent
    assert "code" in answer_in(signed_in.send(signed_in.path, decision="allow", scope=["points:redeem"]))


def test_other_devices_are_seen_and_signed_out(signed_in: Browser, sara: UUID) -> None:
    phone = open_session(Realm.MEMBER, sara, ["hwk"], "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18 Safari/604")
    open_session(Realm.MEMBER, sara, ["sms"], "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
    page = signed_in.open("/account/sessions")
    assert "iPhone" in page.text
    assert "passkey" in page.text
    ids = [value for name, value in _VALUE.findall(page.text) if name == "session"]
    assert len(ids) == 2
    signed_in.send("/account/sessions/end", session=ids[0])
    assert len(list_sessions(Realm.MEMBER, sara)) == 2
    signed_in.send("/account/sessions/end-others")
    assert len(list_sessions(Realm.MEMBER, sara)) == 1
    assert phone.session.session_id not in [each.session_id for each in list_sessions(Realm.MEMBER, sara)]
    assert signed_in.open("/account/card").status_code == 200


def test_ending_a_session_elsewhere_asks_for_a_proof_of_the_last_ten_minutes(signed_in: Browser, sara: UUID) -> None:
    open_session(Realm.MEMBER, sara, ["sms"])
    _age_sessions(timedelta(minutes=11))
    signed_in.open("/account/sessions")
    for path in ("/account/sessions/end", "/account/sessions/end-others"):
        answer = signed_in.send(path, follow=False, session="ses_any")
        assert answer.location.startswith("/sign-in?"), path
        assert "again=1" in answer.location, path
    assert len(list_sessions(Realm.MEMBER, sara)) == 2


def test_signing_out_ends_the_session_and_empties_what_the_browser_keeps(signed_in: Browser, sara: UUID) -> None:
    page = signed_in.open("/account/sessions")
    assert 'action="/sign-out"' in page.text
    answer = signed_in.send("/sign-out", follow=False)
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert list_sessions(Realm.MEMBER, sara) == []


def test_nobody_ends_a_session_or_a_consent_of_somebody_else(
    app: Flask, signed_in: Browser, sara: UUID, club: Club
) -> None:
    others = open_session(Realm.MEMBER, new_id(), ["sms"]).session
    signed_in.open("/account/sessions")
    assert signed_in.send("/account/sessions/end", session=show("ses", others.session_id)).status_code == 404
    assert list_sessions(Realm.MEMBER, others.subject_id) == [others]
    signed_in.open("/account/sessions")
    assert signed_in.send("/account/consents/withdraw", consent=show("cst", new_id())).status_code == 404


def test_points_are_locked_at_once_and_unlocked_after_a_fresh_proof(
    signed_in: Browser, sara: UUID, inbox: Inbox
) -> None:
    signed_in.open("/account/security")
    signed_in.send("/account/security/lock", locked="yes")
    assert spending_of(sara).rules.is_locked
    _age_sessions(timedelta(hours=1))
    signed_in.send("/account/security/lock", locked="no")
    assert signed_in.path == "/sign-in"
    assert spending_of(sara).rules.is_locked
    signed_in.send(signed_in.action("/sign-in/again"))
    signed_in.send(signed_in.action("/sign-in/code"), code=inbox.code())
    assert signed_in.path == "/account/security"
    signed_in.send("/account/security/lock", locked="no")
    assert not spending_of(sara).rules.is_locked


def test_a_limit_is_typed_in_any_digits_and_what_is_none_is_said(signed_in: Browser, sara: UUID) -> None:
    signed_in.open("/account/security")
    signed_in.send("/account/security/limit", limit="۲٬۵۰۰")
    assert spending_of(sara).rules.limit_points == 2500
    page = signed_in.send("/account/security/limit", limit="many")
    assert page.status_code == 422
    assert 'id="limit-complaint"' in page.text
    signed_in.send("/account/security/limit", limit="")
    assert spending_of(sara).rules.limit_points is None


def test_another_phone_is_proved_and_then_nothing_is_spent_for_a_day(
    signed_in: Browser, sara: UUID, inbox: Inbox
) -> None:
    signed_in.open("/account/security")
    signed_in.send("/account/security/phone", phone=OTHER_PHONE)
    assert signed_in.path == "/sign-in/code"
    signed_in.send(signed_in.action("/sign-in/code"), code=inbox.code())
    assert signed_in.path == "/account/security"
    assert spending_of(sara).rules.cooling_until is not None
    assert "nothing can be spent until" in signed_in.page.text


def test_one_large_payment_is_allowed_for_one_shop_and_taken_back(signed_in: Browser, sara: UUID, club: Club) -> None:
    signed_in.open("/account/allow")
    page = signed_in.send("/account/allow/payment", partner=show("par", club.partner_id), points="۷۵٬۰۰۰")
    [number] = re.findall(r"apr_[a-z0-9]{26}", page.text)[:1]
    approval = find_approval(read("apr", number))
    assert approval
    assert (approval.member_id, approval.partner_id, approval.points) == (sara, club.partner_id, 75_000)
    assert "75,000 points" in page.text
    signed_in.send("/account/allow/withdraw", approval=number)
    assert find_approval(read("apr", number)) is None
    assert signed_in.send("/account/allow/payment", partner="par_x", points="1").status_code == 422


def test_a_shop_is_allowed_and_closed_again(signed_in: Browser, sara: UUID, club: Club) -> None:
    signed_in.open("/account/allow")
    signed_in.send("/account/allow/partner", partner=show("par", club.partner_id))
    assert signed_in.path == "/account/security"
    assert list(spending_of(sara).opened) == [club.partner_id]
    signed_in.send("/account/security/close-partner", partner=show("par", club.partner_id))
    assert list(spending_of(sara).opened) == []
