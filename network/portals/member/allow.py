"""Allowing what the rules would stop: a shop where one has never been, one payment above the limit."""

from collections.abc import Callable
from uuid import UUID

from flask import Response, request, url_for

from network.kernel.clock import SystemClock
from network.kernel.errors import NotFound, PeyvandError
from network.kernel.identifiers import read, show
from network.partners.domain import Partner
from network.partners.service import get_partner, list_partners
from network.portals.kit.flash import Kind, flash
from network.portals.kit.forms import Form
from network.portals.kit.pages import Pages, see_other, signed_in, to_sign_in
from network.portals.kit.rendering import render
from network.portals.member.consent import name_of
from network.portals.member.house import MEMBERS
from network.portals.member.points import read_points
from network.sessions.domain import Realm, Session
from network.signin import service
from network.signin.domain import Approval
from network.signin.errors import BadSpendLimit, StepUpNeeded

pages = Pages("allow", __name__, template_folder="templates")

_PATH = "/account/allow"


@pages.get(_PATH)
@signed_in(Realm.MEMBER)
def overview(session: Session) -> Response:
    """Both forms, and the approval that was just given."""
    return _page(Form(), _given(session, request.args.get("approval")))


@pages.post("/account/allow/partner")
@signed_in(Realm.MEMBER)
def allow_partner(session: Session) -> Response:
    """Let points be spent at a shop where one has never been."""
    form = Form.sent()

    def allow() -> Response:
        service.open_partner(session, _partner(form).partner_id)
        flash("allow.partner_allowed")
        return see_other(url_for("security.overview"))

    return _done(form, allow, "partner")


@pages.post("/account/allow/payment")
@signed_in(Realm.MEMBER)
def allow_payment(session: Session) -> Response:
    """Let one payment at one shop have more points than the limit."""
    form = Form.sent()

    def allow() -> Response:
        points = read_points(form.digits("points"))
        if points is None:
            raise BadSpendLimit(field="points")
        given = service.approve_spending(session, _partner(form).partner_id, points)
        return see_other(url_for("allow.overview", approval=show("apr", given.approval_id)))

    return _done(form, allow, "points")


@pages.post("/account/allow/withdraw")
@signed_in(Realm.MEMBER)
def withdraw(session: Session) -> Response:
    """Take an approval back."""
    service.withdraw_approval(session, read("apr", request.form.get("approval", "")))
    flash("allow.withdrawn")
    return see_other(url_for("allow.overview"))


def _done(form: Form, allow: Callable[[], Response], field: str) -> Response:
    """Allow it; whoever has to prove first who they are does so and comes back."""
    try:
        return allow()
    except StepUpNeeded:
        flash("security.prove_first", Kind.INFO)
        return to_sign_in(Realm.MEMBER, again=True, next_path=_PATH)
    except PeyvandError as failure:
        form.blame_for(failure, field)
        return _page(form, None, 422)


def _partner(form: Form) -> Partner:
    return get_partner(read("par", form.text("partner")))


def _given(session: Session, told: str | None) -> Approval | None:
    """An approval that is this member's own and still good."""
    if told is None:
        return None
    approval = service.find_approval(read("apr", told))
    if approval is None or approval.member_id != session.subject_id:
        raise NotFound
    return approval if SystemClock().now() < approval.expires_at else None


def _page(form: Form, given: Approval | None, status: int = 200) -> Response:
    shops = [each for each in list_partners() if not each.is_operator and each.may_redeem]
    names: dict[UUID, str] = {each.partner_id: name_of(each) for each in shops}
    return render(
        "account/allow.html",
        status,
        house=MEMBERS,
        form=form,
        shops=sorted(((show("par", each), name) for each, name in names.items()), key=lambda pair: pair[1]),
        given=given,
        given_id=show("apr", given.approval_id) if given else None,
        given_at=names.get(given.partner_id) if given else None,
    )
