"""The rules of households, in plain Python. Points are whole numbers; months are calendar months of the network."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from network.households.errors import (
    BadHouseholdRule,
    ConsentMissing,
    ContributionCapReached,
    CoolingOff,
    HouseholdFull,
    NothingToContribute,
    PoolCapReached,
    PoolDelay,
)
from network.kernel.letters import is_blank, is_printable

_LONGEST = 100


class Standing(StrEnum):
    """Where a membership stands. `WITHDRAWN`: an invitation that was never taken."""

    INVITED = "invited"
    ACTIVE = "active"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What holds for all households. Caps are points of one member in one month."""

    delay_days: int = 7
    most_members: int = 6
    cooling_off_days: int = 30
    spend_cap: int = 5_000
    contribute_cap: int = 5_000


@dataclass(frozen=True, slots=True)
class Consent:
    """That a member agreed: to which version of the text, where the evidence lies, and who of staff recorded it."""

    text_version: str
    evidence: str
    recorded_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """A household; its pool is a wallet of its own."""

    household_id: UUID
    wallet_id: UUID
    head_id: UUID
    founded_at: datetime
    dissolved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One member's part in a household. `wallet_id`: the member's own; caps of its own can only be lower."""

    membership_id: UUID
    household_id: UUID
    member_id: UUID
    wallet_id: UUID
    standing: Standing
    invited_at: datetime
    joined_at: datetime | None = None
    spends_from: datetime | None = None
    share_percent: int = 0
    spend_cap: int | None = None
    contribute_cap: int | None = None


@dataclass(frozen=True, slots=True)
class Access:
    """What a till needs to know of a member in a household: whose pool, and by which rules it may be spent."""

    pool_wallet_id: UUID
    membership: Membership
    policy: Policy


def check_policy(policy: Policy) -> None:
    """Raises BadHouseholdRule."""
    lowest = min(policy.delay_days, policy.cooling_off_days, policy.spend_cap, policy.contribute_cap)
    if lowest < 0 or policy.most_members < 2:
        raise BadHouseholdRule


def check_consent(consent: Consent) -> None:
    """Raises ConsentMissing."""
    for told in (consent.text_version, consent.evidence, consent.recorded_by):
        if is_blank(told) or len(told) > _LONGEST or not is_printable(told):
            raise ConsentMissing


def check_rules(share_percent: int | None, spend_cap: int | None, contribute_cap: int | None) -> None:
    """Raises BadHouseholdRule."""
    if not 0 <= (share_percent or 0) <= 100 or min(spend_cap or 0, contribute_cap or 0) < 0:
        raise BadHouseholdRule


def check_rested(policy: Policy, left_at: datetime | None, now: datetime) -> None:
    """Whether a member that left its last household at `left_at` may be in one again. Raises CoolingOff."""
    if left_at is not None and now < (until := left_at + timedelta(days=policy.cooling_off_days)):
        raise CoolingOff(until=until.isoformat())


def check_room(policy: Policy, members: int) -> None:
    """Whether a household of so many can have one more. Raises HouseholdFull."""
    if members >= policy.most_members:
        raise HouseholdFull


def spends_from(policy: Policy, joined_at: datetime) -> datetime:
    """From when on a newcomer may spend from the pool."""
    return joined_at + timedelta(days=policy.delay_days)


def left_to_spend(access: Access, spent: int, now: datetime) -> int:
    """How much more the member may take from the pool this month, of which it has spent or holds so many points."""
    starts = access.membership.spends_from
    if starts is None or now < starts:
        return 0
    return max(0, _lower(access.policy.spend_cap, access.membership.spend_cap) - spent)


def left_to_contribute(policy: Policy, membership: Membership, contributed: int) -> int:
    """How much more the member may put into the pool this month."""
    return max(0, _lower(policy.contribute_cap, membership.contribute_cap) - contributed)


def check_spend(access: Access, points: int, spent: int, now: datetime) -> None:
    """Whether the member may take these points from the pool. Raises PoolDelay, PoolCapReached."""
    starts = access.membership.spends_from
    if starts is None or now < starts:
        raise PoolDelay(field="source", spendable_from=starts and starts.isoformat().replace("+00:00", "Z"))
    if points > (left := left_to_spend(access, spent, now)):
        raise PoolCapReached(field="points", spendable=left)


def check_contribution(policy: Policy, membership: Membership, points: int, contributed: int) -> None:
    """Whether the member may put these points in. Raises NothingToContribute, ContributionCapReached."""
    if points < 1:
        raise NothingToContribute(field="points")
    if points > (left := left_to_contribute(policy, membership, contributed)):
        raise ContributionCapReached(field="points", contributable=left)


def share_of(points: int, percent: int) -> int:
    """The standing share of an earn, rounded down."""
    return points * percent // 100


def heir(others: list[Membership]) -> Membership:
    """Who is head after the head: the member that joined first."""
    return min(others, key=lambda each: (each.joined_at or each.invited_at, each.membership_id))


def _lower(cap: int, own: int | None) -> int:
    return cap if own is None else min(cap, own)
