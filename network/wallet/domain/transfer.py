"""Points go from one wallet to another, and come home. Nothing clears: issuer, contract and dates stay what they were.

A transfer is a pair of entries, one in each wallet, each naming the other. What is moved becomes a lot of its own in
the other wallet, and knows the lot it left; when it comes back, it comes back into that lot. Who may move what to
whom is for the rooms above to say.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from network.wallet.domain.draft import Draft
from network.wallet.domain.values import Across, Debt, Entry, Lot, Operation, Slip
from network.wallet.errors import InsufficientPoints


@dataclass(frozen=True, slots=True)
class Part:
    """Points of one lot that go to another wallet: into a lot that is there already, or into a new one of this id."""

    lot_id: UUID
    points: int
    into: UUID


@dataclass(frozen=True, slots=True)
class Piece:
    """A lot in one wallet that is made of points of a lot in another: its own place, and where it came from."""

    wallet_id: UUID
    lot_id: UUID
    home_wallet_id: UUID
    home_lot_id: UUID


def transfer(
    source: Draft, target: Draft, parts: Iterable[Part], slip: Slip, *, refers_to: int | None = None
) -> tuple[Entry, Entry]:
    """Move parts of lots from one wallet to another; the two entries, first the one that they leave by.

    Both drafts stand at the same instant with all that is due settled, and hold the lots that points leave or come
    home to. Without any parts it still enters both: whoever had loaded either wallet has to look again. `refers_to`:
    the entry of the source that this follows from.
    """
    assert source.now == target.now, "both halves of a transfer are posted at one instant"
    leaves, arrives = (source.head.wallet_id, source.sequence), (target.head.wallet_id, target.sequence)
    points = 0
    for part in parts:
        lot = source.lot(part.lot_id)
        root_id = source.roots.get(part.lot_id, part.lot_id)
        source.send(lot, part.points, Across(part.into, root_id, lot.issued_at))
        # the other wallet does not know when this one's owner was last seen: the date that the owner is told goes over
        lot = replace(lot, expires_at=source.lasts_until(lot))
        _arrive(target, lot, part, Across(part.lot_id, root_id, lot.issued_at))
        points += part.points
    out = source.enter(Operation.TRANSFER_OUT, points, slip, refers_to=refers_to, counterpart=arrives)
    return out, target.enter(Operation.TRANSFER_IN, points, slip, counterpart=leaves)


def transfer_debt(
    source: Draft, target: Draft, debt: Debt, slip: Slip, *, home: Debt | None = None
) -> tuple[Entry, Entry]:
    """Move what is left of a debt; it becomes a debt of the target to the same issuer, or `home` is owed again.

    `home`: the target's own debt, settled or not, that this one came from. Nothing is repaid by it.
    """
    leaves, arrives = (source.head.wallet_id, source.sequence), (target.head.wallet_id, target.sequence)
    across = Across(debt.lot_id, debt.lot_id, source.now)
    source.send_debt(debt, across)
    owed = home or replace(debt, sequence=target.sequence, owed=debt.remaining)
    target.receive_debt(owed, debt.remaining, across, came_home=home is not None)
    out = source.enter(Operation.TRANSFER_OUT, debt.remaining, slip, refers_to=debt.sequence, counterpart=arrives)
    back_to = home.sequence if home else None
    return out, target.enter(Operation.TRANSFER_IN, debt.remaining, slip, refers_to=back_to, counterpart=leaves)


def movable(lot: Lot) -> int:
    """Points that can go to another wallet: pending or active, and not held."""
    return lot.remaining - lot.held


def choose(draft: Draft, points: int) -> list[tuple[Lot, int]]:
    """Which lots give how many of their spendable points, first expiring first, whatever they clear in.

    Raises InsufficientPoints if they do not cover the points.
    """
    chosen, left = [], points
    for lot in draft.lots:
        given = min(lot.free, left)
        if given:
            chosen.append((lot, given))
            left -= given
    if left:
        raise InsufficientPoints(field="points", available=points - left)
    return chosen


def recall(
    drafts: Mapping[UUID, Draft], pieces: Sequence[Piece], home: tuple[UUID, UUID], points: int, slip: Slip
) -> int:
    """Bring up to so many points back into a lot (its wallet and id) from wherever they are; how many came.

    `pieces`: all that was ever made of the lot, and of those again; `drafts`: their wallets. What is spent, expired or
    held there does not come. Nearest pieces give first, in the order in which they are told.
    """
    wallet_id, lot_id = home
    left = points
    for piece in pieces:
        if (piece.home_wallet_id, piece.home_lot_id) != home or not left:
            continue
        away = drafts[piece.wallet_id]
        missing = left - movable(away.lot(piece.lot_id))
        if missing > 0:
            recall(drafts, pieces, (piece.wallet_id, piece.lot_id), missing, slip)
        given = min(left, movable(away.lot(piece.lot_id)))
        if given:
            transfer(away, drafts[wallet_id], [Part(piece.lot_id, given, lot_id)], slip)
            left -= given
    return points - left


def recallable(drafts: Mapping[UUID, Draft], pieces: Sequence[Piece], piece: Piece) -> int:
    """How many points a recall of all could bring into the lot that a piece is of, from that piece and what was made of
    it.
    """
    here = (piece.wallet_id, piece.lot_id)
    beyond = [each for each in pieces if (each.home_wallet_id, each.home_lot_id) == here]
    own = movable(drafts[piece.wallet_id].lot(piece.lot_id))
    return own + sum(recallable(drafts, pieces, each) for each in beyond)


def _arrive(target: Draft, lot: Lot, part: Part, across: Across) -> None:
    if target.has_lot(part.into):
        own = target.lot(part.into)
        expires_at = _later(own.expires_at, lot.expires_at)
        target.take_back(own, part.points, across, is_pending=lot.is_pending, expires_at=expires_at)
        return
    target.roots[part.into] = across.root_lot_id
    target.receive(
        replace(lot, lot_id=part.into, issued=part.points, remaining=part.points, held=0),
        across,
    )


def _later(own: datetime | None, theirs: datetime | None) -> datetime | None:
    """Whichever lives longer; a lot that never expires stays one."""
    return max(own, theirs) if own is not None and theirs is not None else own
