"""The unit of work. Nobody commits: `with transaction():` around the outermost use case does; inner ones join it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from network.infrastructure.database import db
from network.infrastructure.failpoints import failpoint


@dataclass(slots=True)
class _Unit:
    last: list[Callable[[], None]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)


_unit: ContextVar[_Unit | None] = ContextVar("unit", default=None)


@contextmanager
def transaction() -> Iterator[None]:
    """Run a use case as one database transaction: all of it happens, or none.

    The outermost call commits when its block ends and rolls back when it raises; inner calls join. What must not be
    lost after the commit belongs into the outbox; `after_commit` is only for what may be lost, such as a kick.
    """
    if _unit.get() is not None:
        yield
        return
    unit = _Unit()
    token = _unit.set(unit)
    try:
        db.session.rollback()  # reads made before may have begun an implicit transaction with an older snapshot
        yield
        for action in unit.last:
            action()
        failpoint("transaction.before_commit")
        db.session.commit()
        failpoint("transaction.after_commit")
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _unit.reset(token)
    for action in unit.after_commit:
        action()


def in_transaction() -> bool:
    """Whether a unit of work is open."""
    return _unit.get() is not None


def at_last(action: Callable[[], None]) -> None:
    """Run `action` at the end of the current unit of work, in it: for locks that everybody takes, and takes last.

    Raises RuntimeError outside of a unit of work.
    """
    unit = _unit.get()
    if unit is None:
        raise RuntimeError("this belongs into a unit of work")
    unit.last.append(action)


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the current unit of work has committed; now, if there is none."""
    unit = _unit.get()
    if unit is None:
        action()
    else:
        unit.after_commit.append(action)
