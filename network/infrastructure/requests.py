"""Answered requests, kept for ever: the same idempotency key answers the same, however late the twin arrives.

A row is written in the transaction of what the request did (the wallet's posting writes it in its own statement).
Refusals are stored too. Unique per partner, not per wallet.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import LargeBinary, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.database import Base
from network.infrastructure.failpoints import failpoint
from network.kernel.errors import Conflict, Invalid, PeyvandError, Unauthenticated, Unavailable


class KeyReused(Invalid):
    code = "idempotency_key_reused"
    detail = "This idempotency key was used before with another request."


class RequestInFlight(Conflict):
    code = "idempotency_in_flight"
    detail = "A request with this idempotency key is being worked on."


class RequestRow(Base):
    """One answered request. `wallet_id` and `sequence` name the entry it made, null if it was refused."""

    __tablename__ = "request"

    partner_id: Mapped[UUID] = mapped_column(primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(SmallInteger)
    answer: Mapped[str]
    wallet_id: Mapped[UUID | None]
    sequence: Mapped[int | None]
    answered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RequestSignatureRow(Base):
    """How a partner signed the request that the entry `sequence` answers; append-only. Most requests have none.

    `document`: what was signed, as it came; `salt`: 16 bytes, with which the network can show which request it was.
    """

    __tablename__ = "request_signature"

    wallet_id: Mapped[UUID] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    partner_id: Mapped[UUID]
    idempotency_key: Mapped[str]
    kid: Mapped[str]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    document: Mapped[str]


@dataclass(frozen=True, slots=True)
class RequestSignature:
    """A partner's own signature of a request, as it came: a compact JWS, and the salt that hides what it is of."""

    kid: str
    salt: bytes
    document: str


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Who asks, under which key, and the SHA-256 of what is asked (method, path and body); and how it was signed."""

    partner_id: UUID
    idempotency_key: str
    body_hash: bytes
    signature: RequestSignature | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A finished answer: HTTP status, body as JSON text, and whether it was given before."""

    status: int
    body: str
    replayed: bool = False


def replay(key: RequestKey, body_hash: bytes | None, status: int | None, body: str | None) -> Answer | None:
    """The stored answer as a replay; None if there is none. Raises KeyReused if another body came under this key."""
    if body_hash is None or status is None or body is None:
        return None
    if bytes(body_hash) != key.body_hash:
        raise KeyReused(field="Idempotency-Key")
    return Answer(status, body, replayed=True)


def find_answer(connection: psycopg.Connection, key: RequestKey) -> Answer | None:
    """The answer stored under a key. Raises KeyReused."""
    row = connection.execute(
        "SELECT body_hash, status, answer FROM request WHERE partner_id = %s AND idempotency_key = %s",
        (key.partner_id, key.idempotency_key),
    ).fetchone()
    return replay(key, *row) if row else None


def store_answer(connection: psycopg.Connection, key: RequestKey, answer: Answer) -> Answer:
    """Keep an answer that made no entry; the one that was there first wins and is returned. Raises KeyReused."""
    made = connection.execute(
        "INSERT INTO request (partner_id, idempotency_key, body_hash, status, answer) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        (key.partner_id, key.idempotency_key, key.body_hash, answer.status, answer.body),
    )
    failpoint("requests.after_store")
    return answer if made.rowcount else find_answer(connection, key) or answer


def answer_to(failure: PeyvandError, connection: psycopg.Connection, asked: "Asked | None") -> Answer:
    """The answer to a request that failed: the failure, if it is one that is kept, or what the request's twin was
    answered while this one was on its way and came too late. Raises the failure if there is neither.
    """
    if asked is None or isinstance(failure, (Unauthenticated, Unavailable)):
        raise failure
    if failure.is_kept:
        return store_answer(connection, asked.key, asked.refuse(failure))
    found = find_answer(connection, asked.key)
    if found is None:
        raise failure
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that wants its answer kept: its key, and how the edge writes down a result or a refusal."""

    key: RequestKey
    present: Callable[[Any], str]
    refuse: Callable[[PeyvandError], Answer]
