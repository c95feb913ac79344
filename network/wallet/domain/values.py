"""The nouns of the ledger. Points are whole numbers; instants are aware and in UTC."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from network.kernel.calendar import CivilCalendar, end_of_day_after_months
from network.kernel.values import value


class Operation(StrEnum):
    """What an entry of the journal records."""

    EARN = "earn"
    REDEMPTION = "redemption"
    HOLD = "hold"
    CAPTURE = "capture"
    VOID = "void"
    LAPSE = "lapse"
    REDEMPTION_REVERSAL = "redemption_reversal"
    EARN_REVERSAL = "earn_reversal"
    REPAYMENT = "repayment"
    ADJUSTMENT = "adjustment"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    ACTIVATION = "activation"
    EXTENSION = "extension"
    EXPIRY = "expiry"


ACTIVITY = (Operation.EARN, Operation.REDEMPTION, Operation.HOLD)
"""What a member does: points that expire by inactivity are counted from the latest of these."""


class Kind(StrEnum):
    """What a movement did to its lot.

    `issue`, `draw` and their opposites clear between partners; `expire` is breakage; `owe` makes the member a debtor
    for points of the lot that a reversed earn found spent; a transfer moves points, or a debt, to another wallet and
    clears nothing; the others move no points. `extend` only moves a lot's date.
    """

    ISSUE = "issue"
    UNISSUE = "unissue"
    DRAW = "draw"
    UNDRAW = "undraw"
    HOLD = "hold"
    RELEASE = "release"
    OWE = "owe"
    TRANSFER_OUT = "transfer_out"
    TRANSFER_IN = "transfer_in"
    DEBT_OUT = "debt_out"
    DEBT_IN = "debt_in"
    ACTIVATE = "activate"
    EXTEND = "extend"
    EXPIRE = "expire"


@value(frozen=True, slots=True)
class Balance:
    """A wallet's points: spendable now, not yet active, held for a capture, and owed by the member."""

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0

    def plus(self, *, available: int = 0, pending: int = 0, held: int = 0, debt: int = 0) -> "Balance":
        return Balance(self.available + available, self.pending + pending, self.held + held, self.debt + debt)


@value(frozen=True, slots=True)
class Head:
    """A wallet as of its latest entry. `due_at`: no lot activates or expires before it (None: none ever)."""

    wallet_id: UUID
    sequence: int
    hash: bytes
    balance: Balance
    posted_at: datetime
    due_at: datetime | None

    def is_due(self, now: datetime) -> bool:
        return self.due_at is not None and self.due_at <= now


@value(frozen=True, slots=True)
class Inactivity:
    """Points that expire so many months of a calendar after their owner was last seen, at a local midnight."""

    months: int
    calendar: CivilCalendar
    zone: ZoneInfo

    def ends(self, active_at: datetime) -> datetime:
        """When the points expire of an owner who was last seen then."""
        return end_of_day_after_months(active_at, self.months, self.zone, self.calendar)


@value(frozen=True, slots=True)
class Lot:
    """Points earned together: one issuer, one contract version (which freezes the rates), one expiry.

    With `inactivity`, which is told only where a whole wallet is read, `expires_at` is a timer: when it runs out, it is
    set anew if the owner was active meanwhile.
    """

    lot_id: UUID
    issuer_id: UUID
    contract_id: UUID
    currency: str
    issued: int
    remaining: int
    held: int
    is_pending: bool
    issued_at: datetime
    activates_at: datetime
    expires_at: datetime | None
    inactivity: Inactivity | None = None

    @property
    def free(self) -> int:
        """Points that a burn could take: active, and not held."""
        return 0 if self.is_pending else self.remaining - self.held

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def with_points(self, remaining: int, held: int) -> "Lot":
        """The same lot with other points in it."""
        return Lot(
            self.lot_id,
            self.issuer_id,
            self.contract_id,
            self.currency,
            self.issued,
            remaining,
            held,
            self.is_pending,
            self.issued_at,
            self.activates_at,
            self.expires_at,
            self.inactivity,
        )


@value(frozen=True, slots=True)
class Hold:
    """Points set aside for one capture. `parts`: how many of which lot, in draw order. Over once it is not open."""

    sequence: int
    partner_id: UUID
    points: int
    expires_at: datetime
    parts: tuple[tuple[UUID, int], ...]
    is_open: bool = True


@value(frozen=True, slots=True)
class Debt:
    """Points that a member owes to an issuer whose earn was reversed after its points were spent.

    `sequence` names the reversal. `contract_id`: the issuer's contract version at which a repayment is reimbursed.
    """

    sequence: int
    lot_id: UUID
    issuer_id: UUID
    contract_id: UUID
    currency: str
    owed: int
    remaining: int


@value(frozen=True, slots=True)
class Slip:
    """What the till says of itself: who, where, when, which receipt, how much money.

    `basket`: the amounts of the purchase's lines; of a return, what is taken back of each, 0 where nothing is.
    `bearer_id`: in a wallet that several share, the own wallet of the one who spends.
    """

    partner_id: UUID
    occurred_at: datetime
    store_id: UUID | None = None
    receipt: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    basket: tuple[int, ...] | None = None
    bearer_id: UUID | None = None


@value(frozen=True, slots=True)
class Across:
    """Of a movement between two wallets: the lot on the other side, the lot as which the points were issued, when."""

    other_lot_id: UUID
    root_lot_id: UUID
    issued_at: datetime


@value(frozen=True, slots=True)
class Movement:
    """One leg of an entry: what it did to one lot.

    `points` and `held` are signed as the lot's remaining and held points change, `debt` as what the member owes does.
    The dates stand where the leg sets them. Lots, balances and debts can be rebuilt from movements alone.
    """

    line: int
    lot_id: UUID
    kind: Kind
    points: int
    held: int
    debt: int
    issuer_id: UUID
    issuer_contract_id: UUID
    redeemer_id: UUID | None
    redeemer_contract_id: UUID | None
    currency: str
    activates_at: datetime | None = None
    expires_at: datetime | None = None
    inactivity: Inactivity | None = None
    across: Across | None = None


@value(frozen=True, slots=True)
class Entry:
    """One row of the journal: what happened, the balance after it, and a hash over it and all before it.

    `refers_to` is the sequence, in the same wallet, of the entry that this one completes or corrects; `counterpart`
    names the other half of a transfer, by its wallet and its sequence there.
    """

    wallet_id: UUID
    sequence: int
    operation: Operation
    points: int
    slip: Slip
    posted_at: datetime
    balance: Balance
    movements: tuple[Movement, ...]
    refers_to: int | None = None
    hash: bytes = b""
    counterpart: tuple[UUID, int] | None = None

    def sealed(self, entry_hash: bytes) -> "Entry":
        """The same entry with its hash."""
        return Entry(
            self.wallet_id,
            self.sequence,
            self.operation,
            self.points,
            self.slip,
            self.posted_at,
            self.balance,
            self.movements,
            self.refers_to,
            entry_hash,
            self.counterpart,
        )


@value(frozen=True, slots=True)
class LotChange:
    """How a posting leaves a lot that was there before."""

    lot_id: UUID
    remaining: int
    held: int
    is_pending: bool
    expires_at: datetime | None


@value(frozen=True, slots=True)
class Take:
    """What a posting takes from one slot of an allowance, or gives back to it (negative), in the allowance's own unit.

    With `lot_id` it is kept on record, so that it can go back when the lot's points do.
    """

    allowance_id: UUID
    slot: int
    amount: int
    lot_id: UUID | None = None


@value(frozen=True, slots=True)
class Ticket:
    """What a posting uses up: a number of an owner that the ledger does not know, higher than the last one used.

    The thirty seconds of a code that a member showed; or 1, of an approval that is good once.
    """

    owner_id: UUID
    number: int


@value(frozen=True, slots=True)
class Posting:
    """A decision, ready to be saved: the head it was decided on, and all that it changes."""

    before: Head
    after: Head
    entries: tuple[Entry, ...]
    new_lots: tuple[Lot, ...]
    lot_changes: tuple[LotChange, ...]
    new_holds: tuple[Hold, ...] = ()
    closed_holds: tuple[Hold, ...] = ()
    new_debts: tuple[Debt, ...] = ()
    debt_changes: tuple[Debt, ...] = ()
    takes: tuple[Take, ...] = ()
