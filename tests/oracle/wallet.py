"""A member's points: lots, holds and debts, what moves them, and what time alone does to them."""

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from tests.oracle.expiry import Idle
from tests.oracle.terms import Contract

_ACTIVITY = ("earn", "redemption", "hold")  # by which an owner is seen
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(eq=False)
class Lot:
    """Points that one purchase or gift made. `left`: not spent, taken back or expired; `held` of them are set aside.

    With `idle`, `expires_at` is what was last written down, by which lots are drawn; see `Wallet.lasts_until`.
    """

    contract: Contract
    issued: int
    issued_at: datetime
    activates_at: datetime
    expires_at: datetime | None
    idle: Idle | None = None
    left: int = 0
    held: int = 0
    is_active: bool = False
    spent: int = 0
    owed: int = 0
    home: "Lot | None" = None  # of points that were moved: the lot that it was made of, and whose that is
    giver: str | None = None
    made: int = 0  # and the number of the entry by which it came
    point_type: str = "base"
    lot_id: str = ""  # its name in the real ledger, the last word on which of two lots is drawn first

    @property
    def issuer(self) -> str:
        return self.contract.partner

    @property
    def currency(self) -> str:
        return self.contract.currency

    @property
    def free(self) -> int:
        """What could be spent now."""
        return self.left - self.held if self.is_active else 0

    @property
    def place(self) -> tuple[Any, ...]:
        """First expiring, then first issued, then by name."""
        return self.expires_at or NEVER, self.issued_at, self.lot_id


class Move(NamedTuple):
    """What an entry did to a lot. `redeemer`: under whose contract it was spent, or is to be reimbursed."""

    kind: str
    lot: Lot
    points: int = 0
    held: int = 0
    debt: int = 0
    redeemer: Contract | None = None

    @property
    def issued_under(self) -> Contract:
        """The issuer's contract; of a debt that is moved the one under which it is to be repaid."""
        if self.redeemer and self.kind in ("debt_out", "debt_in"):
            return self.redeemer
        return self.lot.contract


@dataclass(eq=False, kw_only=True)
class Entry:
    """One line of the journal. It has a number and a time once somebody has posted it."""

    owner: str
    operation: str
    points: int
    partner: str
    occurred_at: datetime
    moves: tuple[Move, ...]
    balance: dict[str, int]
    refers_to: "Entry | None" = None
    amount_minor: int | None = None
    currency: str | None = None
    receipt: str | None = None
    store: str | None = None
    lines: tuple[int, ...] | None = None
    bearer: str | None = None  # who spends from a pool
    other: str | None = None  # where the other half of a transfer is
    sequence: int = 0
    posted_at: datetime = NEVER

    def __deepcopy__(self, _memo: Any) -> Self:
        return self


@dataclass(eq=False)
class Hold:
    """Points set aside in some lots until an instant, for one capture."""

    entry: Entry
    until: datetime
    parts: list[tuple[Lot, int]]
    status: str = "authorized"
    capture: Entry | None = None

    @property
    def is_open(self) -> bool:
        return self.status == "authorized"


@dataclass(eq=False)
class Debt:
    """Points owed to an issuer, to be reimbursed under a version of its contract, since an entry; for which lot."""

    entry: Entry
    contract: Contract
    owed: int
    left: int
    lot: Lot
    home: "Debt | None" = None  # of one that was moved: the debt that it was, and whose that is
    giver: str | None = None


@dataclass
class Wallet:
    """All of it. `waiting`: entries of what was due, which the next posting writes down; before them `extensions`, of
    points that expire by inactivity and whose owner was seen.
    """

    owner: str
    number: int = 0  # the first one that was opened has the least
    lots: list[Lot] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    waiting: list[Entry] = field(default_factory=list)
    extensions: list[Entry] = field(default_factory=list)
    seen_at: datetime | None = None
    past: "list[tuple[datetime, Wallet]]" = field(default_factory=list)
    _moves: list[Move] = field(default_factory=list)

    @property
    def balance(self) -> dict[str, int]:
        return {
            "available": sum(lot.left - lot.held for lot in self.lots if lot.is_active),
            "pending": sum(lot.left for lot in self.lots if not lot.is_active),
            "held": sum(lot.held for lot in self.lots),
            "debt": sum(debt.left for debt in self.debts),
        }

    @property
    def draw_order(self) -> list[Lot]:
        return sorted(self.lots, key=lambda lot: lot.place)

    def spendable(self, currency: str) -> int:
        return sum(lot.free for lot in self.lots if lot.currency == currency)

    @property
    def is_due(self) -> bool:
        """Whether anything waits to be written down."""
        return bool(self.extensions or self.waiting)

    @property
    def written(self) -> "Wallet":
        """The wallet as the last posting left it."""
        return self.past[-1][1] if self.past else Wallet(self.owner)

    def lasts_until(self, lot: Lot) -> datetime | None:
        """When points are gone, as far as anybody can tell now."""
        if lot.idle is None or lot.expires_at is None or self.seen_at is None:
            return lot.expires_at
        return max(lot.expires_at, lot.idle.ends(self.seen_at))

    def is_over(self, lot: Lot, now: datetime) -> bool:
        until = self.lasts_until(lot)
        return until is not None and until <= now

    def pass_time(self, now: datetime) -> None:
        """Let everything happen that was due by now, one after the other, each at its own time.

        Points of an owner who was seen get a new date only when somebody writes it down. If nobody does before that
        date has passed as well, it is as if it had never been: so it is told anew each time from what was written last.
        """
        written = self.written
        for lot, before in zip(self.lots, written.lots, strict=False):
            lot.expires_at = before.expires_at
        left = {id(lot): before.left for lot, before in zip(self.lots, written.lots, strict=False)}
        self.extensions = self._extend(now, left, written.balance)
        self._let_happen(now)

    def _extend(self, now: datetime, left: dict[int, int], balance: dict[str, int]) -> list[Entry]:
        """When the date of one lot has passed but its owner was seen: a new date for it, and for all that follow the
        same rule; an entry for each issuer. `left`: of each lot, when it is done.
        """
        later = [
            (lot, until)
            for lot in self.draw_order
            if lot.idle and left.get(id(lot)) and (until := self.lasts_until(lot))
            if until > now and until != lot.expires_at
        ]
        rules = {lot.idle for lot, _ in later if lot.expires_at and lot.expires_at <= now}
        moves: dict[str, list[Move]] = {}
        for lot, until in later:
            if lot.idle in rules:
                lot.expires_at = until
                moves.setdefault(lot.issuer, []).append(Move("extend", lot))
        return [
            Entry(
                owner=self.owner,
                operation="extension",
                points=sum(left[id(move.lot)] for move in own),
                partner=issuer,
                occurred_at=now,
                moves=tuple(own),
                balance=balance,
            )
            for issuer, own in moves.items()
        ]

    def _let_happen(self, now: datetime) -> None:
        while due := self._first_due(now):
            kind, at, what = due
            if kind == "lapse":
                self.end_hold(what, "lapsed", "lapse", at)
            elif kind == "activate":
                what.is_active = True
                self.move("activate", what)
                self.enter("activation", what.left, what.issuer, at)
                self.repay_from(what, at)
            else:
                gone = what.left - what.held
                what.left -= gone
                what.is_active = True
                self.move("expire", what, points=-gone)
                self.enter("expiry", gone, what.issuer, at)

    def _first_due(self, now: datetime) -> tuple[str, datetime, Any] | None:
        """At one instant holds lapse first, then points become active, then they expire."""
        due: list[tuple[datetime, int, Any, str, Any]] = []
        for hold in self.holds:
            if hold.is_open and hold.until <= now:
                due.append((hold.until, 0, hold.entry.sequence, "lapse", hold))
        for lot in self.lots:
            if lot.left and not lot.is_active and lot.activates_at <= now:
                due.append((lot.activates_at, 1, lot.place, "activate", lot))
            until = self.lasts_until(lot)
            if lot.left > lot.held and until and until <= now:
                due.append((until, 2, lot.place, "expire", lot))
        if not due:
            return None
        at, _, _, kind, what = min(due, key=lambda each: each[:3])
        return kind, at, what

    def repay_from(self, lot: Lot, at: datetime) -> None:
        """What the member owes is paid first from points that have just become spendable, oldest debt first."""
        for debt in self.debts:
            points = 0 if self.is_over(lot, at) or debt.contract.currency != lot.currency else min(debt.left, lot.free)
            if points:
                debt.left -= points
                self.draw(lot, points, debt.contract, repays=points)
                self.enter("repayment", points, debt.contract.partner, at, refers_to=debt.entry)

    def issue(self, lot: Lot, now: datetime) -> None:
        lot.left = lot.issued
        lot.is_active = lot.activates_at <= now
        self.lots.append(lot)
        self.move("issue", lot, points=lot.issued)

    def take(self, points: int, currency: str) -> list[tuple[Lot, int]]:
        """Which lots would give these points; they must be there."""
        parts = []
        for lot in self.draw_order:
            part = min(points, lot.free) if lot.currency == currency else 0
            if part:
                parts.append((lot, part))
                points -= part
        assert not points
        return parts

    def draw(self, lot: Lot, points: int, redeemer: Contract, *, held: int = 0, repays: int = 0) -> None:
        lot.left -= points
        lot.held -= held
        lot.spent += points
        self.move("draw", lot, points=-points, held=-held, debt=-repays, redeemer=redeemer)

    def set_aside(self, lot: Lot, points: int) -> None:
        lot.held += points
        self.move("hold", lot, held=points)

    def release(self, lot: Lot, points: int) -> None:
        lot.held -= points
        self.move("release", lot, held=-points)

    def end_hold(self, hold: Hold, status: str, operation: str, at: datetime, **slip: Any) -> Entry:
        """Give all of a hold back."""
        for lot, points in hold.parts:
            self.release(lot, points)
        hold.status = status
        return self.enter(operation, hold.entry.points, hold.entry.partner, at, refers_to=hold.entry, **slip)

    def move(self, kind: str, lot: Lot, **more: Any) -> None:
        self._moves.append(Move(kind, lot, **more))

    def enter(self, operation: str, points: int, partner: str, at: datetime, **slip: Any) -> Entry:
        """Close an entry over what was moved since the last one."""
        entry = Entry(
            owner=self.owner,
            operation=operation,
            points=points,
            partner=partner,
            occurred_at=at,
            moves=tuple(self._moves),
            balance=self.balance,
            **slip,
        )
        self._moves = []
        self.waiting.append(entry)
        return entry

    def post(self, now: datetime) -> None:
        """Write down what waits, and what that makes due at once."""
        self.waiting = self.extensions + self.waiting
        self.extensions = []
        self.waiting += self._extend(now, {id(lot): lot.left for lot in self.lots}, self.balance)  # of what came back
        self._let_happen(now)
        for entry in self.waiting:
            entry.sequence, entry.posted_at = len(self.entries) + 1, now
            self.entries.append(entry)
            if entry.operation in _ACTIVITY:
                self.seen_at = now
        self.waiting = []
        self.past.append((now, self._copy()))

    def at(self, instant: datetime) -> "Wallet":
        """The wallet as it was."""
        before = [wallet for at, wallet in self.past if at <= instant]
        wallet = before[-1]._copy() if before else Wallet(self.owner)
        wallet.pass_time(instant)
        return wallet

    def _copy(self) -> "Wallet":
        lots, holds, debts = deepcopy((self.lots, self.holds, self.debts))
        return Wallet(self.owner, self.number, lots, holds, debts, seen_at=self.seen_at)
