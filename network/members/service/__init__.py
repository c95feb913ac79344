"""The use cases of members."""

from network.members.service.activity import activity_of
from network.members.service.enrol import enrol
from network.members.service.forget import forget
from network.members.service.home import Home, homes_of, set_jurisdiction
from network.members.service.know import (
    acquaint_by_card,
    acquaintance,
    get,
    lookup,
    member_of_wallet,
    verify_card,
    wallet_of_member,
)

__all__ = [
    "Home",
    "acquaint_by_card",
    "acquaintance",
    "activity_of",
    "enrol",
    "forget",
    "get",
    "homes_of",
    "lookup",
    "member_of_wallet",
    "set_jurisdiction",
    "verify_card",
    "wallet_of_member",
]
