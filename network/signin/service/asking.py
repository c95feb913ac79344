"""A one-time code is asked for, and used."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from network.delivery.domain import Channel, Message
from network.delivery.service import put
from network.delivery.texts import code_text
from network.infrastructure.context import application
from network.infrastructure.security_log import refusals_noted
from network.infrastructure.transaction import in_transaction, transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id
from network.members.domain import KeyKind
from network.members.service import Way
from network.signin import keeping, repository
from network.signin.domain import (
    ATTEMPTS,
    CODE_LIVES,
    Asker,
    CodeRequest,
    CodeUse,
    address_block,
    counts_for,
    make_code,
    prefix_of,
    read_code,
)
from network.signin.errors import CodeRefused, TooManyCodes
from network.signin.repository import Asked

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class Proved:
    """That somebody typed the code that went to `way`."""

    request_id: UUID
    member_id: UUID | None
    way: Way = field(repr=False)


@refusals_noted("member.ask_for_code")
def ask(
    use: CodeUse,
    way: Way,
    asker: Asker,
    *,
    is_sent: bool,
    locale: str,
    member_id: UUID | None = None,
    session_id: UUID | None = None,
) -> CodeRequest:
    """Make a code and, if `is_sent`, put it on its way; whether or not, the same is done, counted and answered.

    Raises TooManyCodes.
    """
    assert not in_transaction(), "what is counted stays counted, whatever becomes of the caller"
    code, token, request_id = make_code(), secrets.token_urlsafe(_TOKEN_BYTES), new_id()
    asked = Asked(request_id, member_id, session_id, keeping.hash_code(code), keeping.seal_way(request_id, way))
    channel = Channel.SMS if way.kind is KeyKind.PHONE else Channel.EMAIL
    text = code_text(locale, code, _domain())
    now = _now()
    with transaction():
        _count(way, asker, now)
        repository.insert_request(asked, use, keeping.token_hash(token), ATTEMPTS, now + CODE_LIVES)
        put(Message(channel, way.value, text) if is_sent else None, lives=CODE_LIVES)
    return CodeRequest(token, channel.value, now + CODE_LIVES)


def prove(use: CodeUse, token: str, typed: str, *, session_id: UUID | None = None) -> Proved:
    """Check a code, which costs an attempt, right or wrong. It is used by `use_up`. Raises CodeRefused."""
    assert not in_transaction(), "an attempt that was counted stays counted, whatever becomes of the caller"
    code = read_code(typed)
    with transaction():
        asked = repository.take_attempt(keeping.token_hash(token), use, session_id, _now())
    if asked is None or not keeping.is_code(asked.code_hash, code):
        raise CodeRefused
    return Proved(asked.request_id, asked.member_id, keeping.open_way(asked.request_id, asked.sealed_way))


def use_up(proved: Proved) -> None:
    """Use a code, in the unit of work of what it was proved for. Raises CodeRefused if somebody else was faster."""
    if not repository.use_request(proved.request_id, _now()):
        raise CodeRefused


def _count(way: Way, asker: Asker, now: datetime) -> None:
    is_phone = way.kind is KeyKind.PHONE
    subjects: Mapping[str, str | None] = {
        "contact": way.value,
        "prefix": prefix_of(way.value) if is_phone else None,
        "address": address_block(asker.address),
        "all": "sms" if is_phone else None,
    }
    for count in counts_for(subjects, now):
        if not repository.count_one(count, keeping.counted(count.kind, count.subject)):
            raise TooManyCodes(retry_after=max(1, int((count.ends_at - now).total_seconds())))


def _domain() -> str:
    return urlsplit(application().extensions["peyvand.settings"].public_url).hostname or "localhost"


def _now() -> datetime:
    return SystemClock().now()
