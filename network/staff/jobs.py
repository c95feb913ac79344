"""Recurring work on staff."""

from network.staff.service import forget_stale


def forget() -> None:
    """Delete attempts that are long ago, and invitations that have expired. Twice is harmless."""
    forget_stale()
