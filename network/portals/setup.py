"""The table of pages."""

from flask import Flask

import network.portals.home
import network.portals.member.account
import network.portals.member.allow
import network.portals.member.consent
import network.portals.member.data
import network.portals.member.passkeys
import network.portals.member.security
import network.portals.member.sign_in
import network.portals.member.sign_up
import network.portals.staff.account
import network.portals.staff.door
import network.portals.staff.passkeys
import network.portals.staff.people
import network.portals.staff.terminals
from network.portals.kit.setup import init_kit
from network.portals.till import ForKeepers, activation

PAGES = (
    network.portals.home.pages,
    network.portals.member.sign_in.pages,
    network.portals.member.sign_up.pages,
    network.portals.member.passkeys.pages,
    network.portals.member.consent.pages,
    network.portals.member.account.pages,
    network.portals.member.security.pages,
    network.portals.member.allow.pages,
    network.portals.member.data.pages,
    network.portals.staff.door.pages,
    network.portals.staff.passkeys.pages,
    network.portals.staff.account.pages,
    network.portals.staff.people.pages,
    network.portals.staff.terminals.pages,
)


def init_portals(app: Flask, for_keepers: ForKeepers | None = None) -> None:
    """Mount every page; those that let terminals in where it is told who may do that."""
    init_kit(app, PAGES if for_keepers is None else (*PAGES, activation(for_keepers)))
