"""The use cases of members."""

from network.members.service.activity import activity_of
from network.members.service.claims import claims_of
from network.members.service.contact import (
    Contact,
    Way,
    best_way,
    contact_of,
    data_key_of,
    find_by_way,
    replace_alias,
    replace_way,
    way_of,
)
from network.members.service.enrol import enrol
from network.members.service.forget import forget
from network.members.service.home import Home, homes_of, set_jurisdiction
from network.members.service.know import (
    acquaint_by_card,
    acquaintance,
    acquaintances_of,
    check_not_merged,
    first_wallet_of,
    get,
    keeper_of_wallet,
    lock_member,
    lookup,
    member_of_wallet,
    merged_refusal,
    set_household,
    wallet_merged_into,
    wallet_of_member,
)
from network.members.service.merge import (
    approve_merge,
    merges_waiting,
    propose_merge,
    propose_unmerge,
    reject_merge,
)

__all__ = [
    "Contact",
    "Home",
    "Way",
    "acquaint_by_card",
    "acquaintance",
    "acquaintances_of",
    "activity_of",
    "approve_merge",
    "best_way",
    "check_not_merged",
    "claims_of",
    "contact_of",
    "data_key_of",
    "enrol",
    "find_by_way",
    "first_wallet_of",
    "forget",
    "get",
    "homes_of",
    "keeper_of_wallet",
    "lock_member",
    "lookup",
    "member_of_wallet",
    "merged_refusal",
    "merges_waiting",
    "propose_merge",
    "propose_unmerge",
    "reject_merge",
    "replace_alias",
    "replace_way",
    "set_household",
    "set_jurisdiction",
    "wallet_merged_into",
    "wallet_of_member",
    "way_of",
]
