"""What may be spent without asking, passkeys, the phone."""

from collections.abc import Callable

from flask import Response, request, url_for

from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read, show
from network.members.service import contact_of
from network.partners.service import get_partner
from network.passkeys.service import are_offered, list_passkeys
from network.portals.kit.devices import device_of
from network.portals.kit.flash import Kind, flash
from network.portals.kit.forms import Form
from network.portals.kit.pages import Pages, see_other, signed_in, to_sign_in
from network.portals.kit.rendering import render
from network.portals.member.consent import name_of
from network.portals.member.goal import asker, keep_pending
from network.portals.member.house import MEMBERS
from network.portals.member.points import read_points
from network.sessions.domain import Realm, Session
from network.signin import service
from network.signin.domain import DEFAULT_LIMIT_POINTS, STEP_UP_WITHIN, CodeUse
from network.signin.errors import StepUpNeeded

pages = Pages("security", __name__, template_folder="templates")

_PATH = "/account/security"
_LAST_DIGITS = 2


@pages.get(_PATH)
@signed_in(Realm.MEMBER)
def overview(session: Session) -> Response:
    """All of it."""
    return _page(session, None)


@pages.post("/account/security/lock")
@signed_in(Realm.MEMBER)
def lock(session: Session) -> Response:
    """Let nothing be spent, or let points be spent again."""
    locks = request.form.get("locked") == "yes"
    change = service.lock_spending if locks else service.unlock_spending
    return _changed(session, lambda: change(session), "security.locked" if locks else "security.unlocked")


@pages.post("/account/security/limit")
@signed_in(Realm.MEMBER)
def limit(session: Session) -> Response:
    """How many points may be spent at once. Nothing typed: the network's own limit."""
    form = Form.sent()
    return _changed(
        session, lambda: service.limit_spending(session, read_points(form.digits("limit"))), "security.limit_set", form
    )


@pages.post("/account/security/new-partners")
@signed_in(Realm.MEMBER)
def new_partners(session: Session) -> Response:
    """Whether to be asked before points are spent at a partner for the first time."""
    asks = request.form.get("asks") == "yes"
    return _changed(session, lambda: service.ask_at_new_partners(session, asks), "security.saved")


@pages.post("/account/security/close-partner")
@signed_in(Realm.MEMBER)
def close_partner(session: Session) -> Response:
    """Be asked again before points are spent at a partner."""
    partner_id = read("par", request.form.get("partner", ""))
    return _changed(session, lambda: service.close_partner(session, partner_id), "security.saved")


@pages.post("/account/security/phone")
@signed_in(Realm.MEMBER, within=STEP_UP_WITHIN)
def phone(session: Session) -> Response:
    """Send a code to another phone."""
    form = Form.sent()
    try:
        asked = service.request_new_phone(session, form.digits("phone"), asker())
    except StepUpNeeded:
        return to_sign_in(Realm.MEMBER, again=True, next_path=_PATH)
    except PeyvandError as failure:
        form.blame_for(failure, "phone")
        return _page(session, form, 422)
    keep_pending(CodeUse.NEW_PHONE, asked)
    return see_other(url_for("sign_in.code", next=_PATH))


@pages.post("/account/security/remove-passkey")
@signed_in(Realm.MEMBER)
def remove_passkey(session: Session) -> Response:
    """Have a passkey no more."""
    passkey_id = read("pky", request.form.get("passkey", ""))
    return _changed(session, lambda: service.remove_passkey(session, passkey_id), "security.passkey_removed")


def _changed(session: Session, change: Callable[[], None], done: str, form: Form | None = None) -> Response:
    """Change something; whoever has to prove first who they are does so and comes back."""
    try:
        change()
    except StepUpNeeded:
        flash("security.prove_first", Kind.INFO)
        return to_sign_in(Realm.MEMBER, again=True, next_path=_PATH)
    except PeyvandError as failure:
        if form is None:
            raise
        form.blame_for(failure, "limit")
        return _page(session, form, 422)
    flash(done)
    return see_other(url_for("security.overview"))


def _page(session: Session, form: Form | None, status: int = 200) -> Response:
    spending = service.spending_of(session.subject_id)
    number = contact_of(session.subject_id).person.phone
    limit = spending.rules.limit_points
    values = {"limit": "" if limit is None else str(limit)}
    return render(
        "account/security.html",
        status,
        house=MEMBERS,
        form=form or Form(values),
        rules=spending.rules,
        usual_limit=DEFAULT_LIMIT_POINTS,
        opened=[(show("par", each), name_of(get_partner(each)), at) for each, at in spending.opened.items()],
        passkeys=[(show("pky", each.passkey_id), each) for each in list_passkeys(Realm.MEMBER, session.subject_id)],
        offers_passkeys=are_offered(),
        device=device_of(request.user_agent.string).label,
        phone_end=number[-_LAST_DIGITS:] if number else None,
    )
