"""Recurring work on signing in."""

from network.signin.service import forget_old


def forget() -> None:
    """Delete what was over a day ago."""
    forget_old()
