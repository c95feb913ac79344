"""Joining: by a phone or an address that one proves to have. Whoever is a member already is signed in."""

from flask import Response, url_for

from network.kernel.errors import PeyvandError
from network.portals.kit.forms import Form
from network.portals.kit.languages import current_language
from network.portals.kit.pages import Pages, see_other
from network.portals.kit.rendering import render
from network.portals.member.goal import Goal, asker, keep_pending
from network.signin.domain import CodeUse
from network.signin.service import request_sign_up
from network.web.access import public

pages = Pages("sign_up", __name__, template_folder="templates")


@pages.get("/sign-up")
@public
def sign_up() -> Response:
    """What an application told of somebody is filled in, for that one to check."""
    goal = Goal.current()
    claims = goal.interaction.request.enrolment_claims if goal.interaction else {}
    return _page(goal, Form({"contact": str(claims.get("phone_number") or claims.get("email") or "")}))


@pages.post("/sign-up")
@public
def ask() -> Response:
    """Send a code."""
    goal, form = Goal.current(), Form.sent()
    try:
        asked = request_sign_up(form.text("contact"), asker(), locale=current_language().value)
    except PeyvandError as failure:
        form.blame_for(failure, "contact")
        return _page(goal, form, 422)
    keep_pending(CodeUse.SIGN_UP, asked)
    return see_other(url_for("sign_in.code", **goal.query))


def _page(goal: Goal, form: Form, status: int = 200) -> Response:
    return render("entering/sign_up.html", status, form=form, **goal.page)
