"""A member asks to be forgotten."""

from uuid import UUID

from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.members import repository
from network.members.errors import MemberNotFound
from network.members.events import MemberForgotten


def forget(member_id: UUID) -> None:
    """Erase all that is personal of a member: its data, its key, what it was found by, and who knew it.

    The ledger keeps the wallet, which is nobody's then. Stored answers about the member can't be opened any more; nor
    can copies of its data in backups that are without the key. Raises MemberNotFound.
    """
    with transaction():
        if not repository.forget(member_id):
            raise MemberNotFound
        announce(MemberForgotten(member_id=member_id, forgotten_at=network_now()))
