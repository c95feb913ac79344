"""The nouns of the ledger. Points are whole numbers; instants are aware and in UTC."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Operation(StrEnum):
    """What an entry of the journal records."""

    EARN = "earn"
    REDEMPTION = "redemption"
    ACTIVATION = "activation"
    EXPIRY = "expiry"


class Kind(StrEnum):
    """What a movement did to its lot. `issue` and `draw` clear between partners; `expire` is breakage."""

    ISSUE = "issue"
    DRAW = "draw"
    ACTIVATE = "activate"
    EXPIRE = "expire"


@dataclass(frozen=True, slots=True)
class Balance:
    """A wallet's points: spendable now, not yet active, held for a capture, and owed by the member."""

    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0

    def plus(self, *, available: int = 0, pending: int = 0, held: int = 0, debt: int = 0) -> "Balance":
        return Balance(self.available + available, self.pending + pending, self.held + held, self.debt + debt)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Lot:
    """Points earned together: one issuer, one contract version (which freezes the rates), one expiry."""

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

    @property
    def free(self) -> int:
        """Points that a burn could take: active, and not held."""
        return 0 if self.is_pending else self.remaining - self.held

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Slip:
    """What the till says of itself: who, where, when, which receipt, how much money."""

    partner_id: UUID
    occurred_at: datetime
    store_id: UUID | None = None
    receipt: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the journal: what happened, the balance after it, and a hash over it and all before it.

    `reverses` is the sequence, in the same wallet, of the entry that this one corrects.
    """

    wallet_id: UUID
    sequence: int
    operation: Operation
    points: int
    slip: Slip
    posted_at: datetime
    balance: Balance
    movements: tuple[Movement, ...]
    reverses: int | None = None
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class LotChange:
    """How a posting leaves a lot that was there before."""

    lot_id: UUID
    remaining: int
    held: int
    is_pending: bool


@dataclass(frozen=True, slots=True)
class Posting:
    """A decision, ready to be saved: the head it was decided on, and all that it changes."""

    before: Head
    after: Head
    entries: tuple[Entry, ...]
    new_lots: tuple[Lot, ...]
    lot_changes: tuple[LotChange, ...]
