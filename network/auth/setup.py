"""Switching this room on."""

import logging

from flask import Flask

from network.auth.authority import init_authority
from network.auth.browser_routes import blueprint as browser_blueprint
from network.auth.guards import init_guards
from network.auth.provider.server import init_provider
from network.auth.routes import blueprint
from network.auth.scopes import SCOPES
from network.settings import Settings
from network.web.access import declare_scopes


def init_auth(app: Flask, settings: Settings) -> None:
    """Give the application its OAuth and OpenID provider and its guards. After `init_web`; needs no database yet."""
    init_provider(app, init_authority(app, settings))
    app.register_blueprint(blueprint)
    app.register_blueprint(browser_blueprint)
    init_guards(app)
    declare_scopes(app, SCOPES)
    logging.getLogger("authlib").setLevel(logging.INFO)  # it writes whole tokens into its debug log
