"""Paying from a household's pool: another wallet than the member's own, and rules of its own."""

import psycopg

from network.earning.commands import RedeemPoints
from network.earning.service.scene import Opening
from network.households.errors import NotInHousehold
from network.households.service import check_pool_spend, pool_access
from network.wallet.domain import Draft, settle_due
from network.wallet.errors import WalletNotFound
from network.wallet.repository import draft_of_wallet, find_head


def pool_draft(connection: psycopg.Connection, opening: Opening, command: RedeemPoints) -> Draft:
    """The pool of the member's household, if the member may take these points from it now.

    Raises NotInHousehold, PoolDelay, PoolCapReached.
    """
    wallet_id = pool_access(connection, command.member_id).pool_wallet_id
    found = find_head(connection, wallet_id)
    if found is None:
        raise WalletNotFound
    draft = draft_of_wallet(connection, found[1], opening.scene.now)
    settle_due(draft)
    # asked again now that the pool's head is here: whoever leaves from now on moves the pool on
    access = pool_access(connection, command.member_id)
    if access.pool_wallet_id != wallet_id:
        raise NotInHousehold(field="source")
    check_pool_spend(connection, access, command.points, draft.now)
    return draft
