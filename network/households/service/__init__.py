"""The use cases of households."""

from network.households.service.contribute import contribute, move_due_shares
from network.households.service.found import found, invite, join, withdraw
from network.households.service.leave import dissolve, leave, pass_headship
from network.households.service.read import get_household, household_of
from network.households.service.rules import policy, set_caps, set_policy, set_share
from network.households.service.spend import (
    PoolBalance,
    check_pool_spend,
    find_pool_balance,
    pool_access,
    sharers_of,
)

__all__ = [
    "PoolBalance",
    "check_pool_spend",
    "contribute",
    "dissolve",
    "find_pool_balance",
    "found",
    "get_household",
    "household_of",
    "invite",
    "join",
    "leave",
    "move_due_shares",
    "pass_headship",
    "policy",
    "pool_access",
    "set_caps",
    "set_policy",
    "set_share",
    "sharers_of",
    "withdraw",
]
