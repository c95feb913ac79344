"""A member asks to be forgotten."""

from uuid import UUID

from network.audit.service import record
from network.auth.service import withdraw_all_consents
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.members import repository
from network.members.domain import MemberStatus
from network.members.errors import InHousehold, MemberNotFound
from network.members.events import MemberForgotten


def forget(member_id: UUID) -> list[UUID]:
    """Erase all that is personal of a member: its data, its key, what it was found by, and who knew it.

    The ledger keeps the wallet, which is nobody's then. Stored answers about the member can't be opened any more; nor
    can copies of its data in backups that are without the key. Accounts that were merged into this one go with it: all
    that were forgotten are told. What other rooms keep of them goes by `signin.service.erase`.
    Raises MemberNotFound, and InHousehold: what is left of the member's part of a pool has to come back to it first.
    """
    with transaction():
        member = repository.find_member(member_id, lock=True)
        if member is None or member.status is not MemberStatus.ACTIVE:
            raise MemberNotFound
        if member.household_id is not None:
            raise InHousehold
        forgotten = repository.forget(member_id)
        withdraw_all_consents(member_id, by="forgotten")
        record("members.forget", "member", show("mbr", member_id), after={"accounts": len(forgotten)})
        announce(MemberForgotten(member_id=member_id, forgotten_at=network_now()))
    return forgotten
