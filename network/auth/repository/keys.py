"""Queries of the keys that sign."""

from datetime import datetime
from typing import Any

from sqlalchemy import text, update

from network.auth.models.clients import SigningKeyRow
from network.auth.repository.rows import read, read_all
from network.infrastructure.database import db

_KEY_LOCK = 0x7369676E  # "sign": processes that need the first key at once take turns


def lock_signing_keys() -> None:
    """Wait until no other process makes a key; held until the unit of work ends."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _KEY_LOCK})


def find_signing_key(algorithm: str) -> tuple[str, bytes] | None:
    """Id and sealed private half of the key that signs with an algorithm."""
    row = read(
        "SELECT kid, private_jwk FROM signing_key WHERE retires_at IS NULL AND algorithm = %s"
        " ORDER BY created_at DESC, kid LIMIT 1",
        algorithm,
    )
    return (row[0], bytes(row[1])) if row else None


def insert_signing_key(row: SigningKeyRow) -> None:
    """A new key."""
    db.session.add(row)
    db.session.flush()


def retire_signing_keys(algorithm: str, *, other_than: str, at: datetime) -> None:
    """Let all keys of an algorithm but one end at an instant, unless they end before."""
    query = update(SigningKeyRow).where(SigningKeyRow.kid != other_than, SigningKeyRow.algorithm == algorithm)
    ends_later = SigningKeyRow.retires_at.is_(None) | (SigningKeyRow.retires_at > at)
    db.session.execute(query.where(ends_later).values(retires_at=at))


def list_public_keys(now: datetime, algorithm: str | None = None) -> list[tuple[str, dict[str, Any]]]:
    """Id and public half of every key that is not retired, newest first; of one algorithm, or of all."""
    query = (
        "SELECT kid, public_jwk FROM signing_key WHERE (retires_at IS NULL OR retires_at > %s)"
        " AND algorithm = coalesce(%s, algorithm) ORDER BY created_at DESC"
    )
    return [(kid, jwk) for kid, jwk in read_all(query, now, algorithm)]
