"""How often a member was where: a read model, a moment behind the ledger."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from network.infrastructure.transaction import transaction
from network.members import repository
from network.members.domain import Activity

Visit = tuple[UUID, UUID, datetime]
"""Wallet, partner, and when it was posted."""


def note_visits(visits: Iterable[Visit], *, earns: int = 0, burns: int = 0) -> None:
    """Count visits, each of which is so many earns and burns. One statement, whatever the number of visits."""
    counted: dict[tuple[UUID, UUID], Activity] = {}
    for wallet_id, partner_id, at in visits:
        place = (wallet_id, partner_id)
        so_far = counted.get(place) or Activity(wallet_id, partner_id, 0, 0, at)
        counted[place] = replace(
            so_far, earns=so_far.earns + earns, burns=so_far.burns + burns, last_at=max(so_far.last_at, at)
        )
    with transaction():
        repository.add_activity(counted.values())


def activity_of(wallet_id: UUID) -> list[Activity]:
    """Where a wallet's owner earned and burned, the latest first."""
    return repository.activity_of(wallet_id)
