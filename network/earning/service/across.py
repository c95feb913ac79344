"""Returns that have to do with more wallets than one: what was shared in a pool, or belonged to a merged account.

A returned purchase first calls home what is left of its points, from wherever they were moved to. Returned points go
back to the lot that they were drawn from; if what that lot was there for is over (its giver has left the household,
the merge was undone, or its owner was merged since), they go on from there to whom they belong now. All in one
transaction: see `wallet.transferring`. Plain returns never come here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

import psycopg

from network.auth.domain import Principal
from network.earning.commands import FollowUp
from network.earning.results import Reversed
from network.earning.service.following import Following, return_points, what_returns
from network.households.service import sharers_of
from network.infrastructure.requests import Answer, Asked
from network.kernel.identifiers import new_id
from network.members.service import wallet_merged_into
from network.partners.service import ensure_operator, prepaid_takes
from network.wallet import repository as ledger
from network.wallet.domain import (
    Draft,
    Entry,
    Kind,
    Operation,
    Part,
    Piece,
    Slip,
    movable,
    recall,
    reverse_earn,
    transfer,
    transfer_debt,
)
from network.wallet.errors import MovedOn
from network.wallet.lineage import held_still, homes_of, pieces_of, spent_of
from network.wallet.transferring import JointDecision, load_drafts, post_together

Drafts = dict[UUID, Draft]


class OtherWallets(Exception):
    """What is returned has to do with other wallets than the entry's own."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of points that came back to where they do not belong any more. `into` is None for a new lot."""

    wallet_id: UUID
    to_wallet_id: UUID
    into: UUID | None


def return_redemption(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Reversed | Answer:
    """As `follow.return_redemption`; and what came back goes on to whom it belongs now."""

    def attempt(connection: psycopg.Connection) -> JointDecision[Reversed] | Answer:
        scene = Following.enter(connection, principal, command, asked, (Operation.REDEMPTION, Operation.HOLD), "return")
        if isinstance(scene, Answer):
            return scene
        wallet_id, drawing = command.wallet_id, scene.drawing()
        lot_ids = [each.lot_id for each in ledger.draws_left(connection, wallet_id, drawing.sequence)]
        ways = _ways(connection, wallet_id, lot_ids)
        told = _told(scene)
        drafts = load_drafts(connection, {told: [], **_wanted(wallet_id, lot_ids, ways)})
        if (_ways(connection, wallet_id, lot_ids), _told(scene)) != (ways, told):
            raise MovedOn(drafts)
        with held_still(connection, [draft.head for draft in drafts.values()]):
            draws = ledger.draws_left(connection, wallet_id, drawing.sequence)
            made = return_points(scene, drafts[wallet_id], drawing, draws)
        slip = Slip(ensure_operator().partner_id, made.posted_at)
        for movement in made.movements:
            _go_on(drafts, movement.lot_id, movement.points, ways[movement.lot_id], slip)
        return JointDecision(drafts, scene.reversed(drafts[told].balance, made, 0), made)

    return post_together(attempt, asked)


def return_purchase(principal: Principal, command: FollowUp, asked: Asked | None = None) -> Reversed | Answer:
    """As `follow.return_purchase`; first what is left of the points is called home from where it was moved to."""

    def attempt(connection: psycopg.Connection) -> JointDecision[Reversed] | Answer:
        scene = Following.enter(connection, principal, command, asked, (Operation.EARN,))
        if isinstance(scene, Answer):
            return scene
        wallet_id = command.wallet_id
        (lot,) = ledger.lots_issued_by(connection, wallet_id, command.sequence)
        pieces, heirs = pieces_of(connection, wallet_id, [lot.lot_id]), _heirs(wallet_id)
        wanted: dict[UUID, list[UUID]] = {wallet_id: [lot.lot_id], **{heir: [] for heir in heirs}}
        for piece in pieces:
            wanted.setdefault(piece.wallet_id, []).append(piece.lot_id)
        drafts = load_drafts(connection, wanted)
        if (pieces_of(connection, wallet_id, [lot.lot_id]), _heirs(wallet_id)) != (pieces, heirs):
            raise MovedOn(drafts)
        with held_still(connection, [draft.head for draft in drafts.values()]):
            made = _take_points(connection, scene, drafts, lot.lot_id, pieces)
        drafts[wallet_id].takes = prepaid_takes(connection, made)
        owed = sum(movement.debt for movement in made.movements if movement.kind is Kind.OWE)
        if owed:
            _pass_on(drafts, [wallet_id, *heirs], made.sequence)
        told = drafts[heirs[-1] if heirs else wallet_id].balance
        return JointDecision(drafts, scene.reversed(told, made, owed), made)

    return post_together(attempt, asked)


def _take_points(
    connection: psycopg.Connection, scene: Following, drafts: Drafts, lot_id: UUID, pieces: Sequence[Piece]
) -> Entry:
    wallet_id, original = scene.command.wallet_id, scene.original
    amount, basket, points = what_returns(connection, scene.principal, scene.command, original)
    earn = ledger.reversible_earn(connection, wallet_id, original.sequence)
    assert earn is not None, "an earn whose lot has left has one"
    home = drafts[wallet_id]
    missing = points - movable(home.lot(lot_id))
    if missing > 0:
        recall(drafts, pieces, (wallet_id, lot_id), missing, Slip(ensure_operator().partner_id, home.now))
    lots = [(wallet_id, lot_id), *((piece.wallet_id, piece.lot_id) for piece in pieces)]
    # as what was due there has left it
    held_away = sum(drafts[piece.wallet_id].lot(piece.lot_id).held for piece in pieces)
    drawn_away = sum(drafts[piece.wallet_id].drawn(piece.lot_id) for piece in pieces)
    return reverse_earn(
        home,
        replace(earn, spent=spent_of(connection, lots) + held_away + drawn_away),
        points,
        scene.slip(amount, basket),
        policy=scene.opening.rule.return_policy,
        contract_id=scene.opening.terms.contract_id,
    )


def _pass_on(drafts: Drafts, wallet_ids: Sequence[UUID], sequence: int) -> None:
    """A debt that a merged account made goes to who is meant now, by the same steps as the account did."""
    operator_id = ensure_operator().partner_id
    for wallet_id, heir in pairwise(wallet_ids):
        source, target = drafts[wallet_id], drafts[heir]
        at = target.sequence
        transfer_debt(source, target, source.debts[sequence], Slip(operator_id, source.now))
        sequence = at


def _ways(connection: psycopg.Connection, wallet_id: UUID, lot_ids: Sequence[UUID]) -> dict[UUID, list[Hop]]:
    """For each lot, the steps that points which come back into it have to go on; mostly none."""
    homes = {(piece.wallet_id, piece.lot_id): piece for piece in homes_of(connection, wallet_id, lot_ids)}
    return {lot_id: _way(wallet_id, lot_id, homes) for lot_id in lot_ids}


def _way(wallet_id: UUID, lot_id: UUID, homes: dict[tuple[UUID, UUID], Piece]) -> list[Hop]:
    hops = []
    while (piece := homes.get((wallet_id, lot_id))) and not _is_bound(piece):
        hops.append(Hop(wallet_id, piece.home_wallet_id, piece.home_lot_id))
        wallet_id, lot_id = piece.home_wallet_id, piece.home_lot_id
    for heir in _heirs(wallet_id):
        hops.append(Hop(wallet_id, heir, None))
        wallet_id = heir
    return hops


def _is_bound(piece: Piece) -> bool:
    """Whether what a lot was moved for still holds: its giver shares the pool, or is merged into its keeper."""
    sharers = sharers_of(piece.wallet_id)
    if sharers is not None:
        return piece.home_wallet_id in sharers
    return wallet_merged_into(piece.home_wallet_id) == piece.wallet_id


def _heirs(wallet_id: UUID) -> list[UUID]:
    """The wallet of the member that this one's was merged into, of the one that that one was merged into, and so on."""
    heirs = []
    while heir := wallet_merged_into(wallet_id):
        heirs.append(heir)
        wallet_id = heir
    return heirs


def _told(scene: Following) -> UUID:
    """Whose balance the till is told: the wallet of whoever is meant now, or the pool."""
    wallet_id = scene.command.wallet_id
    return wallet_id if scene.bearer_id else [wallet_id, *_heirs(wallet_id)][-1]


def _wanted(wallet_id: UUID, lot_ids: Sequence[UUID], ways: dict[UUID, list[Hop]]) -> dict[UUID, list[UUID]]:
    """The wallets that ways lead through, each with the lots that points come home to."""
    wanted: dict[UUID, list[UUID]] = {wallet_id: list(lot_ids)}
    for hop in (hop for hops in ways.values() for hop in hops):
        wanted.setdefault(hop.to_wallet_id, []).extend([hop.into] if hop.into else [])
    return wanted


def _go_on(drafts: Drafts, lot_id: UUID, points: int, hops: Sequence[Hop], slip: Slip) -> None:
    """Send what came back into a lot on its way, as far as it has not expired at once."""
    for hop in hops:
        source, into = drafts[hop.wallet_id], hop.into or new_id()
        points = min(points, movable(source.lot(lot_id)))
        if not points:
            return
        transfer(source, drafts[hop.to_wallet_id], [Part(lot_id, points, into)], slip)
        lot_id = into
