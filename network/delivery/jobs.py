"""Recurring work on messages."""

from network.delivery.service import send_waiting


def send() -> None:
    """Send what waits."""
    send_waiting()
