"""Switching this room on."""

import logging

from flask import Flask

from network.auth.authority import init_authority
from network.auth.guards import init_guards
from network.auth.routes import TOKEN_SERVER, blueprint
from network.auth.scopes import SCOPES
from network.auth.server import TokenServer
from network.settings import Settings
from network.web.access import declare_scopes


def init_auth(app: Flask, settings: Settings) -> None:
    """Give the application its token endpoint and its guards. After `init_web`; needs no database yet."""
    app.extensions[TOKEN_SERVER] = TokenServer(init_authority(app, settings))
    app.register_blueprint(blueprint)
    init_guards(app)
    declare_scopes(app, SCOPES)
    logging.getLogger("authlib").setLevel(logging.INFO)  # it writes whole tokens into its debug log
