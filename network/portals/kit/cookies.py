"""Cookies of the pages themselves; those of sessions are `network.sessions.cookies`."""

from collections.abc import Callable

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Response, after_this_request
from flask import current_app as app

from network.settings import Settings
from network.web.current import current_request

_KEYS = "peyvand.portal_keys"


def read_cookie(name: str) -> str | None:
    """What the browser kept."""
    return current_request().cookies.get(_name(name))


def keep_cookie(name: str, value: str, seconds: int | None = None) -> None:
    """Have the browser keep a value, when the running request is answered; without `seconds` until it is closed.

    No script can read it, and no other site's form or picture sends it along.
    """
    options = {"path": "/", "secure": _over_tls(), "httponly": True, "samesite": "Lax"}
    _on_answer(lambda answer: answer.set_cookie(_name(name), value, max_age=seconds, **options))  # type: ignore[arg-type]


def drop_cookie(name: str) -> None:
    """Have the browser forget a value, when the running request is answered."""
    _on_answer(lambda answer: answer.delete_cookie(_name(name), path="/", secure=_over_tls(), httponly=True))


def key_for(purpose: str) -> bytes:
    """A key of the installation for one purpose of the pages: 32 bytes, derived once."""
    keys: dict[str, bytes] = app.extensions.setdefault(_KEYS, {})
    if purpose not in keys:
        info = f"peyvand/portals/1: {purpose}".encode()
        keys[purpose] = HKDF(SHA256(), 32, salt=None, info=info).derive(_settings().secret_key)
    return keys[purpose]


def _on_answer(act: Callable[[Response], None]) -> None:
    def after(answer: Response) -> Response:
        act(answer)
        return answer

    after_this_request(after)


def _name(name: str) -> str:
    return f"__Host-peyvand-{name}" if _over_tls() else f"peyvand-{name}"


def _over_tls() -> bool:
    return _settings().public_url.startswith("https://")


def _settings() -> Settings:
    settings: Settings = app.extensions["peyvand.settings"]
    return settings
