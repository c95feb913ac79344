"""A posting while it is being decided: a working copy of the wallet on which rules act one after the other.

Pure: it reads nothing and writes nothing. A rule moves points through the verbs below, each of which notes its
movement, and closes each entry with `enter`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from network.kernel.values import replace
from network.wallet.domain.chain import entry_hash
from network.wallet.domain.lots import draw_order, lasts_until
from network.wallet.domain.values import (
    ACTIVITY,
    Across,
    Debt,
    Entry,
    Head,
    Hold,
    Inactivity,
    Kind,
    Lot,
    LotChange,
    Movement,
    Operation,
    Posting,
    Slip,
    Take,
)


class Draft:
    """The wallet as it will be. A rule sees only the lots, holds and debts that were loaded.

    `active_at`: when the owner was last seen; needed only where a lot expires by inactivity.
    """

    def __init__(
        self,
        head: Head,
        lots: Iterable[Lot],
        now: datetime,
        *,
        holds: Iterable[Hold] = (),
        debts: Iterable[Debt] = (),
        active_at: datetime | None = None,
    ) -> None:
        self.head = head
        self.active_at = active_at
        self.now = max(now, head.posted_at)  # the journal's time never goes back
        self.balance = head.balance
        self.holds = {hold.sequence: hold for hold in holds}
        self.debts = {debt.sequence: debt for debt in debts}
        self.takes: tuple[Take, ...] = ()  # from allowances, decided on beside the wallet
        self.roots: dict[UUID, UUID] = {}  # of lots that came from other wallets: the lot as which they were issued
        # Keyed by the numbers of their ids, which Python hashes at once. Of dicts without values the order is known.
        self._lots = {lot.lot_id.int: lot for lot in lots}
        self._new: dict[int, None] = {}
        self._changed: dict[int, None] = {}
        self._in_order: list[Lot] | None = None
        self._new_holds: dict[int, Hold] = {}
        self._closed_holds: dict[int, Hold] = {}
        self._new_debts: dict[int, Debt] = {}
        self._changed_debts: set[int] = set()
        self._movements: list[Movement] = []
        self._entries: list[Entry] = []
        self._hash = head.hash
        self._due_at = head.due_at

    @property
    def lots(self) -> Sequence[Lot]:
        """The lots in the order in which they are drawn: first expiring, then first issued, then lot id."""
        if self._in_order is None:
            self._in_order = sorted(self._lots.values(), key=draw_order)
        return self._in_order

    @property
    def sequence(self) -> int:
        """The sequence of the entry that is being drafted."""
        return self.head.sequence + len(self._entries) + 1

    def lot(self, lot_id: UUID) -> Lot:
        """A lot as it stands now."""
        return self._lots[lot_id.int]

    def lasts_until(self, lot: Lot) -> datetime | None:
        """When a lot's points expire, as far as anybody can tell now: its date, or later if its owner was active."""
        return lasts_until(lot, self.active_at)

    def drawn(self, lot_id: UUID) -> int:
        """How many points of a lot the entries drafted so far have drawn."""
        moved = (movement for entry in self._entries for movement in entry.movements)
        return -sum(each.points for each in moved if each.lot_id == lot_id and each.kind is Kind.DRAW)

    def has_lot(self, lot_id: UUID) -> bool:
        """Whether a lot is among those that were loaded, or came since."""
        return lot_id.int in self._lots

    def issue(self, lot: Lot) -> None:
        """Add a new lot with all its points."""
        self._keep(lot)
        self._new[lot.lot_id.int] = None
        self._change_spendable(lot, lot.issued)
        self._move(
            lot,
            Kind.ISSUE,
            points=lot.issued,
            activates_at=lot.activates_at,
            expires_at=lot.expires_at,
            inactivity=lot.inactivity,
        )
        self._note_due(lot.expires_at)
        if lot.is_pending:
            self._note_due(lot.activates_at)

    def unissue(self, lot: Lot, points: int) -> None:
        """Take back points that are still in their lot."""
        self._put(lot.with_points(lot.remaining - points, lot.held))
        self._change_spendable(lot, -points)
        self._move(lot, Kind.UNISSUE, points=-points)

    def draw(self, lot: Lot, points: int, *, redeemer_id: UUID, redeemer_contract_id: UUID, repays: int = 0) -> None:
        """Spend points of a lot at a redeemer; `repays` of them pay what the member owes it."""
        self._put(lot.with_points(lot.remaining - points, lot.held))
        self._change_spendable(lot, -points)
        if repays:
            self.balance = self.balance.plus(debt=-repays)
        self._move(
            lot,
            Kind.DRAW,
            points=-points,
            debt=-repays,
            redeemer_id=redeemer_id,
            redeemer_contract_id=redeemer_contract_id,
        )

    def draw_held(self, lot: Lot, points: int, *, redeemer_id: UUID, redeemer_contract_id: UUID) -> None:
        """Spend held points of a lot at a redeemer."""
        self._put(lot.with_points(lot.remaining - points, lot.held - points))
        self.balance = self.balance.plus(held=-points)
        self._move(
            lot,
            Kind.DRAW,
            points=-points,
            held=-points,
            redeemer_id=redeemer_id,
            redeemer_contract_id=redeemer_contract_id,
        )

    def undraw(
        self, lot: Lot, points: int, *, redeemer_id: UUID, redeemer_contract_id: UUID, expires_at: datetime | None
    ) -> None:
        """Return spent points to the lot they came from, which from now on expires at `expires_at`."""
        moved = None if expires_at == lot.expires_at else expires_at
        self._put(replace(lot, remaining=lot.remaining + points, expires_at=expires_at))
        self._change_spendable(lot, points)
        self._move(
            lot,
            Kind.UNDRAW,
            points=points,
            redeemer_id=redeemer_id,
            redeemer_contract_id=redeemer_contract_id,
            expires_at=moved,
        )
        self._note_due(expires_at)

    def hold(self, lot: Lot, points: int, *, until: datetime) -> None:
        """Set points of a lot aside until an instant, which the movement keeps as its expiry."""
        self._put(lot.with_points(lot.remaining, lot.held + points))
        self.balance = self.balance.plus(available=-points, held=points)
        self._move(lot, Kind.HOLD, held=points, expires_at=until)

    def release(self, lot: Lot, points: int) -> None:
        """Give held points back to their lot, which may have expired meanwhile."""
        self._put(lot.with_points(lot.remaining, lot.held - points))
        self.balance = self.balance.plus(available=points, held=-points)
        self._move(lot, Kind.RELEASE, held=-points)
        self._note_due(lot.expires_at)

    def owe(self, lot: Lot, points: int, *, contract_id: UUID) -> None:
        """Make the member a debtor of the lot's issuer for points that are no longer there.

        The movement names the issuer as a redeemer to come, with the contract version at which it will be reimbursed.
        """
        self.balance = self.balance.plus(debt=points)
        self._move(lot, Kind.OWE, debt=points, redeemer_id=lot.issuer_id, redeemer_contract_id=contract_id)

    def extend(self, lot: Lot, until: datetime) -> int:
        """Let a lot expire later; returns how many points are in it."""
        self._put(replace(lot, expires_at=until))
        self._move(lot, Kind.EXTEND, expires_at=until)
        self._note_due(until)
        return lot.remaining

    def send(self, lot: Lot, points: int, across: Across) -> None:
        """Let points of a lot go to another wallet."""
        self._put(replace(lot, remaining=lot.remaining - points))
        self._change_spendable(lot, -points)
        self._move(lot, Kind.TRANSFER_OUT, points=-points, across=across)

    def receive(self, lot: Lot, across: Across) -> None:
        """Take points of another wallet in as a lot of their own."""
        self._keep(lot)
        self._new[lot.lot_id.int] = None
        self._change_spendable(lot, lot.issued)
        self._move(
            lot,
            Kind.TRANSFER_IN,
            points=lot.issued,
            activates_at=lot.activates_at,
            expires_at=lot.expires_at,
            inactivity=lot.inactivity,
            across=across,
        )
        self._note_due(lot.expires_at)
        if lot.is_pending:
            self._note_due(lot.activates_at)

    def take_back(
        self, lot: Lot, points: int, across: Across, *, is_pending: bool, expires_at: datetime | None
    ) -> None:
        """Points come home to the lot that they once left, which from now on expires at `expires_at`."""
        assert is_pending == lot.is_pending or not lot.remaining, "both lots became active at the same instant"
        moved = None if expires_at == lot.expires_at else expires_at
        lot = replace(lot, remaining=lot.remaining + points, is_pending=is_pending, expires_at=expires_at)
        self._put(lot)
        self._change_spendable(lot, points)
        self._move(lot, Kind.TRANSFER_IN, points=points, expires_at=moved, across=across)
        self._note_due(expires_at)
        if is_pending:
            self._note_due(lot.activates_at)

    def send_debt(self, debt: Debt, across: Across) -> None:
        """Let all that is left of a debt go to another wallet."""
        self.balance = self.balance.plus(debt=-debt.remaining)
        self.pay_debt(debt, debt.remaining)
        self._move_debt(debt, Kind.DEBT_OUT, -debt.remaining, across)

    def receive_debt(self, debt: Debt, points: int, across: Across, *, came_home: bool) -> None:
        """Take a debt of another wallet in: as a new one, or as what is owed again of one that once left."""
        if came_home:
            self.pay_debt(self.debts.setdefault(debt.sequence, debt), -points)
        else:
            self.open_debt(debt)
        self.balance = self.balance.plus(debt=points)
        self._move_debt(debt, Kind.DEBT_IN, points, across)

    def expire(self, lot: Lot) -> int:
        """Take what is left and not held out of a lot; returns how many points."""
        points = lot.remaining - lot.held
        self._put(replace(lot, remaining=lot.held, is_pending=False))
        self._change_spendable(lot, -points)
        self._move(lot, Kind.EXPIRE, points=-points)
        return points

    def activate(self, lot: Lot) -> int:
        """Make a pending lot's points spendable; returns how many."""
        self._put(replace(lot, is_pending=False))
        self.balance = self.balance.plus(pending=-lot.remaining, available=lot.remaining)
        self._move(lot, Kind.ACTIVATE)
        self._note_due(lot.expires_at)
        return lot.remaining

    def open_hold(self, hold: Hold) -> None:
        """Remember a hold that the entry being drafted makes."""
        self._new_holds[hold.sequence] = self.holds[hold.sequence] = hold
        self._note_due(hold.expires_at)

    def close_hold(self, hold: Hold) -> None:
        """A hold is captured, voided or lapsed; only once."""
        self._closed_holds[hold.sequence] = self.holds[hold.sequence] = replace(hold, is_open=False)

    def open_debt(self, debt: Debt) -> None:
        """Remember a debt that the entry being drafted makes."""
        self._new_debts[debt.sequence] = self.debts[debt.sequence] = debt

    def pay_debt(self, debt: Debt, points: int) -> None:
        """A part of a debt, or all of it, is repaid."""
        self.debts[debt.sequence] = replace(debt, remaining=debt.remaining - points)
        self._changed_debts.add(debt.sequence)

    def enter(
        self,
        operation: Operation,
        points: int,
        slip: Slip,
        *,
        refers_to: int | None = None,
        counterpart: tuple[UUID, int] | None = None,
    ) -> Entry:
        """Close an entry: what was moved since the last one belongs to it."""
        unsealed = Entry(
            self.head.wallet_id,
            self.sequence,
            operation,
            points,
            slip,
            self.now,
            self.balance,
            tuple(self._movements),
            refers_to,
            b"",
            counterpart,
        )
        self._hash = entry_hash(self._hash, unsealed)
        entry = unsealed.sealed(self._hash)
        self._entries.append(entry)
        self._movements = []
        if operation in ACTIVITY:
            self.active_at = self.now
        return entry

    def know_due(self, due_at: datetime | None) -> None:
        """Replace the lower bound of what is due, once everything that can be due has been seen."""
        self._due_at = due_at

    def posting(self) -> Posting:
        """The finished decision."""
        assert not self._movements, "an entry was left open"
        head, lots = self.head, self._lots
        sequence = head.sequence + len(self._entries)
        changed = [lots[number] for number in self._changed if number not in self._new]
        return Posting(
            before=head,
            after=Head(head.wallet_id, sequence, self._hash, self.balance, self.now, self._due_at),
            entries=tuple(self._entries),
            new_lots=tuple([lots[number] for number in self._new]),
            lot_changes=tuple(
                [LotChange(lot.lot_id, lot.remaining, lot.held, lot.is_pending, lot.expires_at) for lot in changed]
            ),
            new_holds=tuple(self._new_holds.values()),
            closed_holds=tuple(self._closed_holds.values()),
            new_debts=tuple([self.debts[sequence] for sequence in self._new_debts]),
            debt_changes=tuple([self.debts[each] for each in self._changed_debts if each not in self._new_debts]),
            takes=self.takes,
        )

    def _change_spendable(self, lot: Lot, points: int) -> None:
        """Points come into a lot, or leave it: pending ones if the lot is, else available ones."""
        self.balance = self.balance.plus(pending=points) if lot.is_pending else self.balance.plus(available=points)

    def _put(self, lot: Lot) -> None:
        assert 0 <= lot.held <= lot.remaining <= lot.issued, "a lot can't be drawn beyond its points"
        self._keep(lot)
        self._changed[lot.lot_id.int] = None

    def _keep(self, lot: Lot) -> None:
        self._lots[lot.lot_id.int] = lot
        self._in_order = None

    def _move(
        self,
        lot: Lot | Debt,
        kind: Kind,
        *,
        points: int = 0,
        held: int = 0,
        debt: int = 0,
        redeemer_id: UUID | None = None,
        redeemer_contract_id: UUID | None = None,
        activates_at: datetime | None = None,
        expires_at: datetime | None = None,
        inactivity: Inactivity | None = None,
        across: Across | None = None,
    ) -> None:
        self._movements.append(
            Movement(
                len(self._movements) + 1,
                lot.lot_id,
                kind,
                points,
                held,
                debt,
                lot.issuer_id,
                lot.contract_id,
                redeemer_id,
                redeemer_contract_id,
                lot.currency,
                activates_at,
                expires_at,
                inactivity,
                across,
            )
        )

    def _move_debt(self, debt: Debt, kind: Kind, points: int, across: Across) -> None:
        """A debt's lot stays where it was issued: the movement names it, and the contract of a repayment."""
        owed_to, under = debt.issuer_id, debt.contract_id
        self._move(debt, kind, debt=points, redeemer_id=owed_to, redeemer_contract_id=under, across=across)

    def _note_due(self, instant: datetime | None) -> None:
        if instant is not None and (self._due_at is None or instant < self._due_at):
            self._due_at = instant
