"""The cookie of a realm. Over https it is a `__Host-` one: of this host alone, never sent in the clear, for every path.

Over plain http, on a developer's machine, browsers and clients would not send a Secure cookie back, so it has neither
the prefix nor the mark there.
"""

from flask import Response
from flask import current_app as app

from network.sessions.domain import LIFETIMES, Realm, Session
from network.sessions.service import find_session
from network.settings import Settings
from network.web.current import current_request, environment

_PLACE = "peyvand.session."
_LEFT_BEHIND = '"cache", "storage"'  # not cookies: the language stays chosen


def set_cookie(response: Response, realm: Realm, token: str) -> None:
    """Have the browser keep a session's token, out of reach of scripts and of other sites' requests."""
    response.set_cookie(
        _name(realm),
        token,
        max_age=LIFETIMES[realm].whole,
        path="/",
        secure=_over_tls(),
        httponly=True,
        samesite="Lax",  # a partner's page leads here by a link, and the person is still signed in
    )


def clear_cookie(response: Response, realm: Realm) -> None:
    """Have the browser forget it, and what pages it keeps of whoever was signed in."""
    response.delete_cookie(_name(realm), path="/", secure=_over_tls(), httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = _LEFT_BEHIND


def current_session(realm: Realm) -> Session | None:
    """Who is signed in, in the running request. Read once per request."""
    place = environment()
    key = _PLACE + realm
    if key not in place:
        token = current_request().cookies.get(_name(realm))
        place[key] = find_session(realm, token) if token else None
    session: Session | None = place[key]
    return session


def forget_current(realm: Realm) -> None:
    """Read the session anew, after it was opened, stepped up or ended in the running request."""
    environment().pop(_PLACE + realm, None)


def _name(realm: Realm) -> str:
    return f"__Host-peyvand-{realm}" if _over_tls() else f"peyvand-{realm}"


def _over_tls() -> bool:
    settings: Settings = app.extensions["peyvand.settings"]
    return settings.public_url.startswith("https://")
