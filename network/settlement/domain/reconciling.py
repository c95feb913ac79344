"""What a booking on a bank statement means for the instructions: it settles one, or somebody has to look at it."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from network.payments.domain import Booking
from network.settlement.domain.instructing import Progress
from network.settlement.errors import NotAssignable, ReasonMissing

_WORDS = 4


class Why(StrEnum):
    """Why a booking is in suspense.

    partial    it names an instruction, and is less than what is outstanding
    over       it names one, and is more
    returned   it goes the other way: what was paid or collected came back
    duplicate  what it names has been settled, or the bank has told of it before
    unknown    it names no instruction of ours in this currency, on this account
    """

    PARTIAL = "partial"
    OVER = "over"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """An instruction as reconciling sees it: signed amounts as on the account where it will be booked.

    `returns`: bookings that took it back and that nobody has assigned yet; `is_final`: its cycle is closed, or another
    payment took its place.
    """

    instruction_id: UUID
    currency: str
    watched_iban: str | None
    expected_minor: int
    matched_minor: int
    progress: Progress
    returns: int
    is_final: bool

    @property
    def outstanding_minor(self) -> int:
        return self.expected_minor - self.matched_minor


def judge(booking: Booking, iban: str, expected: Expected | None, *, is_repeated: bool) -> Why | None:
    """Why a booking on this account goes to suspense; None if it is the whole of what is outstanding, and settles it.

    `expected`: what it names; `is_repeated`: the bank has told of the same booking before. Only whole amounts match by
    themselves, so that the order of bookings does not matter.
    """
    if expected is None or booking.currency != expected.currency or iban != expected.watched_iban:
        return Why.UNKNOWN
    if is_repeated:
        return Why.DUPLICATE
    if (booking.amount_minor > 0) != (expected.expected_minor > 0):
        return Why.RETURNED
    if expected.is_final or not expected.outstanding_minor:
        return Why.DUPLICATE
    if booking.amount_minor == expected.outstanding_minor:
        return None
    return Why.PARTIAL if abs(booking.amount_minor) < abs(expected.outstanding_minor) else Why.OVER


def progress_of(expected: Expected) -> Progress:
    """Where an instruction stands by what was matched, and by what came back."""
    if expected.returns:
        return Progress.RETURNED
    if not expected.outstanding_minor:
        return Progress.SETTLED
    has_come_back = expected.progress in (Progress.SETTLED, Progress.RETURNED)
    return Progress.RETURNED if has_come_back else expected.progress


def assignable(open_minor: int, currency: str, expected: Expected) -> int:
    """How much of a booking in suspense, of which `open_minor` is left, an instruction takes; signed, in minor units.

    At most what is outstanding; what came back takes away at most what was matched. Raises NotAssignable.
    """
    if currency != expected.currency or expected.watched_iban is None:
        raise NotAssignable("The instruction is in another currency, or not paid by bank.")
    if expected.is_final:
        raise NotAssignable("The cycle of this instruction is closed, or another payment took its place.")
    same_way = (open_minor > 0) == (expected.expected_minor > 0)
    room = abs(expected.outstanding_minor if same_way else expected.matched_minor)
    amount = min(abs(open_minor), room)
    if not amount:
        raise NotAssignable("There is nothing left of the booking, or nothing outstanding of the instruction.")
    return amount if open_minor > 0 else -amount


def check_words(reason: str) -> str:
    """A reason that says something: four words at least. Raises ReasonMissing."""
    if len(reason.split()) < _WORDS:
        raise ReasonMissing(f"Say why in {_WORDS} words or more.", field="reason")
    return reason.strip()
