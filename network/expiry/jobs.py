"""Recurring work of expiry."""

from network.expiry.service import give_notices


def tell() -> int:
    """Give the notices whose day has come; how many. Twice is harmless: the second finds them given."""
    return give_notices()
