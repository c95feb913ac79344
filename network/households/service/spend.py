"""For the till: what a member may spend of its household's pool. Nothing is locked: the pool's own posting decides."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from network.households import repository
from network.households.domain import Access, Standing, check_spend, left_to_spend
from network.households.errors import NotInHousehold
from network.infrastructure.network_clock import network_zone
from network.kernel.calendar import month_of
from network.wallet.lineage import spent_by
from network.wallet.service import balance_of


@dataclass(frozen=True, slots=True)
class PoolBalance:
    """Points in a pool, and how many of them the member may still spend this month."""

    available: int
    spendable: int


def pool_access(connection: psycopg.Connection, member_id: UUID) -> Access:
    """By which rules a member may spend from which pool. Raises NotInHousehold."""
    access = repository.find_access(connection, member_id)
    if access is None:
        raise NotInHousehold(field="source")
    return access


def check_pool_spend(connection: psycopg.Connection, access: Access, points: int, now: datetime) -> None:
    """Whether the member may take these points now. Raises PoolDelay, PoolCapReached.

    What it has spent this month is counted from the journal. To be asked after the pool's head was loaded: whatever
    is spent later moves the pool on, and the posting that this was asked for is not saved.
    """
    check_spend(access, points, _spent(connection, access, now), now)


def find_pool_balance(connection: psycopg.Connection, member_id: UUID) -> PoolBalance | None:
    """What a member sees of its pool; None if it is in no household."""
    access = repository.find_access(connection, member_id)
    if access is None:
        return None
    now, balance = balance_of(access.pool_wallet_id)
    left = left_to_spend(access, _spent(connection, access, now), now)
    return PoolBalance(balance.available, min(balance.available, left))


def sharers_of(wallet_id: UUID) -> set[UUID] | None:
    """If a wallet is a pool, the own wallets of those who share it now; None if it is none."""
    household = repository.find_household_of_pool(wallet_id)
    if household is None:
        return None
    return {each.wallet_id for each in repository.memberships(household.household_id, Standing.ACTIVE)}


def _spent(connection: psycopg.Connection, access: Access, now: datetime) -> int:
    since = month_of(now, network_zone()).starts_at
    return spent_by(connection, access.pool_wallet_id, access.membership.wallet_id, since, now)
