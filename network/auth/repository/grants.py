"""Queries of grants: consents, codes, refresh tokens, burns agreed to. What is used once, one statement claims."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from network.auth.domain.grants import Authorization, Consent, Grant, RedeemedCode, RefreshToken
from network.auth.repository.rows import read, read_all, write, write_all

_GRANT = ", ".join("c.partner_id" if field.name == "partner_id" else f"g.{field.name}" for field in fields(Grant))
_GRANTS = f"SELECT {_GRANT} FROM oauth_grant g JOIN oauth_client c USING (client_id)"
_CONSENTS = """
SELECT n.consent_id, n.client_id, c.partner_id, c.name, n.subject_id, n.scopes, n.given_at
FROM oauth_consent n JOIN oauth_client c USING (client_id) WHERE n.ended_at IS NULL
"""
_WIDTH = len(fields(Grant))


def find_consent(client_id: UUID, subject_id: UUID) -> tuple[str, ...]:
    """The scopes that a member has let a client have."""
    row = read(f"{_CONSENTS} AND n.client_id = %s AND n.subject_id = %s", client_id, subject_id)
    return tuple(row[5]) if row else ()


def list_consents(subject_id: UUID) -> list[Consent]:
    """The live consents of a member, newest first."""
    rows = read_all(f"{_CONSENTS} AND n.subject_id = %s ORDER BY n.given_at DESC, n.consent_id DESC", subject_id)
    return [
        Consent(consent, client, partner, name, subject, tuple(scopes), given_at)
        for consent, client, partner, name, subject, scopes, given_at in rows
    ]


def put_consent(consent_id: UUID, client_id: UUID, subject_id: UUID, scopes: Iterable[str], now: datetime) -> UUID:
    """Let the member's consent hold these scopes too; the id of it, which is a new one if there was none."""
    row = write(
        "INSERT INTO oauth_consent AS n (consent_id, client_id, subject_id, scopes, given_at)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (client_id, subject_id) WHERE ended_at IS NULL"
        " DO UPDATE SET given_at = excluded.given_at,"
        " scopes = ARRAY(SELECT DISTINCT unnest(n.scopes || excluded.scopes)) RETURNING consent_id",
        consent_id,
        client_id,
        subject_id,
        list(scopes),
        now,
    )
    assert row is not None
    consent: UUID = row[0]
    return consent


def end_consents(subject_id: UUID, consent_id: UUID | None, by: str, now: datetime) -> int:
    """End a member's consent, or all of them, and every grant of theirs; how many consents there were.

    In a unit of work. One statement would not do: if it waits for whoever makes one more grant of a consent, it does
    not see that grant. Once the consents are ended, nobody makes any.
    """
    ended = read_all(
        "UPDATE oauth_consent SET ended_at = %s, ended_by = %s WHERE subject_id = %s"
        " AND consent_id = coalesce(%s::uuid, consent_id) AND ended_at IS NULL RETURNING consent_id",
        now,
        by,
        subject_id,
        consent_id,
    )
    write_all(
        "UPDATE oauth_grant SET ended_at = %s, ended_by = %s WHERE consent_id = ANY(%s) AND ended_at IS NULL",
        now,
        by,
        [each for (each,) in ended],
    )
    return len(ended)


def insert_grant(grant: Grant, consent_id: UUID | None) -> None:
    """A new grant."""
    write_all(
        "INSERT INTO oauth_grant (grant_id, client_id, consent_id, subject_id, store_ids, scopes, jkt, name,"
        " granted_by, granted_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        grant.grant_id,
        grant.client_id,
        consent_id,
        grant.subject_id,
        list(grant.store_ids),
        list(grant.scopes),
        grant.jkt,
        grant.name,
        grant.granted_by,
        grant.granted_at,
        grant.expires_at,
    )


def find_grant(grant_id: UUID) -> Grant | None:
    """A grant, live or not."""
    row = read(f"{_GRANTS} WHERE g.grant_id = %s", grant_id)
    return _grant(row) if row else None


def list_terminals(partner_id: UUID) -> list[Grant]:
    """The live terminals of a partner, newest first."""
    rows = read_all(
        f"{_GRANTS} WHERE c.partner_id = %s AND g.subject_id IS NULL AND g.ended_at IS NULL AND g.expires_at > now()"
        " ORDER BY g.granted_at DESC, g.grant_id DESC",
        partner_id,
    )
    return [_grant(row) for row in rows]


def end_grant(grant_id: UUID, by: str, now: datetime) -> bool:
    """End a grant and with it all its tokens; False if it was over."""
    statement = (
        "UPDATE oauth_grant SET ended_at = %s, ended_by = %s WHERE grant_id = %s AND ended_at IS NULL RETURNING true"
    )
    return write(statement, now, by, grant_id) is not None


def bind_grant(grant_id: UUID, jkt: str) -> None:
    """Bind a public client's grant to the key that its first token was bound to."""
    write_all("UPDATE oauth_grant SET jkt = %s WHERE grant_id = %s", jkt, grant_id)


def insert_code(
    code_hash: bytes, grant: Grant, request: dict[str, Any], issued_at: datetime, expires_at: datetime
) -> None:
    """A new authorization code."""
    write_all(
        "INSERT INTO oauth_code (code_hash, client_id, grant_id, request, issued_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        code_hash,
        grant.client_id,
        grant.grant_id,
        Jsonb(request),
        issued_at,
        expires_at,
    )


def claim_code(code_hash: bytes, client_id: UUID, now: datetime) -> RedeemedCode | None:
    """Redeem a code: of any number at once, one gets it."""
    row = write(
        f"WITH used AS (UPDATE oauth_code SET used_at = %s WHERE code_hash = %s AND client_id = %s AND used_at IS NULL"
        f" AND expires_at > %s RETURNING grant_id, request) SELECT {_GRANT}, used.request"
        " FROM used JOIN oauth_grant g USING (grant_id) JOIN oauth_client c USING (client_id)",
        now,
        code_hash,
        client_id,
        now,
    )
    return RedeemedCode(_grant(row[:-1]), row[-1]) if row else None


def grant_of_used_code(code_hash: bytes) -> UUID | None:
    """The grant of a code that was redeemed before."""
    row = read("SELECT grant_id FROM oauth_code WHERE code_hash = %s AND used_at IS NOT NULL", code_hash)
    return row[0] if row else None


def insert_refresh_token(
    token_hash: bytes, grant: Grant, scopes: Iterable[str], issued_at: datetime, expires_at: datetime
) -> None:
    """A new refresh token."""
    write_all(
        "INSERT INTO oauth_refresh_token (token_hash, client_id, grant_id, scopes, issued_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        token_hash,
        grant.client_id,
        grant.grant_id,
        list(scopes),
        issued_at,
        expires_at,
    )


def find_refresh_token(token_hash: bytes) -> RefreshToken | None:
    """A refresh token with its grant, live or not."""
    row = read(
        f"SELECT {_GRANT}, r.scopes, r.expires_at, r.used_at FROM oauth_refresh_token r"
        " JOIN oauth_grant g USING (grant_id) JOIN oauth_client c ON c.client_id = g.client_id WHERE r.token_hash = %s",
        token_hash,
    )
    if row is None:
        return None
    return RefreshToken(_grant(row[:_WIDTH]), tuple(row[_WIDTH]), row[_WIDTH + 1], row[_WIDTH + 2])


def claim_refresh_token(token_hash: bytes, now: datetime) -> bool:
    """Exchange a refresh token: of any number at once, one is told True."""
    statement = (
        "UPDATE oauth_refresh_token SET used_at = %s WHERE token_hash = %s AND used_at IS NULL AND expires_at > %s"
        " RETURNING true"
    )
    return write(statement, now, token_hash, now) is not None


def insert_authorization(kept: Authorization, grant_id: UUID, now: datetime) -> None:
    """A burn that a member agrees to."""
    write_all(
        "INSERT INTO oauth_authorization (authorization_id, grant_id, partner_id, subject_id, points, amount_minor,"
        " currency, given_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        kept.authorization_id,
        grant_id,
        kept.partner_id,
        kept.subject_id,
        kept.points,
        kept.amount_minor,
        kept.currency,
        now,
        kept.expires_at,
    )


def claim_authorization(
    authorization_id: UUID,
    *,
    partner_id: UUID,
    subject_id: UUID,
    points: int,
    amount_minor: int,
    currency: str,
    claimed_for: str,
    now: datetime,
) -> bool:
    """Use a burn that was agreed to, if this one fits it; of any number at once, those of one purpose are told so."""
    statement = (
        "UPDATE oauth_authorization a SET claimed_at = %s, claimed_for = %s FROM oauth_grant g"
        " WHERE a.authorization_id = %s AND a.partner_id = %s AND a.subject_id = %s"
        " AND (a.claimed_at IS NULL OR a.claimed_for = %s)"
        " AND a.expires_at > %s AND a.points >= %s AND coalesce(a.amount_minor, %s) >= %s"
        " AND coalesce(a.currency, %s) = %s AND g.grant_id = a.grant_id AND g.ended_at IS NULL RETURNING true"
    )
    values = (now, claimed_for, authorization_id, partner_id, subject_id, claimed_for, now, points)
    return write(statement, *values, amount_minor, amount_minor, currency, currency) is not None


def _grant(row: tuple[Any, ...]) -> Grant:
    values = {field.name: value for field, value in zip(fields(Grant), row, strict=True)}
    values |= {"store_ids": tuple(values["store_ids"]), "scopes": tuple(values["scopes"])}
    return Grant(**values)
