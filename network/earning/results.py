"""What the use cases of the till tell."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from network.earning.commands import Source
from network.households.service import PoolBalance
from network.kernel.values import value
from network.partners.domain import PointType
from network.wallet.domain import Balance, Entry, Kind, Lot, Operation

_UNDONE = (Kind.UNISSUE, Kind.UNDRAW)


@value(frozen=True, slots=True)
class Earned:
    """A purchase that became points. `balance` is None for a partner that may not see it.

    `point_type`: of the points in its lots.
    """

    member_id: UUID
    entry: Entry
    store: str | None
    lots: tuple[Lot, ...]
    balance: Balance | None
    point_type: PointType = PointType.BASE


class RedemptionStatus(StrEnum):
    """Where a redemption stands. Only what was captured has been paid with."""

    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    VOIDED = "voided"
    LAPSED = "lapsed"


@value(frozen=True, slots=True)
class Redeemed:
    """A redemption, named by its first entry: points held, or paid with at once.

    `value_minor`: what the captured points paid for; of points held, what they would pay for. `balance`: of the wallet
    that they came from, as `source` says. `captured_at`: when the captured points were drawn, None before.
    """

    member_id: UUID
    entry: Entry
    store: str | None
    status: RedemptionStatus
    captured_points: int
    reversed_points: int
    value_minor: int
    hold_expires_at: datetime | None
    balance: Balance
    source: Source = Source.OWN
    captured_at: datetime | None = None


@value(frozen=True, slots=True)
class Reversed:
    """A return. `owed_points`: those of an earn that were spent already, and that the member owes now.

    The entry's amount: of the purchase that was taken back, or of the points' value that went back to points.
    """

    member_id: UUID
    entry: Entry
    original: Entry
    owed_points: int
    balance: Balance | None

    @property
    def cleared_points(self) -> int:
        """How many points it took out of lots, or put back into them: what of it settlement clears."""
        return abs(sum(movement.points for movement in self.entry.movements if movement.kind in _UNDONE))


@value(frozen=True, slots=True)
class Quote:
    """What a basket would earn and what could be burned; nothing was written. None: not asked, or not to be seen.

    `point_type`: of the points that it would earn. What can be burned is of any type.
    """

    member_id: UUID
    currency: str
    earn_points: int | None
    point_type: PointType
    redeemable_points: int | None
    redeemable_minor: int | None
    points: int | None
    value_minor: int | None
    sufficient: bool | None
    as_of: datetime


@value(frozen=True, slots=True)
class MemberBalance:
    """A member's points at an instant, and what of them expires when; and what it sees of its household's pool."""

    member_id: UUID
    balance: Balance
    as_of: datetime
    expiring: tuple[tuple[int, datetime], ...]
    pool: PoolBalance | None = None


@value(frozen=True, slots=True)
class OwnEntry:
    """An entry as the partner that made it sees it."""

    member_id: UUID
    entry: Entry
    store: str | None
    source: Source = Source.OWN


@value(frozen=True, slots=True)
class OperationTotal:
    """How many entries of an operation there were, their points, and by how many points they changed the balance."""

    operation: Operation
    entries: int
    points: int
    change: int


@value(frozen=True, slots=True)
class MemberStatement:
    """A period in a member's wallet as one partner sees it, from the first instant of a day to the last of another.

    The partner's own entries, newest first; what all others did, summed: `elsewhere_points`, and what expired.
    opening + changes of the totals + elsewhere - expired = closing, where a balance is its points less its debt.
    `ends_at` is earlier than the end of `last_day` if that day has not ended. `expiring`: what expires next after it.
    """

    member_id: UUID
    first_day: date
    last_day: date
    begins_at: datetime
    ends_at: datetime
    opening: Balance
    closing: Balance
    own: tuple[OwnEntry, ...]
    totals: tuple[OperationTotal, ...]
    elsewhere_points: int
    expired_points: int
    expiring: tuple[tuple[int, datetime], ...]
