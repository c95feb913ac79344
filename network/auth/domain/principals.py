"""The principal of a request."""

from dataclasses import dataclass, field
from uuid import UUID

from network.auth.domain.clients import ACTIVE
from network.auth.errors import InvalidToken
from network.kernel.values import value

GRANT_ENDED = "grant_ended"
"""The state of a token whose grant is over, whatever its client's is."""


@dataclass(slots=True)
class _Confirmation:
    done: bool = False


@value(frozen=True, slots=True)
class Principal:
    """On whose behalf a request runs: what its access token says, and whether the client's state was read since.

    A token of a member's consent has `grant_id` and `member_id`; a terminal's has `grant_id` and its one store in
    `stores`, which for other clients names the stores they may write for: all of the partner's, if it is empty.
    """

    client_id: UUID
    partner_id: UUID
    scopes: frozenset[str]
    token_id: str
    grant_id: UUID | None = None
    member_id: UUID | None = None
    stores: frozenset[UUID] = frozenset()
    _confirmation: _Confirmation = field(default_factory=_Confirmation, compare=False, repr=False)

    @property
    def is_confirmed(self) -> bool:
        """Whether the client was found active in the course of this request."""
        return self._confirmation.done

    @property
    def store_id(self) -> UUID | None:
        """The store that a terminal stands in; None for all others."""
        if self.grant_id is None or self.member_id is not None or len(self.stores) != 1:
            return None
        return next(iter(self.stores))

    def may_write_for(self, store_id: UUID | None) -> bool:
        """Whether its client is not bound to stores, or to this one among others."""
        return not self.stores or store_id in self.stores


def confirm(principal: Principal, state: str | None) -> None:
    """Take note of the client's present state, as a query of this request found it; None: it found no client.

    Raises InvalidToken unless the client is active.
    """
    if state != ACTIVE:
        raise InvalidToken("The client or the grant of this access token is suspended, ended or gone.")
    principal._confirmation.done = True
