"""People who type the codes of terminals may mistype, and not guess."""

from collections.abc import Iterator
from contextlib import contextmanager

from network.infrastructure.transaction import in_transaction, transaction
from network.kernel.clock import SystemClock
from network.staff import repository, secrets
from network.staff.domain import TERMINAL, Clerk
from network.staff.errors import TooManyAttempts


@contextmanager
def counted_guess(clerk: Clerk) -> Iterator[None]:
    """Around looking a code up: a failure counts as a guess of the person's, and who guesses a lot waits.

    Not within a unit of work: a guess is counted, and committed, before it is looked at; one that was right is taken
    back. Raises TooManyAttempts.
    """
    assert not in_transaction(), "a unit of work that fails would not have counted"
    bucket, now = secrets.Keys.current().bucket("terminal", clerk.who), SystemClock().now()
    with transaction():
        if not repository.count_attempt(bucket, TERMINAL, now):
            raise TooManyAttempts(retry_after=max(1, repository.wait_seconds(bucket, TERMINAL, now)))
    yield
    with transaction():
        repository.take_back_attempt(bucket)
