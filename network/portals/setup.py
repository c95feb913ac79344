"""The table of pages."""

from flask import Flask

import network.portals.home
from network.portals.kit.setup import init_kit

PAGES = (network.portals.home.pages,)


def init_portals(app: Flask) -> None:
    """Mount every page."""
    init_kit(app, PAGES)
