"""In by a code that comes by SMS or e-mail, or by a passkey; proving it again; out."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request, url_for

from network.auth.cookies import current_browser
from network.auth.domain import Need
from network.auth.domain.requests import CREATE, ONE_FACTOR
from network.auth.service import answer_interaction, needs
from network.kernel.errors import PeyvandError
from network.members.domain import mask_name
from network.members.service import contact_of
from network.partners.service import ensure_operator
from network.passkeys.service import are_offered
from network.portals.kit.flash import Kind, flash
from network.portals.kit.forms import Form
from network.portals.kit.languages import current_language
from network.portals.kit.pages import Pages, see_other, signed_in, to_sign_in
from network.portals.kit.rendering import render
from network.portals.member.goal import Goal, Pending, asker, forget_pending, keep_pending, let_in, pending
from network.sessions.cookies import clear_cookie, current_session, forget_current
from network.sessions.domain import Realm, Session
from network.sessions.service import end_session
from network.signin import service
from network.signin.domain import CodeUse
from network.web.access import public

pages = Pages("sign_in", __name__, template_folder="templates")


@pages.get("/sign-in")
@public
def sign_in() -> Response:
    """By phone, e-mail address or passkey; whoever is signed in and has to prove it again is asked just that."""
    goal, session = Goal.current(), current_session(Realm.MEMBER)
    if goal.interaction is not None and CREATE in goal.interaction.request.prompts and session is None:
        return see_other(url_for("sign_up.sign_up", **goal.query))
    if session is not None and _is_same_person(goal, session):
        return _again(goal, session) if _has_to_prove(goal, session) else see_other(goal.address)
    hint = goal.interaction.request.login_hint if goal.interaction else None
    return _page(goal, Form({"contact": hint or ""}))


@pages.post("/sign-in")
@public
def ask() -> Response:
    """Send a code to the phone or address, if it is a member's; the answer is the same if it isn't."""
    goal, form = Goal.current(), Form.sent()
    try:
        asked = service.request_sign_in(form.text("contact"), asker(), locale=current_language().value)
    except PeyvandError as failure:
        form.blame_for(failure, "contact")
        return _page(goal, form, 422)
    keep_pending(CodeUse.SIGN_IN, asked)
    return see_other(url_for("sign_in.code", **goal.query))


@pages.post("/sign-in/again")
@signed_in(Realm.MEMBER)
def ask_again(session: Session) -> Response:
    """Send whoever is signed in a code, to prove it."""
    goal = Goal.current()
    try:
        asked = service.request_step_up(session, asker())
    except PeyvandError as failure:
        form = Form()
        form.blame_for(failure)
        return _again(goal, session, form, 422)
    keep_pending(CodeUse.STEP_UP, asked)
    return see_other(url_for("sign_in.code", **goal.query))


@pages.get("/sign-in/code")
@public
def code() -> Response:
    """The page that asks for the code."""
    goal, waiting = Goal.current(), pending()
    if waiting is None:
        return see_other(url_for("sign_in.sign_in", **goal.query))
    return _code_page(goal, waiting, Form(_known_of(goal)))


@pages.post("/sign-in/code")
@public
def prove() -> Response:
    """The code that was typed."""
    goal, waiting, form = Goal.current(), pending(), Form.sent()
    if waiting is None:
        flash("code.gone", Kind.WARNING)
        return see_other(url_for("sign_in.sign_in", **goal.query))
    try:
        response = _PROVE[waiting.use](goal, waiting, form)
    except PeyvandError as failure:
        form.values.pop("code", None)
        form.blame_for(failure, "code")
        return _code_page(goal, waiting, form, 422)
    forget_pending()
    return response


@pages.post("/sign-in/cancel")
@public
def cancel() -> Response:
    """Back to the application, with nothing granted."""
    goal = Goal.current()
    if goal.interaction is None:
        return see_other(url_for("home.start"))
    return see_other(answer_interaction(goal.interaction.interaction_id, current_browser(), None, granted=False))


@pages.post("/sign-out")
@public
def sign_out() -> Response:
    """End this session; on to sign in as somebody else, if that was asked for."""
    session = current_session(Realm.MEMBER)
    if session is not None:
        end_session(Realm.MEMBER, session.subject_id, session.session_id)
    goal = Goal.current()
    response = see_other(url_for("sign_in.sign_in", **goal.query) if goal.query else url_for("home.start"))
    clear_cookie(response, Realm.MEMBER)
    forget_current(Realm.MEMBER)
    if not goal.query:
        flash("sign_in.signed_out")
    return response


def _page(goal: Goal, form: Form, status: int = 200) -> Response:
    return render("entering/sign_in.html", status, form=form, **_ways(goal), **goal.page)


def _again(goal: Goal, session: Session, form: Form | None = None, status: int = 200) -> Response:
    name = contact_of(session.subject_id).person.name
    return render(
        "entering/again.html",
        status,
        form=form or Form(),
        name=mask_name(name) if name else None,
        **_ways(goal),
        **goal.page,
    )


def _code_page(goal: Goal, waiting: Pending, form: Form, status: int = 200) -> Response:
    return render("entering/code.html", status, form=form, waiting=waiting, **goal.page)


def _is_same_person(goal: Goal, session: Session) -> bool:
    """Whether the application means whoever is signed in here, as far as it says."""
    return goal.interaction is None or goal.interaction.request.hinted_subject in (None, session.subject_id)


def _has_to_prove(goal: Goal, session: Session) -> bool:
    if goal.interaction is not None:
        return needs(goal.interaction, session) is Need.SIGN_IN
    return "again" in request.args


def _ways(goal: Goal) -> dict[str, Any]:
    """Whether passkeys are offered here, and whether a code alone would not do."""
    required = goal.interaction.request.required_acr if goal.interaction else ()
    return {"passkeys": are_offered(), "asks_passkey": bool(required) and ONE_FACTOR not in required}


def _known_of(goal: Goal) -> dict[str, str]:
    """What an application told of somebody who may want to join, by the names of OpenID Connect."""
    claims = goal.interaction.request.enrolment_claims if goal.interaction else {}
    whole = claims.get("name") or " ".join(str(claims.get(part) or "") for part in ("given_name", "family_name"))
    return {"name": str(whole).strip()}


def _signed_in(goal: Goal, waiting: Pending, form: Form) -> Response:
    opened = service.sign_in(waiting.token, form.digits("code"), asker())
    return let_in(see_other(goal.address), opened.token, opened.session)


def _signed_up(goal: Goal, waiting: Pending, form: Form) -> Response:
    partner_id = goal.interaction.partner_id if goal.interaction else ensure_operator().partner_id
    opened = service.sign_up(
        waiting.token,
        form.digits("code"),
        asker(),
        partner_id=partner_id,
        name=form.text("name") or None,
        locale=current_language().value,
    )
    flash("sign_up.done" if opened.is_new_member else "sign_up.known")
    return let_in(see_other(goal.address), opened.token, opened.session)


def _stepped_up(goal: Goal, waiting: Pending, form: Form) -> Response:
    session = current_session(Realm.MEMBER)
    if session is None:
        return to_sign_in(Realm.MEMBER, next_path=goal.path)
    return let_in(see_other(goal.address), service.step_up(session, waiting.token, form.digits("code")))


def _changed_phone(goal: Goal, waiting: Pending, form: Form) -> Response:
    session = current_session(Realm.MEMBER)
    if session is None:
        return to_sign_in(Realm.MEMBER, next_path=goal.path)
    service.change_phone(session, waiting.token, form.digits("code"))
    flash("security.phone_changed")
    return see_other(url_for("security.overview"))


_PROVE: Mapping[CodeUse, Callable[[Goal, Pending, Form], Response]] = {
    CodeUse.SIGN_IN: _signed_in,
    CodeUse.SIGN_UP: _signed_up,
    CodeUse.STEP_UP: _stepped_up,
    CodeUse.NEW_PHONE: _changed_phone,
}
