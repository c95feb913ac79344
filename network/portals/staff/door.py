"""In with password and code at once, proving it again, and an invitation taken up."""

import segno
from flask import Response, request, url_for

from network.audit.service import acting
from network.kernel.errors import PeyvandError
from network.passkeys.service import are_offered
from network.portals.kit.flash import Kind, flash
from network.portals.kit.forms import Form
from network.portals.kit.pages import Pages, local_path, see_other
from network.portals.kit.rendering import render
from network.sessions.cookies import clear_cookie, current_session, forget_current, set_cookie
from network.sessions.domain import Realm
from network.staff import service as staff
from network.staff.domain import Clerk
from network.staff.errors import InvitationInvalid, NotSignedIn, WeakPassword, WrongCode
from network.web.access import public
from network.web.request_ids import request_id

pages = Pages("staff_door", __name__, template_folder="templates")
_QR_SCALE = 5


@pages.get("/staff/sign-in")
@public
def sign_in() -> Response:
    """Name, password and code; whoever is signed in and has to prove it again is not asked for the name."""
    if current_clerk() is not None and "again" not in request.args:
        return see_other(next_path())
    return _sign_in_page(Form())


@pages.post("/staff/sign-in")
@public
def enter() -> Response:
    """What was typed."""
    form, clerk = Form.sent(), current_clerk()
    told = {"password": form.values.get("password", ""), "code": form.digits("code"), "address": _address()}
    try:
        if clerk is not None:
            token = staff.prove_again(clerk, **told)
        else:
            device = request.user_agent.string
            token = staff.sign_in(login=form.text("login"), **told, device=device).token
    except PeyvandError as failure:
        form.values.pop("code", None)
        form.blame_for(failure)
        return _sign_in_page(form, 422)
    return let_in(see_other(next_path()), token)


@pages.post("/staff/sign-out")
@public
def sign_out() -> Response:
    """End this session."""
    clerk = current_clerk()
    if clerk is not None:
        staff.sign_out(clerk)
    response = see_other(url_for("staff_door.sign_in"))
    clear_cookie(response, Realm.STAFF)
    forget_current(Realm.STAFF)
    flash("sign_in.signed_out")
    return response


@pages.get("/staff/invitation")
@public
def invitation() -> Response:
    """Asks for the invitation's code: it is typed or pasted, since addresses are kept in logs and histories."""
    return render("staff/invitation.html", form=Form())


@pages.post("/staff/invitation")
@public
def show_invitation() -> Response:
    """Whom the invitation is for, what to add to an authenticator, and the form to take it up."""
    form = Form.sent()
    try:
        return _enrolment_page(form)
    except PeyvandError as failure:
        form.blame_for(failure, "token")
        return render("staff/invitation.html", 422, form=form)


@pages.post("/staff/invitation/accept")
@public
def accept() -> Response:
    """The password that was chosen, and the authenticator's code; answers with the recovery codes, once."""
    form = Form.sent()
    password = form.values.get("password", "")
    try:
        if password != form.values.get("repeated"):
            form.blame("repeated", "staff.invitation.differs")
            return _enrolment_page(form, 422)
        token = form.text("token")
        with acting(staff.enrolment_of(token).staff.who, request_id()):  # it is nobody else's
            codes = staff.accept_invitation(token, password=password, code=form.digits("code"))
    except (WeakPassword, WrongCode) as failure:
        form.values.pop("code", None)
        form.blame_for(failure)
        return _enrolment_page(form, 422)
    except InvitationInvalid:
        flash("staff.invitation.gone", Kind.WARNING)
        return see_other(url_for("staff_door.invitation"))
    return render("staff/codes.html", codes=codes, onward=url_for("staff_door.sign_in"))


def _sign_in_page(form: Form, status: int = 200) -> Response:
    return render(
        "staff/sign_in.html", status, form=form, clerk=current_clerk(), onward=next_path(), passkeys=are_offered()
    )


def _enrolment_page(form: Form, status: int = 200) -> Response:
    """Raises InvitationInvalid."""
    enrolment = staff.enrolment_of(form.text("token"))
    picture = segno.make(enrolment.totp_uri).svg_data_uri(scale=_QR_SCALE, dark="#000", light="#fff")
    return render("staff/enrolment.html", status, form=form, enrolment=enrolment, picture=picture)


def current_clerk() -> Clerk | None:
    """Who is signed in here already."""
    session = current_session(Realm.STAFF)
    try:
        return None if session is None else staff.clerk_of(session)
    except NotSignedIn:
        return None


def let_in(response: Response, token: str) -> Response:
    """Give the browser its session's token."""
    forget_current(Realm.STAFF)
    set_cookie(response, Realm.STAFF, token)
    return response


def next_path() -> str:
    """Where the reader was going."""
    return local_path(request.args.get("next"), url_for("staff.account"))


def _address() -> str:
    return request.remote_addr or ""
