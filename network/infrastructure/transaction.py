"""The unit of work. Nobody commits: `with transaction():` around the outermost use case does; inner ones join it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from network.infrastructure.database import db
from network.infrastructure.failpoints import failpoint

_after_commit: ContextVar[list[Callable[[], None]] | None] = ContextVar("after_commit", default=None)


@contextmanager
def transaction() -> Iterator[None]:
    """Run a use case as one database transaction: all of it happens, or none.

    The outermost call commits when its block ends and rolls back when it raises; inner calls join. What must not be
    lost after the commit belongs into the outbox; `after_commit` is only for what may be lost, such as a kick.
    """
    if _after_commit.get() is not None:
        yield
        return
    actions: list[Callable[[], None]] = []
    token = _after_commit.set(actions)
    try:
        db.session.rollback()  # reads made before may have begun an implicit transaction with an older snapshot
        yield
        failpoint("transaction.before_commit")
        db.session.commit()
        failpoint("transaction.after_commit")
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _after_commit.reset(token)
    for action in actions:
        action()


def in_transaction() -> bool:
    """Whether a unit of work is open."""
    return _after_commit.get() is not None


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the current unit of work has committed; now, if there is none."""
    actions = _after_commit.get()
    if actions is None:
        action()
    else:
        actions.append(action)
