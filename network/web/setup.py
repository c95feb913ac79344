"""Switching the edge on."""

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from network.settings import Settings
from network.web.edge import Edge
from network.web.failures import init_failures
from network.web.headers import SecurityHeaders

_MIB = 1024 * 1024


def init_web(app: Flask) -> None:
    """Give the application request ids, problem documents, limits and security headers. Call it before the others.

    Wants the application's settings in `app.extensions["peyvand.settings"]`.
    """
    settings: Settings = app.extensions["peyvand.settings"]
    app.config["PEYVAND_PUBLIC_URL"] = settings.public_url
    app.config["MAX_CONTENT_LENGTH"] = _MIB
    app.json.sort_keys = False  # type: ignore[attr-defined]  # members stand in the order they are written
    init_failures(app)
    if settings.proxies:  # else anybody could write the header, and be whoever is to be counted
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]
    app.wsgi_app = Edge(app.wsgi_app, SecurityHeaders(settings.public_url))  # type: ignore[method-assign]
