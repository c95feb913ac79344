"""Recurring work of households."""

from network.households.service import move_due_shares


def share() -> int:
    """Move the standing shares that are due; returns the number of earns. Twice is harmless."""
    return move_due_shares()
