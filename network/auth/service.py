"""The public face: OAuth clients of partners, the rotation of the key that signs, and what it signs beside tokens."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from network.audit.service import record
from network.auth import repository
from network.auth.authority import authority
from network.auth.client_secrets import digest, new_secret
from network.auth.domain import ACTIVE, REVOKED, SUSPENDED, NewClient, Principal, confirm
from network.auth.errors import ClientNotFound, ClientRevoked
from network.auth.keys import ALGORITHM, OVERLAP_SECONDS, all_keys, base64url, signature
from network.auth.models import OAuthClientRow
from network.auth.repository import client_state_sql, find_client_state
from network.auth.scopes import chosen_scopes
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id, show

__all__ = [
    "NewClient",
    "Principal",
    "client_state",
    "client_state_sql",
    "confirm",
    "create_client",
    "find_client_state",
    "network_name",
    "proof_keys",
    "resume_client",
    "revoke_client",
    "rotate_secret",
    "rotate_signing_key",
    "sign_document",
    "sign_text",
    "suspend_client",
]


def create_client(partner_id: UUID, name: str, scopes: Iterable[str]) -> NewClient:
    """A new client of a partner, with its secret: to be shown once, for only its hash is kept. Raises UnknownScope."""
    client = NewClient(new_id(), new_secret())
    row = OAuthClientRow(
        client_id=client.client_id,
        partner_id=partner_id,
        name=name,
        secret_hash=digest(client.client_secret),
        scopes=chosen_scopes(scopes),
    )
    with transaction():
        repository.insert_client(row)
        told = {"partner": show("par", partner_id), "scopes": list(row.scopes)}
        record("clients.create", "client", show("cli", client.client_id), after=told)
    return client


def client_state(client_id: UUID) -> str:
    """`active`, `suspended`, `revoked`, or `partner_left`. Raises ClientNotFound."""
    state = repository.find_client_state(client_id)
    if state is None:
        raise ClientNotFound
    return state


def suspend_client(client_id: UUID) -> None:
    """End a client's tokens at once, and give it none until it is resumed. Raises ClientNotFound, ClientRevoked."""
    _set_status(client_id, SUSPENDED)


def resume_client(client_id: UUID) -> None:
    """Undo a suspension. Raises ClientNotFound, ClientRevoked."""
    _set_status(client_id, ACTIVE)


def revoke_client(client_id: UUID) -> None:
    """End a client and its tokens for ever. Raises ClientNotFound; revoking twice does nothing more."""
    with transaction():
        _locked(client_id).status = REVOKED
        record("clients.status", "client", show("cli", client_id), after={"status": REVOKED})


def rotate_secret(client_id: UUID) -> str:
    """A new secret; the old one dies at once, so that one which leaked is worth nothing from this moment.

    A partner that can't change all its tills in one moment gets a second client instead, and has the first revoked
    later. Tokens already given live on until they expire. Raises ClientNotFound, ClientRevoked.
    """
    secret = new_secret()
    with transaction():
        row = _locked(client_id)
        if row.status == REVOKED:
            raise ClientRevoked
        row.secret_hash = digest(secret)
        row.secret_rotated_at = SystemClock().now()
        record("clients.rotate", "client", show("cli", client_id))
    return secret


def rotate_signing_key(overlap_seconds: int = OVERLAP_SECONDS) -> str:
    """Let a new key sign from now on; its id. The old ones are still accepted for the overlap, 15 minutes if not told.

    With an overlap of 0, after a key was stolen, every process refuses the old tokens within a minute.
    """
    with transaction():
        kid = authority().signing_keys.rotate(overlap_seconds)
        record("keys.rotate", "key", kid, after={"overlap_seconds": overlap_seconds})
    return kid


def sign_document(payload: str, kind: str) -> str:
    """A payload and its signature as a compact JWS (RFC 7515). `kind`: its media type, so that no token is one.

    Raises SigningKeyUnreadable.
    """
    key = authority().signing_keys.current()
    header = json.dumps({"alg": ALGORITHM, "kid": key.kid, "typ": kind}, separators=(",", ":"))
    signed = f"{base64url(header.encode())}.{base64url(payload.encode())}"
    return f"{signed}.{signature(key, signed.encode())}"


def sign_text(text: str) -> str:
    """The bare ES256 signature of a text, as base64url; for the hot path. The text has to name what it is.

    Raises SigningKeyUnreadable.
    """
    return signature(authority().signing_keys.recent(), text.encode())


def proof_keys() -> list[dict[str, Any]]:
    """Every key that receipts and proofs may be signed with, as JWKs, newest first; retired ones too."""
    return all_keys()


def network_name() -> str:
    """By which tokens and proofs name this network: its public address."""
    return authority().issuer


def _set_status(client_id: UUID, status: str) -> None:
    with transaction():
        row = _locked(client_id)
        if row.status == REVOKED:
            raise ClientRevoked
        told = {"status": row.status}, {"status": status}
        row.status = status
        record("clients.status", "client", show("cli", client_id), before=told[0], after=told[1])


def _locked(client_id: UUID) -> OAuthClientRow:
    row = repository.lock_client(client_id)
    if row is None:
        raise ClientNotFound
    return row
