"""Queries of clients: what they are, whether they may still ask, their keys, and what of theirs was seen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb
from sqlalchemy import select

from network.auth.domain import GRANT_ENDED, PARTNER_LEFT, Client, ClientKey, Kind
from network.auth.models.clients import InitialTokenRow, OAuthClientRow
from network.auth.repository.rows import read, read_all, write, write_all
from network.infrastructure.database import db


def client_state_sql(client: str, partner: str) -> str:
    """An SQL expression for a client's present state, for queries that join it and its partner by these aliases.

    Null if there is no such client.
    """
    return f"CASE WHEN {partner}.status = 'left' THEN '{PARTNER_LEFT}' ELSE {client}.status END"


_CLIENTS = "FROM oauth_client c JOIN partner p USING (partner_id) WHERE c.client_id = %s"
_STATE = f"SELECT {client_state_sql('c', 'p')} {_CLIENTS}"
_GRANT_STATE = f"""
SELECT CASE WHEN g.grant_id IS NULL OR g.ended_at IS NOT NULL OR g.expires_at <= now() THEN '{GRANT_ENDED}'
            ELSE {client_state_sql("c", "p")} END
FROM oauth_client c JOIN partner p USING (partner_id)
LEFT JOIN oauth_grant g ON g.grant_id = %s AND g.client_id = c.client_id
WHERE c.client_id = %s
"""
_CLIENT = f"""
SELECT client_id, partner_id, c.name, scopes, secret_hash, {client_state_sql("c", "p")}, kind, auth_method, grant_types,
       redirect_uris, post_logout_redirect_uris, store_ids, dpop_bound, require_par, id_token_alg,
       (SELECT json_agg(json_build_array(k.jwk, k.thumbprint, k.ends_at) ORDER BY k.added_at DESC)
        FROM oauth_client_key k WHERE k.client_id = c.client_id)
{_CLIENTS}
"""


def find_client_state(client_id: UUID) -> str | None:
    """The state of a client; None if there is none."""
    row = read(_STATE, client_id)
    return row[0] if row else None


def find_token_state(client_id: UUID, grant_id: UUID) -> str | None:
    """The state of a client and of a grant of it, in one query; GRANT_ENDED, if that is over or not its own."""
    row = read(_GRANT_STATE, grant_id, client_id)
    return row[0] if row else None


def find_client(client_id: UUID) -> Client | None:
    """A client with its present state and its keys. One whose partner is gone counts as left."""
    row = read(_CLIENT, client_id)
    if row is None:
        return None
    found_id, partner_id, name, scopes, secret_hash, state, kind, auth_method, *lists, dpop, par, alg, keys = row
    grant_types, redirects, logouts, stores = (tuple(each) for each in lists)
    return Client(
        client_id=found_id,
        partner_id=partner_id,
        name=name,
        scopes=tuple(scopes),
        secret_hash=bytes(secret_hash or b""),
        state=state or PARTNER_LEFT,
        kind=Kind(kind),
        auth_method=auth_method,
        grant_types=grant_types,
        redirect_uris=redirects,
        post_logout_redirect_uris=logouts,
        store_ids=stores,
        dpop_bound=dpop,
        require_par=par,
        id_token_alg=alg,
        keys=tuple(
            ClientKey(jwk, mark, datetime.fromisoformat(ends) if ends else None) for jwk, mark, ends in keys or ()
        ),
    )


def find_partner(partner_id: UUID) -> tuple[str, str] | None:
    """Code and name of a partner."""
    row = read("SELECT code, name FROM partner WHERE partner_id = %s", partner_id)
    return (row[0], row[1]) if row else None


def find_stores(partner_id: UUID, store_ids: Sequence[UUID]) -> list[tuple[UUID, str, str]]:
    """Those of some stores that are the partner's: id, code and name, by code."""
    query = "SELECT store_id, code, name FROM store WHERE partner_id = %s AND store_id = ANY(%s) ORDER BY code"
    return [(store_id, code, name) for store_id, code, name in read_all(query, partner_id, list(store_ids))]


def list_clients(partner_id: UUID) -> list[Client]:
    """The clients of a partner, oldest first."""
    rows = read_all("SELECT client_id FROM oauth_client WHERE partner_id = %s ORDER BY client_id", partner_id)
    return [client for (client_id,) in rows if (client := find_client(client_id)) is not None]


def insert_client(row: OAuthClientRow) -> None:
    """A new client."""
    db.session.add(row)
    db.session.flush()


def lock_client(client_id: UUID) -> OAuthClientRow | None:
    """A client's row, held until the unit of work ends."""
    query = select(OAuthClientRow).where(OAuthClientRow.client_id == client_id)
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def retire_keys(client_id: UUID, at: datetime) -> None:
    """Let a client's keys end at an instant, unless they end before."""
    write_all(
        "UPDATE oauth_client_key SET ends_at = %s WHERE client_id = %s AND (ends_at IS NULL OR ends_at > %s)",
        at,
        client_id,
        at,
    )


def put_key(client_id: UUID, thumbprint: str, jwk: Mapping[str, Any], now: datetime) -> None:
    """A key of a client, accepted until further notice; one that was there before is accepted again."""
    write_all(
        "INSERT INTO oauth_client_key (client_id, thumbprint, jwk, added_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (client_id, thumbprint) DO UPDATE SET jwk = excluded.jwk, ends_at = NULL",
        client_id,
        thumbprint,
        Jsonb(dict(jwk)),
        now,
    )


def note_seen(digest: bytes, expires_at: datetime) -> bool:
    """Note what may be seen once; False if it was seen before. Of any number at once, one is told True."""
    statement = (
        "INSERT INTO oauth_seen (digest, expires_at) VALUES (%s, %s)"
        " ON CONFLICT (digest) DO UPDATE SET expires_at = excluded.expires_at WHERE oauth_seen.expires_at < now()"
        " RETURNING true"
    )
    return write(statement, digest, expires_at) is not None


def insert_initial_token(row: InitialTokenRow) -> None:
    """A new initial access token."""
    db.session.add(row)
    db.session.flush()


def use_initial_token(token_hash: bytes, now: datetime) -> UUID | None:
    """Use an initial access token once; whose it is, or None if it can't be used (any more)."""
    row = write(
        "UPDATE oauth_initial_token SET uses_left = uses_left - 1"
        " WHERE token_hash = %s AND expires_at > %s AND uses_left > 0 RETURNING partner_id",
        token_hash,
        now,
    )
    return row[0] if row else None
