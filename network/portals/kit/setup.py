"""Giving the application its pages."""

from collections.abc import Iterable
from pathlib import Path

from flask import Blueprint, Flask
from jinja2 import FileSystemLoader

from network.portals.kit import assets
from network.portals.kit.failures import failure_page
from network.portals.kit.rendering import init_rendering
from network.web.failures import set_failure_page

_INSTEAD = Path(__file__).parents[1] / "templates"
"""Templates here take the place of those of the same name in rooms below, which know no frame."""


def init_kit(app: Flask, pages: Iterable[Blueprint]) -> None:
    """Mount pages and static files, and show failures outside the API in the frame."""
    init_rendering(app)
    app.jinja_loader = FileSystemLoader(_INSTEAD)
    set_failure_page(app, failure_page)
    app.register_blueprint(assets.blueprint)
    app.register_blueprint(Blueprint("kit", __name__, template_folder="templates"))
    for blueprint in pages:
        app.register_blueprint(blueprint)
