"""A posting while it is being decided: a working copy of the wallet on which rules act one after the other.

Pure: it reads nothing and writes nothing. A rule changes lots through `issue`, `draw`, `expire` and `activate`, which
note the movements, and closes each entry with `enter`.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from network.wallet.domain.chain import entry_hash
from network.wallet.domain.values import (
    Entry,
    Head,
    Kind,
    Lot,
    LotChange,
    Movement,
    Operation,
    Posting,
    Slip,
)


class Draft:
    """The wallet as it will be. `lots` are those that were loaded; a rule sees only these."""

    def __init__(self, head: Head, lots: Iterable[Lot], now: datetime) -> None:
        self.head = head
        self.now = max(now, head.posted_at)  # the journal's time never goes back
        self.balance = head.balance
        self._lots = {lot.lot_id: lot for lot in lots}
        self._new: set[UUID] = set()
        self._changed: set[UUID] = set()
        self._movements: list[Movement] = []
        self._entries: list[Entry] = []
        self._hash = head.hash
        self._due_at = head.due_at

    @property
    def lots(self) -> list[Lot]:
        """The lots in the order in which they are drawn: first expiring, then first issued, then lot id."""
        return sorted(self._lots.values(), key=draw_order)

    def issue(self, lot: Lot) -> None:
        """Add a new lot with all its points."""
        self._lots[lot.lot_id] = lot
        self._new.add(lot.lot_id)
        self.balance = (
            self.balance.plus(pending=lot.issued) if lot.is_pending else self.balance.plus(available=lot.issued)
        )
        self._move(lot, Kind.ISSUE, points=lot.issued, activates_at=lot.activates_at, expires_at=lot.expires_at)
        self._note_due(lot.activates_at if lot.is_pending else lot.expires_at)

    def draw(self, lot: Lot, points: int, *, redeemer_id: UUID, redeemer_contract_id: UUID) -> None:
        """Spend points of a lot at a redeemer."""
        self._put(replace(lot, remaining=lot.remaining - points))
        self.balance = self.balance.plus(available=-points)
        self._move(
            lot, Kind.DRAW, points=-points, redeemer_id=redeemer_id, redeemer_contract_id=redeemer_contract_id
        )

    def expire(self, lot: Lot) -> int:
        """Take what is left and not held out of a lot; returns how many points."""
        points = lot.remaining - lot.held
        self._put(replace(lot, remaining=lot.held, is_pending=False))
        self.balance = (
            self.balance.plus(pending=-points) if lot.is_pending else self.balance.plus(available=-points)
        )
        self._move(lot, Kind.EXPIRE, points=-points)
        return points

    def activate(self, lot: Lot) -> int:
        """Make a pending lot's points spendable; returns how many."""
        self._put(replace(lot, is_pending=False))
        self.balance = self.balance.plus(pending=-lot.remaining, available=lot.remaining)
        self._move(lot, Kind.ACTIVATE)
        self._note_due(lot.expires_at)
        return lot.remaining

    def enter(self, operation: Operation, points: int, slip: Slip) -> Entry:
        """Close an entry: what was moved since the last one belongs to it."""
        entry = Entry(
            wallet_id=self.head.wallet_id,
            sequence=self.head.sequence + len(self._entries) + 1,
            operation=operation,
            points=points,
            slip=slip,
            posted_at=self.now,
            balance=self.balance,
            movements=tuple(self._movements),
        )
        self._hash = entry_hash(self._hash, entry)
        entry = replace(entry, hash=self._hash)
        self._entries.append(entry)
        self._movements = []
        return entry

    def know_due(self, due_at: datetime | None) -> None:
        """Replace the lower bound of what is due, once all lots have been seen."""
        self._due_at = due_at

    def posting(self) -> Posting:
        """The finished decision."""
        assert not self._movements, "an entry was left open"
        after = Head(
            wallet_id=self.head.wallet_id,
            sequence=self.head.sequence + len(self._entries),
            hash=self._hash,
            balance=self.balance,
            posted_at=self.now,
            due_at=self._due_at,
        )
        changed = (self._lots[lot_id] for lot_id in self._changed - self._new)
        return Posting(
            before=self.head,
            after=after,
            entries=tuple(self._entries),
            new_lots=tuple(lot for lot_id, lot in self._lots.items() if lot_id in self._new),
            lot_changes=tuple(LotChange(lot.lot_id, lot.remaining, lot.held, lot.is_pending) for lot in changed),
        )

    def _put(self, lot: Lot) -> None:
        assert 0 <= lot.held <= lot.remaining <= lot.issued, "a lot can't be drawn beyond its points"
        self._lots[lot.lot_id] = lot
        self._changed.add(lot.lot_id)

    def _move(
        self,
        lot: Lot,
        kind: Kind,
        *,
        points: int = 0,
        held: int = 0,
        debt: int = 0,
        redeemer_id: UUID | None = None,
        redeemer_contract_id: UUID | None = None,
        activates_at: datetime | None = None,
        expires_at: datetime | None = None,
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
            )
        )

    def _note_due(self, instant: datetime | None) -> None:
        if instant is not None and (self._due_at is None or instant < self._due_at):
            self._due_at = instant


def draw_order(lot: Lot) -> tuple[bool, datetime, datetime, UUID]:
    """First expiring (never comes last), then first issued, then lot id. It decides who pays, so it is one for all."""
    return lot.expires_at is None, lot.expires_at or lot.issued_at, lot.issued_at, lot.lot_id
