"""Forms that only our own pages can send.

A browser gets a secret of its own in a cookie; a form's token is a MAC over that secret and over who is signed in, so a
token of one browser, or from before somebody signed in, is worth nothing in another. What the browser itself tells of a
request's origin is looked at first (`Sec-Fetch-Site`, `Origin`).
"""

import hmac
import secrets
from hashlib import sha256

from markupsafe import Markup

from network.kernel.errors import Forbidden
from network.portals.kit.addresses import parts_of
from network.portals.kit.cookies import keep_cookie, key_for, read_cookie
from network.sessions.cookies import current_session
from network.sessions.domain import Realm
from network.web.current import current_request, environment

FIELD = "csrf_token"
HEADER = "X-CSRF-Token"
"""Where a script of ours puts the token."""

_COOKIE = "form"
_SECRET = "peyvand.browser_secret"
_SECRET_CHARACTERS = 43  # 256 bits in base64url
_FROM_HERE = ("same-origin", "none")


class FormRefused(Forbidden):
    code = "form_refused"
    detail = "This form was not sent from a page of ours, or the page is too old. Load the page again."


def csrf_token() -> str:
    """The token for the forms of the page that is being made."""
    place = environment()
    secret: str | None = place.get(_SECRET) or _kept_secret()
    if secret is None:
        secret = secrets.token_urlsafe(32)
        keep_cookie(_COOKIE, secret)
    place[_SECRET] = secret
    return _token(secret)


def csrf_field() -> Markup:
    """The hidden field; every form that posts has it."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token())


def check_csrf() -> None:
    """Let a request pass that a form of ours, in this browser, has sent. Raises FormRefused."""
    request = current_request()
    if request.headers.get("Sec-Fetch-Site", "none") not in _FROM_HERE:
        raise FormRefused
    origin = request.headers.get("Origin")
    if origin is not None and parts_of(origin).netloc != request.host:
        raise FormRefused
    secret = _kept_secret()
    told = request.headers.get(HEADER) or request.form.get(FIELD, "")
    if secret is None or not hmac.compare_digest(_token(secret).encode(), told.encode(errors="replace")):
        raise FormRefused


def _token(secret: str) -> str:
    sessions = [current_session(realm) for realm in Realm]
    bound = ".".join((secret, *(str(session.session_id) if session else "" for session in sessions)))
    return hmac.new(key_for("forms"), bound.encode(), sha256).hexdigest()


def _kept_secret() -> str | None:
    secret = read_cookie(_COOKIE) or ""
    return secret if len(secret) == _SECRET_CHARACTERS else None
