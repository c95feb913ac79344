"""Recurring work on sessions."""

from network.sessions.service import forget_sessions


def forget() -> None:
    """Delete sessions that were over half a year ago."""
    forget_sessions()
