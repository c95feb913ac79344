"""The cookie that binds an interaction to one browser; it says nothing of who sits there."""

from flask import Response

from network.auth.authority import authority
from network.auth.client_secrets import new_secret
from network.auth.domain.requests import INTERACTION_LASTS
from network.web.current import current_request

_SECONDS = int(INTERACTION_LASTS.total_seconds())


def current_browser() -> str | None:
    """What tells the browser of the running request from others; None if it has not begun anything here."""
    return current_request().cookies.get(_name())


def remember_browser(response: Response, browser: str) -> None:
    """Have the browser keep it, out of reach of scripts and of other sites' requests."""
    response.set_cookie(_name(), browser, max_age=_SECONDS, path="/", secure=_over_tls(), httponly=True, samesite="Lax")


def new_browser() -> str:
    """For a browser that has none yet."""
    return new_secret()


def _name() -> str:
    return "__Host-peyvand-browser" if _over_tls() else "peyvand-browser"


def _over_tls() -> bool:
    return authority().issuer.startswith("https://")
