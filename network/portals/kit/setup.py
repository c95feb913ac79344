"""Giving the application its pages."""

from collections.abc import Iterable

from flask import Blueprint, Flask

from network.portals.kit import assets
from network.portals.kit.failures import failure_page
from network.portals.kit.rendering import init_rendering
from network.web.failures import set_failure_page


def init_kit(app: Flask, pages: Iterable[Blueprint]) -> None:
    """Mount pages and static files, and show failures outside the API in the frame."""
    init_rendering(app)
    set_failure_page(app, failure_page)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(Blueprint("kit", __name__, template_folder="templates"))
    for blueprint in pages:
        app.register_blueprint(blueprint)
