"""The code that a member shows at the till, and whether one that was shown is good."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.members.service import data_key_of, lock_member, replace_alias
from network.signin import keeping, repository
from network.signin.domain import (
    MOST_WRONG,
    WRONG_WITHIN,
    TillIdentity,
    code_at,
    matching_step,
    new_identity,
    step_ends_at,
    step_of,
)
from network.signin.domain.till_codes import qr_text


@dataclass(frozen=True, slots=True)
class TillCode:
    """What a member's phone shows: eight digits, the same in a QR with the alias, and until when."""

    code: str = field(repr=False)
    alias: str = field(repr=False)
    qr_text: str = field(repr=False)
    good_until: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """What the till's first query found for a code that was shown: see `proved_step`."""

    sealed_identity: bytes | None
    wrapped_key: bytes | None
    last_step: int | None
    wrong_codes: int
    wrong_until: datetime | None


def till_code(member_id: UUID) -> TillCode:
    """The code of these thirty seconds; a member's first one makes its secret. Raises MemberNotFound, MemberMerged."""
    identity = _identity(member_id)
    step = step_of(_now())
    return TillCode(code_at(identity.secret, step), identity.alias, qr_text(identity, step), step_ends_at(step))


def renew_identity(member_id: UUID) -> None:
    """Give a member another secret and alias, if it has one: what an old phone has kept is worth nothing then."""
    with transaction():
        lock_member(member_id)
        sealed = repository.find_identity(member_id)
        if sealed is not None:
            until_now = keeping.open_identity(data_key_of(member_id), sealed)
            _give(member_id, until_now.alias)


def proved_step(member_id: UUID, shown: Shown, code: str) -> int | None:
    """Of which thirty seconds the code is, to be claimed with the burn; None if it is not good.

    Opens and computes, and asks the database nothing: the till's first query has read all of it.
    """
    now = _now()
    if shown.sealed_identity is None or shown.wrapped_key is None or _is_shut(shown, now):
        return None
    identity = keeping.open_identity(keeping.data_key(member_id, shown.wrapped_key), shown.sealed_identity)
    return matching_step(identity.secret, code, now, shown.last_step)


def count_wrong_code(member_id: UUID) -> None:
    """A code was not good: after five within ten minutes none is, until the ten minutes are over."""
    now = _now()
    with transaction():
        repository.count_wrong(member_id, now, now + WRONG_WITHIN)


def _is_shut(shown: Shown, now: datetime) -> bool:
    return shown.wrong_codes >= MOST_WRONG and shown.wrong_until is not None and now < shown.wrong_until


def _identity(member_id: UUID) -> TillIdentity:
    sealed = repository.find_identity(member_id)
    if sealed is not None:
        return keeping.open_identity(data_key_of(member_id), sealed)
    with transaction():
        lock_member(member_id)  # one secret for all who ask for the first one at once
        sealed = repository.find_identity(member_id)
        return keeping.open_identity(data_key_of(member_id), sealed) if sealed else _give(member_id, None)


def _give(member_id: UUID, alias_until_now: str | None) -> TillIdentity:
    identity = new_identity()
    repository.keep_identity(member_id, keeping.seal_identity(member_id, identity))
    replace_alias(member_id, identity.alias, alias_until_now)
    return identity


def _now() -> datetime:
    return SystemClock().now()
