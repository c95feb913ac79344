"""The table of pages."""

from flask import Flask

import network.portals.home
import network.portals.member.account
import network.portals.member.consent
import network.portals.member.passkeys
import network.portals.member.security
import network.portals.member.sign_in
import network.portals.member.sign_up
from network.portals.kit.setup import init_kit

PAGES = (
    network.portals.home.pages,
    network.portals.member.sign_in.pages,
    network.portals.member.sign_up.pages,
    network.portals.member.passkeys.pages,
    network.portals.member.consent.pages,
    network.portals.member.account.pages,
    network.portals.member.security.pages,
)


def init_portals(app: Flask) -> None:
    """Mount every page."""
    init_kit(app, PAGES)
