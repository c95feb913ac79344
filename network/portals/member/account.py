"""The card with its code, the sessions, the consents."""

from typing import Any
from uuid import UUID

import segno
from flask import Response, request, url_for
from markupsafe import Markup

from network.auth.scopes import CONSENT_SCOPES
from network.auth.service import list_consents, withdraw_consent
from network.kernel.clock import SystemClock
from network.kernel.identifiers import read, show
from network.members.domain import mask_card
from network.members.service import contact_of
from network.partners.service import get_partner
from network.portals.kit.devices import device_of
from network.portals.kit.flash import flash
from network.portals.kit.pages import Pages, see_other, signed_in
from network.portals.kit.rendering import render
from network.portals.member.consent import name_of
from network.portals.member.house import MEMBERS
from network.sessions.domain import Realm, Session
from network.sessions.service import end_session, end_sessions, list_sessions
from network.signin.domain import STEP_UP_WITHIN
from network.signin.service import TillCode, till_code

pages = Pages("account", __name__, template_folder="templates")

_QUIET_ZONE = 2  # modules; half of what the standard wants, the card around it is white too
_WAYS = {"sms": "methods.sms", "otp": "methods.email", "hwk": "methods.passkey"}


@pages.get("/account")
@signed_in(Realm.MEMBER)
def start(session: Session) -> Response:
    """The card is what a member comes for."""
    return see_other(url_for("account.card"))


@pages.get("/account/card")
@signed_in(Realm.MEMBER)
def card(session: Session) -> Response:
    """The card, and the code of these thirty seconds."""
    person = contact_of(session.subject_id).person
    number = mask_card(person.card_number) if person.card_number else None
    return render(
        "account/card.html", house=MEMBERS, name=person.name, number=number, **_shown(till_code(session.subject_id))
    )


@pages.get("/account/card/code")
@signed_in(Realm.MEMBER)
def code(session: Session) -> Response:
    """The code alone, for the script that turns it."""
    return render("account/code.html", **_shown(till_code(session.subject_id)))


@pages.get("/account/sessions")
@signed_in(Realm.MEMBER)
def sessions(session: Session) -> Response:
    """Where one is signed in."""
    rows = [
        (
            each,
            show("ses", each.session_id),
            device_of(each.device),
            [_WAYS[way] for way in each.methods if way in _WAYS],
        )
        for each in list_sessions(Realm.MEMBER, session.subject_id)
    ]
    return render("account/sessions.html", house=MEMBERS, rows=rows, own=session)


@pages.post("/account/sessions/end")
@signed_in(Realm.MEMBER, within=STEP_UP_WITHIN)
def end_one(session: Session) -> Response:
    """Sign another device out."""
    end_session(Realm.MEMBER, session.subject_id, read("ses", request.form.get("session", "")))
    flash("sessions.ended")
    return see_other(url_for("account.sessions"))


@pages.post("/account/sessions/end-others")
@signed_in(Realm.MEMBER, within=STEP_UP_WITHIN)
def end_others(session: Session) -> Response:
    """Sign every other device out."""
    end_sessions(Realm.MEMBER, session.subject_id, but=session.session_id)
    flash("sessions.others_ended")
    return see_other(url_for("account.sessions"))


@pages.get("/account/consents")
@signed_in(Realm.MEMBER)
def consents(session: Session) -> Response:
    """What one lets applications do."""
    rows = [
        (
            each,
            show("cst", each.consent_id),
            _partner_name(each.partner_id),
            [f"scopes.{scope.replace(':', '_')}" for scope in CONSENT_SCOPES if scope in each.scopes],
        )
        for each in list_consents(session.subject_id)
    ]
    return render("account/consents.html", house=MEMBERS, rows=rows)


@pages.post("/account/consents/withdraw")
@signed_in(Realm.MEMBER)
def withdraw(session: Session) -> Response:
    """Let an application do nothing any more, from the next request on."""
    by = show("mbr", session.subject_id)
    withdraw_consent(session.subject_id, read("cst", request.form.get("consent", "")), by)
    flash("consents.withdrawn")
    return see_other(url_for("account.consents"))


def _shown(code: TillCode) -> dict[str, Any]:
    drawing = segno.make(code.qr_text, error="m", micro=False)
    left = (code.good_until - SystemClock().now()).total_seconds()
    picture = drawing.svg_inline(border=_QUIET_ZONE, dark="#000", light="#fff", svgclass="qr", omitsize=True)
    return {"code": code.code, "picture": Markup(picture), "seconds": max(1, round(left))}  # noqa: S704  # segno's own


def _partner_name(partner_id: UUID) -> str:
    return name_of(get_partner(partner_id))
