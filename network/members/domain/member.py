"""Members as values. What is personal is left out of every `repr`, so that no log and no traceback repeats it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from network.kernel.codes import is_jurisdiction
from network.members.domain.acquaintance import KnownBy
from network.members.domain.card import read_card_number
from network.members.domain.contact import read_email, read_name, read_phone
from network.members.errors import BadJurisdiction, BadLocale

LOCALES = ("fa", "en")


class MemberStatus(StrEnum):
    """`FORGOTTEN`: the personal data were erased; only ids and points are left. `MERGED`: another is meant now."""

    ACTIVE = "active"
    MERGED = "merged"
    FORGOTTEN = "forgotten"


class KeyKind(StrEnum):
    """What a member can be found by; one member for each. An alias is the card that a phone shows."""

    PHONE = "phone"
    EMAIL = "email"
    CARD = "card"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolCommand:
    """What a partner tells of a new member, as it was typed. Without a card number the network makes one.

    `jurisdiction`: whose law the member's points are under (ISO 3166); the network's own, if left out.
    """

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    card_number: str | None = field(default=None, repr=False)
    locale: str = "fa"
    jurisdiction: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Everything personal, in the form in which it is kept."""

    name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    card_number: str = field(repr=False)

    def keys(self) -> Mapping[KeyKind, str]:
        """What the person can be found by."""
        values = {KeyKind.PHONE: self.phone, KeyKind.EMAIL: self.email, KeyKind.CARD: self.card_number}
        return {kind: value for kind, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member without anything personal. `wallet_id` is for the network alone: no partner is told of it.

    `jurisdiction`: None stands for the network's own. `merged_into`: of a merged member, the one that is meant now.
    `household_id`: the household whose pool it shares.
    """

    member_id: UUID
    wallet_id: UUID
    status: MemberStatus
    locale: str
    enrolled_at: datetime
    enrolled_by: UUID
    jurisdiction: str | None = None
    merged_into: UUID | None = None
    household_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """That a partner knows a member, and how."""

    member_id: UUID
    wallet_id: UUID
    known_by: KnownBy
    household_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whose a wallet is: the member it was opened for, and the one that is meant now, if that one was merged."""

    member_id: UUID
    present_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMember:
    """A member as a partner sees it. `card_number` is told once, to the partner that enrolled the member."""

    member: Member
    identified_by: KnownBy
    name_masked: str | None = field(repr=False)
    card_masked: str = field(repr=False)
    card_number: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Activity:
    """How often a wallet's owner earned and burned at a partner, and when last."""

    wallet_id: UUID
    partner_id: UUID
    earns: int
    burns: int
    last_at: datetime


def check_jurisdiction(jurisdiction: str | None) -> None:
    """Raises BadJurisdiction unless this is a code of ISO 3166, or nothing."""
    if jurisdiction is not None and not is_jurisdiction(jurisdiction):
        raise BadJurisdiction(field="jurisdiction")


def person_of(command: EnrolCommand, new_card_number: Callable[[], str]) -> Person:
    """What an enrolment tells, brought to the form in which it is kept, with a new card if it names none.

    Raises BadName, BadPhone, BadEmail, BadCardNumber, BadLocale, BadJurisdiction.
    """
    if command.locale not in LOCALES:
        raise BadLocale(field="locale")
    check_jurisdiction(command.jurisdiction)
    return Person(
        name=None if command.name is None else read_name(command.name),
        phone=None if command.phone is None else read_phone(command.phone),
        email=None if command.email is None else read_email(command.email),
        card_number=new_card_number() if command.card_number is None else read_card_number(command.card_number),
    )
