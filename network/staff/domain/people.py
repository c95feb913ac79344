"""A person of staff, and what it may do to which thing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from network.kernel.errors import NotFound
from network.kernel.identifiers import show
from network.kernel.letters import is_blank, is_printable
from network.sessions.domain import Session
from network.staff.domain.permissions import RULES, Permission, Side
from network.staff.errors import BadStaff, NotAllowed, NotSignedIn, OwnWork, ProofTooOld

FRESH = timedelta(minutes=5)
"""How old the proof of who somebody is may be where money or rights move (ASVS 5.0, 7.5.3)."""

_LONGEST_LOGIN = 100
_LONGEST_NAME = 120


class StaffState(StrEnum):
    """`INVITED` has yet to choose a password; `SUSPENDED` may come back, `LEFT` not."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Staff:
    """A person of the operator or of a partner. `login`: by what it signs in, a name or an e-mail address."""

    staff_id: UUID
    partner_id: UUID
    side: Side
    login: str
    name: str
    state: StaffState
    created_at: datetime

    @property
    def who(self) -> str:
        """How the audit trail and everything that a person prepares name it: nothing personal."""
        return show("stf", self.staff_id)


@dataclass(frozen=True, slots=True)
class Role:
    """What some people of one business do. `code` is its stable name there."""

    role_id: UUID
    partner_id: UUID
    code: str
    name: str
    permissions: tuple[Permission, ...]

    @property
    def is_for_stores(self) -> bool:
        """Whether it can be given for a store alone."""
        return all(RULES[each].per_store for each in self.permissions)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that a person has, everywhere in its business or at one store."""

    role: Role
    store_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Clerk:
    """A person who is signed in, with the roles that it has now."""

    staff: Staff
    session: Session
    grants: tuple[Grant, ...] = field(default=())

    @property
    def who(self) -> str:
        return self.staff.who

    def may(self, permission: Permission, store_id: UUID | None = None) -> bool:
        """Whether a role allows it; of things that belong to a store, also one that is given for that store alone."""
        rule = RULES[permission]
        return self.staff.side in rule.sides and any(
            permission in grant.role.permissions
            and (grant.store_id is None or (rule.per_store and grant.store_id == store_id))
            for grant in self.grants
        )

    def stores(self, permission: Permission) -> frozenset[UUID] | None:
        """The stores at which it is allowed; None for all of the business, now and later."""
        held = [grant.store_id for grant in self.grants if self.may(permission, grant.store_id)
                and permission in grant.role.permissions]  # fmt: skip
        return None if None in held else frozenset(each for each in held if each is not None)


def check_allowed(
    clerk: Clerk,
    permission: Permission,
    now: datetime,
    *,
    partner_id: UUID | None = None,
    store_id: UUID | None = None,
    prepared_by: str | None = None,
) -> None:
    """Whether a person may do something now to a thing.

    `partner_id`: whose it is, None if it is the network's as a whole; `store_id`: of which store it is a part;
    `prepared_by`: who did to it what must not be one's own work. Raises NotSignedIn, NotFound for what is another
    partner's (which it may not know of), NotAllowed, OwnWork, ProofTooOld.
    """
    if clerk.staff.state is not StaffState.ACTIVE or not clerk.session.is_live(now):
        raise NotSignedIn
    rule = RULES[permission]
    if clerk.staff.side is Side.PARTNER and partner_id != clerk.staff.partner_id:
        raise NotFound if partner_id is not None else NotAllowed(permission=permission.value)
    if not clerk.may(permission, store_id):
        raise NotAllowed(permission=permission.value)
    if rule.never_after is not None and prepared_by is not None and is_same_person(prepared_by, clerk.who):
        raise OwnWork
    if rule.is_money and not clerk.session.is_fresh(now, FRESH):
        raise ProofTooOld


def is_same_person(one: str, other: str) -> bool:
    """Whether two names are one person's, as the rooms compare them."""
    return one.strip().casefold() == other.strip().casefold()


def check_login(login: str) -> str:
    """By what a person signs in, in lower case: printable, without spaces. Raises BadStaff."""
    told = login.strip().casefold()
    if not 2 <= len(told) <= _LONGEST_LOGIN or not told.isprintable() or any(each.isspace() for each in told):
        raise BadStaff(f"A login has 2 to {_LONGEST_LOGIN} characters and no spaces.", field="login")
    return told


def check_name(name: str) -> str:
    """A person's name without space around it. Raises BadStaff."""
    told = " ".join(name.split())
    if is_blank(told) or len(told) > _LONGEST_NAME or not is_printable(told):
        raise BadStaff(f"A name has 1 to {_LONGEST_NAME} printable characters.", field="name")
    return told
