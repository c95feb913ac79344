"""OAuth clients of partners: registered, suspended, resumed, revoked; their secrets and keys."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import import_key

from network.audit.service import record
from network.auth.client_secrets import digest, new_secret
from network.auth.domain import ACTIVE, REVOKED, SUSPENDED, Client, Kind, NewClient, Registration
from network.auth.domain.clients import CLIENT_CREDENTIALS, PRIVATE_KEY_JWT, SECRET_METHODS
from network.auth.domain.registration import read_keys, read_registration
from network.auth.errors import BadKey, BadMetadata, ClientNotFound, ClientRevoked, InitialTokenInvalid
from network.auth.models.clients import InitialTokenRow, OAuthClientRow
from network.auth.repository import clients as repository
from network.auth.scopes import ALL_SCOPES, TILL_SCOPES, chosen_scopes, own_scopes
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id, show

_INITIAL_TOKEN_LASTS = timedelta(days=7)
_SANDBOX_CLIENTS = 10
KEY_OVERLAP = timedelta(days=1)


def create_client(partner_id: UUID, name: str, scopes: Iterable[str], store_ids: Iterable[UUID] = ()) -> NewClient:
    """A new client of a partner's server, with its secret: to be shown once, for only its hash is kept.

    `store_ids`: the stores that it may write for, all if none is told. Raises UnknownScope, BadMetadata.
    """
    registration = Registration(
        name=name,
        kind=Kind.SERVER,
        auth_method=SECRET_METHODS[0],
        grant_types=(CLIENT_CREDENTIALS,),
        scopes=tuple(chosen_scopes(scopes)),
        store_ids=tuple(store_ids),
    )
    return _insert(partner_id, registration)


def register_client(
    partner_id: UUID,
    kind: Kind,
    metadata: Mapping[str, Any],
    *,
    scopes: Iterable[str] = ALL_SCOPES,
    store_ids: Iterable[UUID] = (),
) -> NewClient:
    """A new client of a partner from RFC 7591's metadata, with `scopes` at most; with a secret if it is to have one.

    Raises BadMetadata, BadRedirectUri, BadKey, UnknownScope.
    """
    most = chosen_scopes(set(scopes) & set(TILL_SCOPES) if kind is Kind.TILL else scopes)
    registration = read_registration(metadata, kind=kind, scopes=most, store_ids=store_ids)
    return _insert(partner_id, registration)


def create_initial_token(partner_id: UUID, uses: int = _SANDBOX_CLIENTS) -> str:
    """A token with which developers register that many clients of a partner for the sandbox, within a week."""
    token, now = new_secret(), SystemClock().now()
    row = InitialTokenRow(
        token_hash=digest(token),
        partner_id=partner_id,
        created_at=now,
        expires_at=now + _INITIAL_TOKEN_LASTS,
        uses_left=uses,
    )
    with transaction():
        repository.insert_initial_token(row)
        record("clients.invite", "partner", show("par", partner_id), after={"uses": uses})
    return token


def register_in_sandbox(initial_token: str, metadata: Mapping[str, Any]) -> tuple[Client, NewClient]:
    """A client that its developer registers (RFC 7591). Raises InitialTokenInvalid, and as `register_client`."""
    with transaction():
        partner_id = repository.use_initial_token(digest(initial_token), SystemClock().now())
        if partner_id is None:
            raise InitialTokenInvalid
        made = register_client(partner_id, Kind.SANDBOX, metadata)
    return get_client(made.client_id), made


def get_client(client_id: UUID) -> Client:
    """A client with its present state and its keys. Raises ClientNotFound."""
    client = repository.find_client(client_id)
    if client is None:
        raise ClientNotFound
    return client


def list_clients(partner_id: UUID) -> list[Client]:
    """The clients of a partner, oldest first."""
    return repository.list_clients(partner_id)


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
    later. Tokens already given live on until they expire. Raises ClientNotFound, ClientRevoked, and BadMetadata for a
    client that has none.
    """
    secret = new_secret()
    with transaction():
        row = _usable(client_id)
        if row.auth_method not in SECRET_METHODS:
            raise BadMetadata("The client has no secret.")
        row.secret_hash = digest(secret)
        row.secret_rotated_at = SystemClock().now()
        record("clients.rotate", "client", show("cli", client_id))
    return secret


def replace_keys(client_id: UUID, jwks: Any, overlap: timedelta = KEY_OVERLAP) -> None:
    """The public keys that a client signs its assertions with from now on; those of before are accepted for `overlap`.

    Raises ClientNotFound, ClientRevoked, BadKey, and BadMetadata for a client that has none.
    """
    keys = _imported(read_keys(jwks))
    if not keys:
        raise BadKey
    now = SystemClock().now()
    with transaction():
        if _usable(client_id).auth_method != PRIVATE_KEY_JWT:
            raise BadMetadata("The client does not authenticate with a key.")
        repository.retire_keys(client_id, now + overlap)
        _put_keys(client_id, keys, now)
        told = {"keys": [thumbprint for thumbprint, _ in keys]}
        record("clients.keys", "client", show("cli", client_id), after=told)


def _insert(partner_id: UUID, registration: Registration) -> NewClient:
    if len(repository.find_stores(partner_id, registration.store_ids)) != len(registration.store_ids):
        raise BadMetadata("That is no store of the partner.", field="store_ids")
    has_secret = registration.auth_method in SECRET_METHODS
    client = NewClient(new_id(), new_secret() if has_secret else "")
    keys = _imported(registration.keys)
    row = OAuthClientRow(
        client_id=client.client_id,
        partner_id=partner_id,
        name=registration.name,
        secret_hash=digest(client.client_secret) if has_secret else None,
        scopes=list(registration.scopes),
        kind=registration.kind.value,
        auth_method=registration.auth_method,
        grant_types=list(registration.grant_types),
        redirect_uris=list(registration.redirect_uris),
        post_logout_redirect_uris=list(registration.post_logout_redirect_uris),
        store_ids=list(registration.store_ids),
        dpop_bound=registration.dpop_bound,
        require_par=registration.require_par,
        id_token_alg=registration.id_token_alg,
    )
    if CLIENT_CREDENTIALS in registration.grant_types and not own_scopes(registration.scopes):
        raise BadMetadata("A client with credentials of its own needs a scope of its own.", field="scope")
    with transaction():
        repository.insert_client(row)
        _put_keys(client.client_id, keys, SystemClock().now())
        told = {"partner": show("par", partner_id), "kind": row.kind, "scopes": list(row.scopes)}
        record("clients.create", "client", show("cli", client.client_id), after=told)
    return client


def _imported(keys: Iterable[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Keys with their thumbprints (RFC 7638). Raises BadKey for numbers that are no key."""
    try:
        return [(import_key(dict(jwk)).thumbprint(), jwk) for jwk in keys]
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise BadKey from error


def _put_keys(client_id: UUID, keys: Iterable[tuple[str, Mapping[str, Any]]], now: datetime) -> None:
    for thumbprint, jwk in keys:
        repository.put_key(client_id, thumbprint, jwk, now)


def _set_status(client_id: UUID, status: str) -> None:
    with transaction():
        row = _usable(client_id)
        told = {"status": row.status}, {"status": status}
        row.status = status
        record("clients.status", "client", show("cli", client_id), before=told[0], after=told[1])


def _usable(client_id: UUID) -> OAuthClientRow:
    row = _locked(client_id)
    if row.status == REVOKED:
        raise ClientRevoked
    return row


def _locked(client_id: UUID) -> OAuthClientRow:
    row = repository.lock_client(client_id)
    if row is None:
        raise ClientNotFound
    return row
