"""The table of pages."""

from flask import Flask

import network.portals.home
import network.portals.staff.account
import network.portals.staff.door
import network.portals.staff.people
from network.portals.kit.setup import init_kit

PAGES = (
    network.portals.home.pages,
    network.portals.staff.door.pages,
    network.portals.staff.account.pages,
    network.portals.staff.people.pages,
)


def init_portals(app: Flask) -> None:
    """Mount every page."""
    init_kit(app, PAGES)
