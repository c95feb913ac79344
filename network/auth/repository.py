"""All queries of this room. Reads go through psycopg, for one of them rides on every request."""

from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import select, text, update

from network.auth.domain import PARTNER_LEFT, Client
from network.auth.models import OAuthClientRow, SigningKeyRow
from network.infrastructure.database import db, drop_statement_connection, statement_connection, unit_connection
from network.infrastructure.transaction import in_transaction

_KEY_LOCK = 0x7369676E  # "sign": processes that need the first key at once take turns


def client_state_sql(client: str, partner: str) -> str:
    """An SQL expression for a client's present state, for queries that join it and its partner by these aliases.

    Null if there is no such client.
    """
    return f"CASE WHEN {partner}.status = 'left' THEN '{PARTNER_LEFT}' ELSE {client}.status END"


_CLIENTS = "FROM oauth_client c JOIN partner p USING (partner_id) WHERE c.client_id = %s"
_STATE = f"SELECT {client_state_sql('c', 'p')} {_CLIENTS}"
_CLIENT = f"SELECT client_id, partner_id, c.name, scopes, secret_hash, {client_state_sql('c', 'p')} {_CLIENTS}"


def find_client_state(client_id: UUID) -> str | None:
    """The state of a client; None if there is none."""
    row = _read(_STATE, client_id)
    return row[0] if row else None


def find_client(client_id: UUID) -> Client | None:
    """A client with its present state. One whose partner is gone counts as left."""
    row = _read(_CLIENT, client_id)
    if row is None:
        return None
    found_id, partner_id, name, scopes, secret_hash, state = row
    return Client(found_id, partner_id, name, tuple(scopes), bytes(secret_hash), state or PARTNER_LEFT)


def find_partner(partner_id: UUID) -> tuple[str, str] | None:
    """Code and name of a partner."""
    row = _read("SELECT code, name FROM partner WHERE partner_id = %s", partner_id)
    return (row[0], row[1]) if row else None


def insert_client(row: OAuthClientRow) -> None:
    """A new client."""
    db.session.add(row)
    db.session.flush()


def lock_client(client_id: UUID) -> OAuthClientRow | None:
    """A client's row, held until the unit of work ends."""
    query = select(OAuthClientRow).where(OAuthClientRow.client_id == client_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def lock_signing_keys() -> None:
    """Wait until no other process makes a key; held until the unit of work ends."""
    db.session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _KEY_LOCK})


def find_signing_key() -> tuple[str, bytes] | None:
    """Id and sealed private half of the key that signs."""
    row = _read(
        "SELECT kid, private_jwk FROM signing_key WHERE retires_at IS NULL ORDER BY created_at DESC, kid LIMIT 1"
    )
    return (row[0], bytes(row[1])) if row else None


def insert_signing_key(row: SigningKeyRow) -> None:
    """A new key."""
    db.session.add(row)
    db.session.flush()


def retire_signing_keys(*, other_than: str, at: datetime) -> None:
    """Let all keys but one end at an instant, unless they end before."""
    query = update(SigningKeyRow).where(SigningKeyRow.kid != other_than)
    ends_later = SigningKeyRow.retires_at.is_(None) | (SigningKeyRow.retires_at > at)
    db.session.execute(query.where(ends_later).values(retires_at=at))


def list_public_keys(now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Id and public half of every key that is not retired, newest first."""
    query = (
        "SELECT kid, public_jwk FROM signing_key WHERE retires_at IS NULL OR retires_at > %s ORDER BY created_at DESC"
    )
    return [(kid, jwk) for kid, jwk in _rows(query, now)]


def _connection() -> psycopg.Connection:
    return unit_connection() if in_transaction() else statement_connection()


def _read(query: str, *values: Any) -> tuple[Any, ...] | None:
    """The only row."""
    rows = _rows(query, *values)
    return rows[0] if rows else None


def _rows(query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows. A connection that turns out to be broken is replaced once: reading twice does no harm."""
    try:
        return _connection().execute(query, values).fetchall()
    except psycopg.OperationalError:
        if in_transaction():
            raise
        drop_statement_connection()
        return statement_connection().execute(query, values).fetchall()
