"""What is over is not kept."""

from datetime import timedelta

from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.signin import repository

_KEPT = timedelta(days=1)


def forget_old() -> None:
    """Delete requests for codes, counts and approvals that were over a day ago."""
    with transaction():
        repository.forget_old(SystemClock().now() - _KEPT)
