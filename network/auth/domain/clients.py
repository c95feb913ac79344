"""Clients: what they are, how they prove it, what they may ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from network.kernel.identifiers import show

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
PARTNER_LEFT = "partner_left"
"""The state of every client of a partner that has left the coalition, whatever its own status is."""

SECRET_METHODS = ("client_secret_basic", "client_secret_post")
PRIVATE_KEY_JWT = "private_key_jwt"
PUBLIC = "none"

CLIENT_CREDENTIALS = "client_credentials"
AUTHORIZATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"


class Kind(StrEnum):
    """What runs the client: a partner's server, its app on members' devices, a terminal, a developer's trial."""

    SERVER = "server"
    APP = "app"
    TILL = "till"
    SANDBOX = "sandbox"


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A public key of a client, as a JWK; accepted until `ends_at`, if that is told."""

    jwk: Mapping[str, Any]
    thumbprint: str
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client. `state` is its own status, or PARTNER_LEFT. `store_ids`: empty for all of the partner's."""

    client_id: UUID
    partner_id: UUID
    name: str
    scopes: tuple[str, ...]
    secret_hash: bytes
    state: str
    kind: Kind = Kind.SERVER
    auth_method: str = SECRET_METHODS[0]
    grant_types: tuple[str, ...] = (CLIENT_CREDENTIALS,)
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    store_ids: tuple[UUID, ...] = ()
    dpop_bound: bool = False
    require_par: bool = False
    id_token_alg: str = "RS256"
    keys: tuple[ClientKey, ...] = field(default=(), repr=False)

    @property
    def shown_id(self) -> str:
        """The id as the client itself knows it: `cli_...`."""
        return show("cli", self.client_id)

    @property
    def is_public(self) -> bool:
        """Whether it can keep no secret."""
        return self.auth_method == PUBLIC

    def accepts(self, method: str) -> bool:
        """Whether it may authenticate in this way; a secret is the same in a header and in a body."""
        if method in SECRET_METHODS:
            return self.auth_method in SECRET_METHODS
        return method == self.auth_method

    def live_keys(self, now: datetime) -> list[ClientKey]:
        """The keys that its assertions may be signed with."""
        return [key for key in self.keys if key.ends_at is None or key.ends_at > now]


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client and its secret, which nobody can be shown again; without one, if it has keys or is public."""

    client_id: UUID
    client_secret: str = ""

    @property
    def shown_id(self) -> str:
        """The id as the client itself knows it: `cli_...`."""
        return show("cli", self.client_id)

    def __repr__(self) -> str:
        return f"NewClient({self.shown_id})"
