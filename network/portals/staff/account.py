"""One's own account: sessions, password, recovery codes, and the page of one's passkeys."""

from flask import Response, request, url_for

from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read, show
from network.partners import service as partners
from network.passkeys.service import are_offered
from network.portals.kit.devices import device_of
from network.portals.kit.flash import flash
from network.portals.kit.forms import Form
from network.portals.kit.pages import Pages, see_other
from network.portals.kit.rendering import render
from network.portals.staff.guard import for_staff, house_of, role_name
from network.sessions import service as sessions
from network.sessions.domain import Realm
from network.staff import service as staff
from network.staff.domain import Clerk
from network.staff.errors import ProofTooOld, SignInRefused

pages = Pages("staff", __name__, template_folder="templates")


@pages.get("/staff")
@for_staff()
def account(clerk: Clerk) -> Response:
    """Who one is here, where one is signed in."""
    return _page(clerk, Form())


@pages.post("/staff/password")
@for_staff()
def change_password(clerk: Clerk) -> Response:
    """Another password; the other sessions end."""
    form = Form.sent()
    new = form.values.get("new", "")
    if new != form.values.get("repeated"):
        form.blame("repeated", "staff.invitation.differs")
        return _page(clerk, form, 422)
    try:
        old = form.values.get("old", "")
        staff.change_password(clerk, old=old, new=new, address=request.remote_addr or "")
    except ProofTooOld:
        raise
    except SignInRefused:
        form.blame("old", "staff.account.wrong")
        return _page(clerk, form, 422)
    except PeyvandError as failure:
        form.blame_for(failure, "new" if failure.field else "old")
        return _page(clerk, form, 422)
    flash("staff.account.password_changed")
    return see_other(url_for("staff.account"))


@pages.post("/staff/recovery-codes")
@for_staff()
def recovery_codes(clerk: Clerk) -> Response:
    """Ten new codes, shown once."""
    codes = staff.renew_recovery_codes(clerk)
    return render("staff/codes.html", house=house_of(clerk), codes=codes, onward=url_for("staff.account"))


@pages.post("/staff/sessions/<number>/end")
@for_staff()
def end_session(clerk: Clerk, number: str) -> Response:
    """Sign out elsewhere."""
    staff.end_own_session(clerk, read("ses", number))
    flash("staff.account.session_ended")
    return see_other(url_for("staff.account"))


def _sessions(clerk: Clerk) -> list[sessions.Session]:
    return sessions.list_sessions(Realm.STAFF, clerk.staff.staff_id)


def _page(clerk: Clerk, form: Form, status: int = 200) -> Response:
    return render(
        "staff/account.html",
        status,
        house=house_of(clerk),
        clerk=clerk,
        business=partners.get_partner(clerk.staff.partner_id),
        sessions=[(show("ses", each.session_id), each, device_of(each.device)) for each in _sessions(clerk)],
        passkeys=[(show("pky", each.passkey_id), each) for each in staff.list_passkeys(clerk)],
        offers_passkeys=are_offered(),
        device=device_of(request.user_agent.string).label,
        codes_left=staff.codes_left(clerk.staff.staff_id),
        form=form,
        role_name=role_name,
    )
