"""Queries of what is asked for: pushed requests, interactions, terminals that wait."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from network.auth.domain.grants import Terminal
from network.auth.repository.rows import read, write, write_all


def insert_pushed(uri_hash: bytes, client_id: UUID, sealed: bytes, expires_at: datetime) -> None:
    """A request that was pushed."""
    write_all(
        "INSERT INTO oauth_pushed_request (uri_hash, client_id, sealed, expires_at) VALUES (%s, %s, %s, %s)",
        uri_hash,
        client_id,
        sealed,
        expires_at,
    )


def find_pushed(uri_hash: bytes, client_id: UUID, now: datetime) -> bytes | None:
    """A client's pushed request that has not been answered and lives, sealed."""
    query = (
        "SELECT sealed FROM oauth_pushed_request WHERE uri_hash = %s AND client_id = %s AND used_at IS NULL"
        " AND expires_at > %s"
    )
    row = read(query, uri_hash, client_id, now)
    return bytes(row[0]) if row else None


def claim_pushed(uri_hash: bytes, now: datetime) -> bool:
    """Use a pushed request up, by answering it; of any number at once, one is told True."""
    statement = "UPDATE oauth_pushed_request SET used_at = %s WHERE uri_hash = %s AND used_at IS NULL RETURNING true"
    return write(statement, now, uri_hash) is not None


def insert_interaction(
    interaction_id: UUID,
    client_id: UUID,
    *,
    browser_hash: bytes,
    pushed_hash: bytes | None,
    sealed: bytes,
    began_at: datetime,
    expires_at: datetime,
) -> None:
    """A request that waits for a member."""
    write_all(
        "INSERT INTO oauth_interaction (interaction_id, client_id, browser_hash, pushed_hash, sealed, began_at,"
        " expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        interaction_id,
        client_id,
        browser_hash,
        pushed_hash,
        sealed,
        began_at,
        expires_at,
    )


def find_interaction(interaction_id: UUID, browser_hash: bytes, now: datetime) -> tuple[Any, ...] | None:
    """Partner, name of the client, sealed request, began and expires, of one that waits in that browser."""
    query = (
        "SELECT c.partner_id, c.name, i.sealed, i.began_at, i.expires_at FROM oauth_interaction i"
        " JOIN oauth_client c USING (client_id) WHERE i.interaction_id = %s AND i.browser_hash = %s"
        " AND i.answered_at IS NULL AND i.expires_at > %s"
    )
    return read(query, interaction_id, browser_hash, now)


def claim_interaction(interaction_id: UUID, browser_hash: bytes, now: datetime) -> tuple[bytes | None] | None:
    """Answer an interaction: of any number at once, one gets the hash of its pushed request (None: it had none)."""
    row = write(
        "UPDATE oauth_interaction SET answered_at = %s WHERE interaction_id = %s AND browser_hash = %s"
        " AND answered_at IS NULL AND expires_at > %s RETURNING pushed_hash",
        now,
        interaction_id,
        browser_hash,
        now,
    )
    return None if row is None else (bytes(row[0]) if row[0] is not None else None,)


def insert_device_request(
    device_hash: bytes,
    user_hash: bytes,
    client_id: UUID,
    partner_id: UUID,
    *,
    scopes: Iterable[str],
    jkt: str | None,
    asked_at: datetime,
    expires_at: datetime,
    interval_seconds: int,
) -> None:
    """A terminal that waits to be let in."""
    write_all(
        "INSERT INTO oauth_device_request (device_hash, user_hash, client_id, partner_id, scopes, jkt, asked_at,"
        " expires_at, interval_seconds, state, store_ids, name)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'pending', '{}', '')",
        device_hash,
        user_hash,
        client_id,
        partner_id,
        list(scopes),
        jkt,
        asked_at,
        expires_at,
        interval_seconds,
    )


def find_terminal(user_hash: bytes, partner_id: UUID, now: datetime) -> Terminal | None:
    """The terminal of a partner that waits with a code."""
    row = read(
        "SELECT d.client_id, c.name, d.partner_id, d.scopes, d.asked_at, d.expires_at, d.state"
        " FROM oauth_device_request d JOIN oauth_client c USING (client_id)"
        " WHERE d.user_hash = %s AND d.partner_id = %s AND d.expires_at > %s"
        " AND d.state = 'pending'",
        user_hash,
        partner_id,
        now,
    )
    if row is None:
        return None
    client_id, name, found_partner, scopes, asked_at, expires_at, state = row
    return Terminal(client_id, name, found_partner, tuple(scopes), asked_at, expires_at, state)


def decide_device(
    user_hash: bytes, partner_id: UUID, state: str, store_ids: Iterable[UUID], name: str, by: str, now: datetime
) -> bool:
    """Let a terminal in, or not; of any number of decisions at once, one is told True."""
    row = write(
        "UPDATE oauth_device_request SET state = %s, store_ids = %s, name = %s, decided_by = %s WHERE user_hash = %s"
        " AND partner_id = %s AND state = 'pending' AND expires_at > %s RETURNING true",
        state,
        list(store_ids),
        name,
        by,
        user_hash,
        partner_id,
        now,
    )
    return row is not None


def poll_device(device_hash: bytes, client_id: UUID) -> tuple[Any, ...] | None:
    """State, expiry, interval, key and last poll of a terminal that waits; held until the unit of work ends."""
    return write(
        "SELECT state, expires_at, interval_seconds, jkt, polled_at FROM oauth_device_request"
        " WHERE device_hash = %s AND client_id = %s FOR UPDATE",
        device_hash,
        client_id,
    )


def note_poll(device_hash: bytes, interval_seconds: int, now: datetime) -> None:
    """A terminal has asked."""
    write_all(
        "UPDATE oauth_device_request SET polled_at = %s, interval_seconds = %s WHERE device_hash = %s",
        now,
        interval_seconds,
        device_hash,
    )


def take_device(device_hash: bytes, client_id: UUID) -> tuple[Any, ...] | None:
    """Redeem a device code that was decided: of any number at once, one gets what was decided."""
    return write(
        "DELETE FROM oauth_device_request WHERE device_hash = %s AND client_id = %s AND state <> 'pending'"
        " RETURNING state, scopes, store_ids, name, decided_by, jkt, partner_id",
        device_hash,
        client_id,
    )


def forget(now: datetime) -> int:
    """Delete what has expired and that nobody can ask for any more; how many rows."""
    tables = ("oauth_seen", "oauth_pushed_request", "oauth_interaction", "oauth_device_request", "oauth_initial_token")
    return sum(write_all(f"DELETE FROM {table} WHERE expires_at < %s", now) for table in tables)


def forget_codes(before: datetime) -> int:
    """Delete codes and refresh tokens that expired before an instant: their replay says nothing any more."""
    return sum(
        write_all(f"DELETE FROM {table} WHERE expires_at < %s", before)
        for table in ("oauth_code", "oauth_refresh_token")
    )
