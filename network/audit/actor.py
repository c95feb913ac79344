"""Who acts here and now: known where a person came in, needed where a change is recorded."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from network.audit.domain import THE_NETWORK


@dataclass(frozen=True, slots=True)
class Actor:
    """`who`: the shown id of staff; `request`: the id of the request, or of the command, in which it happens."""

    who: str
    request: str | None


NOBODY = Actor(THE_NETWORK, None)
"""Jobs, seeds, machines of partners, members: what these do has homes of its own."""

_actor: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


@contextmanager
def acting(who: str, request: str) -> Iterator[None]:
    """Whatever is recorded in this block was done by that person."""
    token = _actor.set(Actor(who, request))
    try:
        yield
    finally:
        _actor.reset(token)


def current_actor() -> Actor:
    """Who acts; NOBODY where no person of staff does."""
    return _actor.get()
