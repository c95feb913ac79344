"""What is kept of a member, to take along; and the end of the membership."""

import json

from flask import Response, url_for

from network.kernel.errors import PeyvandError
from network.portals.kit.flash import flash
from network.portals.kit.forms import WHOLE, Form
from network.portals.kit.pages import Pages, see_other, signed_in
from network.portals.kit.rendering import render
from network.portals.member.house import MEMBERS
from network.sessions.cookies import clear_cookie, forget_current
from network.sessions.domain import Realm, Session
from network.signin import service
from network.signin.domain import STEP_UP_WITHIN

pages = Pages("data", __name__, template_folder="templates")


@pages.get("/account/data")
@signed_in(Realm.MEMBER)
def overview(session: Session) -> Response:
    """What one may ask for."""
    return _page(Form())


@pages.get("/account/data/file")
@signed_in(Realm.MEMBER, within=STEP_UP_WITHIN)
def file(session: Session) -> Response:
    """All that is kept, as a file."""
    told = json.dumps(service.export(session.subject_id), ensure_ascii=False, indent=2)
    response = Response(told, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="peyvand.json"'
    return response


@pages.post("/account/data/forget")
@signed_in(Realm.MEMBER, within=STEP_UP_WITHIN)
def forget(session: Session) -> Response:
    """Erase all that is personal, for good; the points are nobody's then."""
    form = Form.sent()
    if not form.ticked("sure"):
        form.blame(WHOLE, "data.be_sure")
        return _page(form, 422)
    try:
        service.erase(session.subject_id)
    except PeyvandError as failure:
        form.blame_for(failure)
        return _page(form, 422)
    response = see_other(url_for("home.start"))
    clear_cookie(response, Realm.MEMBER)
    forget_current(Realm.MEMBER)
    flash("data.forgotten")
    return response


def _page(form: Form, status: int = 200) -> Response:
    return render("account/data.html", status, house=MEMBERS, form=form)
