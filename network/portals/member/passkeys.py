"""What the script for passkeys asks of a member's pages.

A ceremony of somebody who is signed in proves it again, if the page is the one for that; else it signs somebody in.
"""

from flask import Response, request, url_for

from network.kernel.errors import PeyvandError
from network.portals.kit import ceremonies
from network.portals.kit.flash import flash
from network.portals.kit.pages import Pages, signed_in
from network.portals.member.goal import Goal, asker, let_in
from network.sessions.cookies import current_session
from network.sessions.domain import Realm, Session
from network.signin import service
from network.signin.errors import StepUpNeeded
from network.web.access import public

pages = Pages("passkeys", __name__)


@pages.post("/sign-in/passkey/begin")
@public
def begin() -> Response:
    """Ask for a passkey."""
    session = _who_proves_again()
    begun = service.begin_passkey_sign_in() if session is None else service.begin_passkey_step_up(session)
    return ceremonies.ceremony(begun)


@pages.post("/sign-in/passkey")
@public
def prove() -> Response:
    """The browser's answer: where to go now, or what went wrong."""
    goal, session = Goal.current(), _who_proves_again()
    try:
        challenge_id, credential = ceremonies.answer()
        if session is not None:
            token = service.step_up_by_passkey(session, challenge_id, credential)
            return let_in(ceremonies.onward(goal.address), token)
        opened = service.sign_in_by_passkey(challenge_id, credential, asker())
    except PeyvandError as failure:
        return ceremonies.failed(failure)
    return let_in(ceremonies.onward(goal.address), opened.token, opened.session)


@pages.post("/account/passkeys/begin")
@signed_in(Realm.MEMBER)
def begin_new(session: Session) -> Response:
    """A new passkey."""
    try:
        return ceremonies.ceremony(service.begin_passkey(session))
    except PeyvandError as failure:
        return ceremonies.failed(failure, again=isinstance(failure, StepUpNeeded))


@pages.post("/account/passkeys")
@signed_in(Realm.MEMBER)
def add(session: Session) -> Response:
    """The browser has made it."""
    try:
        challenge_id, credential = ceremonies.answer()
        service.add_passkey(session, challenge_id, credential, name=ceremonies.name())
    except PeyvandError as failure:
        return ceremonies.failed(failure, again=isinstance(failure, StepUpNeeded))
    flash("security.passkey_added")
    return ceremonies.onward(url_for("security.overview"))


def _who_proves_again() -> Session | None:
    return current_session(Realm.MEMBER) if "again" in request.args else None
