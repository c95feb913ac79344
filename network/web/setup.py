"""Switching the edge on."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from network.settings import Settings
from network.web.failures import init_failures
from network.web.headers import init_headers
from network.web.logs import init_request_log

_MIB = 1024 * 1024


def init_web(app: Flask) -> None:
    """Give the application request ids, problem documents, limits and security headers. Call it before the others.

    Wants the application's settings in `app.extensions["peyvand.settings"]`.
    """
    settings: Settings = app.extensions["peyvand.settings"]
    app.config["PEYVAND_PUBLIC_URL"] = settings.public_url
    app.config["MAX_CONTENT_LENGTH"] = _MIB
    # No view here is a coroutine; asking each function of each request whether it is one costs a twentieth of it.
    app.ensure_sync = _as_it_is  # type: ignore[assignment, method-assign]
    app.json.sort_keys = False  # type: ignore[attr-defined]  # members stand in the order they are written
    init_request_log(app)  # first: what is registered first sees an answer last, when it is finished
    init_headers(app)
    init_failures(app)


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    return function
