"""What the script for passkeys asks of the pages of staff.

Whoever is signed in proves again who it is; anybody else signs in. A passkey is both factors at once.
"""

from flask import Response, request, url_for

from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read
from network.portals.kit import ceremonies
from network.portals.kit.flash import flash
from network.portals.kit.pages import Pages, see_other
from network.portals.staff.door import current_clerk, let_in, next_path
from network.portals.staff.guard import for_staff
from network.staff import service as staff
from network.staff.domain import Clerk
from network.staff.errors import ProofTooOld
from network.web.access import public

pages = Pages("staff_passkeys", __name__)


@pages.post("/staff/sign-in/passkey/begin")
@public
def begin() -> Response:
    """Ask for a passkey."""
    clerk = current_clerk()
    return ceremonies.ceremony(staff.begin_sign_in() if clerk is None else staff.begin_proof(clerk))


@pages.post("/staff/sign-in/passkey")
@public
def prove() -> Response:
    """The browser's answer: where to go now, or what went wrong."""
    clerk = current_clerk()
    try:
        challenge_id, credential = ceremonies.answer()
        if clerk is not None:
            token = staff.prove_again_by_passkey(clerk, challenge_id, credential)
        else:
            token = staff.sign_in_by_passkey(challenge_id, credential, device=request.user_agent.string).token
    except PeyvandError as failure:
        return ceremonies.failed(failure)
    return let_in(ceremonies.onward(next_path()), token)


@pages.post("/staff/passkeys/begin")
@for_staff()
def begin_new(clerk: Clerk) -> Response:
    """A new passkey."""
    try:
        return ceremonies.ceremony(staff.begin_passkey(clerk))
    except PeyvandError as failure:
        return ceremonies.failed(failure, again=isinstance(failure, ProofTooOld))


@pages.post("/staff/passkeys")
@for_staff()
def add(clerk: Clerk) -> Response:
    """The browser has made it."""
    try:
        challenge_id, credential = ceremonies.answer()
        staff.finish_passkey(clerk, challenge_id, credential, name=ceremonies.name())
    except PeyvandError as failure:
        return ceremonies.failed(failure, again=isinstance(failure, ProofTooOld))
    flash("staff.passkeys.added")
    return ceremonies.onward(url_for("staff.account"))


@pages.post("/staff/passkeys/remove")
@for_staff()
def remove(clerk: Clerk) -> Response:
    """Have a passkey no more."""
    staff.remove_passkey(clerk, read("pky", request.form.get("passkey", "")))
    flash("staff.passkeys.removed")
    return see_other(url_for("staff.account"))
