"""Members: values and rules in plain Python."""

from network.members.domain.acquaintance import KnownBy, is_news, may_earn, may_see_balance
from network.members.domain.card import make_card_number, read_card_number
from network.members.domain.contact import read_email, read_name, read_phone
from network.members.domain.masking import mask_card, mask_name
from network.members.domain.member import (
    Acquaintance,
    Activity,
    EnrolCommand,
    KeyKind,
    KnownMember,
    Member,
    MemberStatus,
    Person,
    check_jurisdiction,
    person_of,
)

__all__ = [
    "Acquaintance",
    "Activity",
    "EnrolCommand",
    "KeyKind",
    "KnownBy",
    "KnownMember",
    "Member",
    "MemberStatus",
    "Person",
    "check_jurisdiction",
    "is_news",
    "make_card_number",
    "mask_card",
    "mask_name",
    "may_earn",
    "may_see_balance",
    "person_of",
    "read_card_number",
    "read_email",
    "read_name",
    "read_phone",
]
