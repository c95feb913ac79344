"""Which programme's expiry policies hold where a contract names none: the network's own, if it has one."""

from flask import current_app


def network_programme() -> str | None:
    """`Settings.expiry_programme`."""
    programme: str | None = current_app.extensions["peyvand.programme"]
    return programme
