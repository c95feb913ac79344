"""Under whose law a member's points are."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from network.audit.service import record
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.members import repository
from network.members.domain import check_jurisdiction
from network.members.errors import MemberNotFound


@dataclass(frozen=True, slots=True)
class Home:
    """Whose wallet it is, and the member's jurisdiction (ISO 3166); None stands for the network's own."""

    member_id: UUID
    jurisdiction: str | None


def homes_of(wallet_ids: Iterable[UUID]) -> dict[UUID, Home]:
    """The active members of some wallets, by wallet."""
    return {wallet_id: Home(*found) for wallet_id, found in repository.find_homes(wallet_ids).items()}


def set_jurisdiction(member_id: UUID, jurisdiction: str | None) -> None:
    """A member has moved: points earned from now on are under this jurisdiction, None for the network's own.

    Points that are there keep their dates. Raises MemberNotFound, BadJurisdiction.
    """
    check_jurisdiction(jurisdiction)
    with transaction():
        if not repository.set_jurisdiction(member_id, jurisdiction):
            raise MemberNotFound
        record("members.jurisdiction", "member", show("mbr", member_id), after={"jurisdiction": jurisdiction})
