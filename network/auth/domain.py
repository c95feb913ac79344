"""Clients, and the principal of a request."""

from dataclasses import dataclass, field
from uuid import UUID

from network.auth.errors import InvalidToken
from network.kernel.identifiers import show
from network.kernel.values import value

ACTIVE, SUSPENDED, REVOKED = "active", "suspended", "revoked"
PARTNER_LEFT = "partner_left"
"""The state of every client of a partner that has left the coalition, whatever its own status is."""


@dataclass(frozen=True, slots=True)
class Client:
    """An OAuth client. `state` is its own status, or PARTNER_LEFT."""

    client_id: UUID
    partner_id: UUID
    name: str
    scopes: tuple[str, ...]
    secret_hash: bytes
    state: str

    @property
    def shown_id(self) -> str:
        """The id as the client itself knows it: `cli_...`."""
        return show("cli", self.client_id)


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client and its secret, which nobody can be shown again."""

    client_id: UUID
    client_secret: str

    @property
    def shown_id(self) -> str:
        """The id as the client itself knows it: `cli_...`."""
        return show("cli", self.client_id)

    def __repr__(self) -> str:
        return f"NewClient({self.shown_id})"


@dataclass(slots=True)
class _Confirmation:
    done: bool = False


@value(frozen=True, slots=True)
class Principal:
    """On whose behalf a request runs: what its access token says, and whether the client's state was read since."""

    client_id: UUID
    partner_id: UUID
    scopes: frozenset[str]
    token_id: str
    _confirmation: _Confirmation = field(default_factory=_Confirmation, compare=False, repr=False)

    @property
    def is_confirmed(self) -> bool:
        """Whether the client was found active in the course of this request."""
        return self._confirmation.done


def confirm(principal: Principal, state: str | None) -> None:
    """Take note of the client's present state, as a query of this request found it; None: it found no client.

    Raises InvalidToken unless the client is active.
    """
    if state != ACTIVE:
        raise InvalidToken("The client of this access token is suspended, revoked or gone.")
    principal._confirmation.done = True
