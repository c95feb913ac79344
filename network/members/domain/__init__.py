"""Members: values and rules in plain Python."""

from network.members.domain.acquaintance import KnownBy, is_news
from network.members.domain.card import make_card_number, read_card_number
from network.members.domain.contact import read_email, read_name, read_phone
from network.members.domain.masking import mask_card, mask_name
from network.members.domain.member import (
    Acquaintance,
    Activity,
    EnrolCommand,
    Keeper,
    KeyKind,
    KnownMember,
    Member,
    MemberStatus,
    Person,
    check_jurisdiction,
    person_of,
)
from network.members.domain.merge import Merge, MergeState, check_decider, check_pair, check_unmerge

__all__ = [
    "Acquaintance",
    "Activity",
    "EnrolCommand",
    "Keeper",
    "KeyKind",
    "KnownBy",
    "KnownMember",
    "Member",
    "MemberStatus",
    "Merge",
    "MergeState",
    "Person",
    "check_decider",
    "check_jurisdiction",
    "check_pair",
    "check_unmerge",
    "is_news",
    "make_card_number",
    "mask_card",
    "mask_name",
    "person_of",
    "read_card_number",
    "read_email",
    "read_name",
    "read_phone",
]
