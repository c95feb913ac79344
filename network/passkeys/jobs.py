"""Recurring work on passkeys."""

from network.passkeys.service import forget_challenges


def forget() -> None:
    """Delete challenges that were not answered in time."""
    forget_challenges()
