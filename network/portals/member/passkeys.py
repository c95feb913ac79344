"""What the script for passkeys asks: options for the browser, and the browser's answer, as JSON.

A ceremony of somebody who is signed in proves it again, if the page is the one for that; else it signs somebody in.
"""

import json
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request, url_for

from network.kernel.errors import Malformed, PeyvandError
from network.passkeys.domain import Ceremony
from network.portals.kit.flash import flash
from network.portals.kit.forms import failure_text
from network.portals.kit.pages import Pages, signed_in
from network.portals.member.goal import Goal, asker, let_in
from network.sessions.cookies import current_session
from network.sessions.domain import Realm, Session
from network.signin import service
from network.web.access import public
from network.web.problems import status_of

pages = Pages("passkeys", __name__)


@pages.post("/sign-in/passkey/begin")
@public
def begin() -> Response:
    """Ask for a passkey."""
    session = _who_proves_again()
    return _ceremony(service.begin_passkey_sign_in() if session is None else service.begin_passkey_step_up(session))


@pages.post("/sign-in/passkey")
@public
def prove() -> Response:
    """The browser's answer: where to go now, or what went wrong."""
    goal, session = Goal.current(), _who_proves_again()
    try:
        challenge_id, credential = _answer()
        if session is not None:
            return let_in(_to(goal.address), service.step_up_by_passkey(session, challenge_id, credential))
        opened = service.sign_in_by_passkey(challenge_id, credential, asker())
    except PeyvandError as failure:
        return _failed(failure)
    return let_in(_to(goal.address), opened.token, opened.session)


@pages.post("/account/passkeys/begin")
@signed_in(Realm.MEMBER)
def begin_new(session: Session) -> Response:
    """A new passkey."""
    try:
        return _ceremony(service.begin_passkey(session))
    except PeyvandError as failure:
        return _failed(failure)


@pages.post("/account/passkeys")
@signed_in(Realm.MEMBER)
def add(session: Session) -> Response:
    """The browser has made it."""
    try:
        challenge_id, credential = _answer()
        service.add_passkey(session, challenge_id, credential, name=str(_told().get("name") or ""))
    except PeyvandError as failure:
        return _failed(failure)
    flash("security.passkey_added")
    return _to(url_for("security.overview"))


def _who_proves_again() -> Session | None:
    return current_session(Realm.MEMBER) if "again" in request.args else None


def _told() -> dict[str, Any]:
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        raise Malformed
    return told


def _answer() -> tuple[UUID, dict[str, Any]]:
    told = _told()
    credential = told.get("credential")
    try:
        challenge_id = UUID(str(told.get("challenge")))
    except ValueError:
        raise Malformed from None
    if not isinstance(credential, dict):
        raise Malformed
    return challenge_id, credential


def _ceremony(begun: Ceremony) -> Response:
    return jsonify(challenge=str(begun.challenge_id), options=json.loads(begun.options))


def _to(address: str) -> Response:
    return jsonify(next=address)


def _failed(failure: PeyvandError) -> Response:
    response = jsonify(error=failure_text(failure))
    response.status_code = status_of(failure)
    return response
