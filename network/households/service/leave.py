"""How members go, and a household ends. Whoever goes gets back what is left of the points it put in, and no others."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import psycopg

from network.audit.service import record
from network.households import repository
from network.households.domain import Household, Membership, Standing, heir
from network.households.errors import NotAMember, PoolHoldsOpen
from network.households.events import HeadshipPassed, HouseholdDissolved, HouseholdLeft
from network.households.service.read import locked_household, locked_membership
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.members.service import set_household
from network.partners.service import ensure_operator
from network.wallet.domain import Draft, Part, Piece, Slip, movable, transfer
from network.wallet.errors import MovedOn
from network.wallet.lineage import bearer_of, open_pieces
from network.wallet.transferring import MOST_PARTS, JointDecision, load_drafts, post_together

Moved = tuple[Counter[UUID], bool]
"""How many points one posting has sent home, by own wallet, and whether there are more."""


def leave(member_id: UUID, *, person: str) -> int:
    """A member leaves; the points that come home to it. The head's place goes to whoever joined first after it, and
    with the last member the household ends.

    Raises NotInHousehold, and PoolHoldsOpen while a till holds points that it put in, or for it.
    """
    with transaction():
        household, membership = locked_membership(member_id)
        told = {"member": show("mbr", member_id)}
        record("households.leave", "household", show("hsh", household.household_id), after=told)
        others = [each for each in _active(household) if each.member_id != member_id]
        points = _go(household, [membership], person)[membership.wallet_id]
        if not others:
            _end(household)
        elif household.head_id == member_id:
            _pass(household, heir(others).member_id)
        return points


def dissolve(household_id: UUID, *, person: str) -> int:
    """All members leave; the points that come home. Raises HouseholdNotFound, PoolHoldsOpen."""
    with transaction():
        household = locked_household(household_id)
        record("households.dissolve", "household", show("hsh", household_id))
        points = _go(household, _active(household), person)
        _end(household)
        return sum(points.values())


def pass_headship(household_id: UUID, member_id: UUID) -> None:
    """Make another member the head. Raises HouseholdNotFound, NotAMember."""
    with transaction():
        household = locked_household(household_id)
        if member_id not in [each.member_id for each in _active(household)]:
            raise NotAMember
        told = {"head": show("mbr", household.head_id)}, {"head": show("mbr", member_id)}
        record("households.pass", "household", show("hsh", household_id), before=told[0], after=told[1])
        _pass(household, member_id)


def _go(household: Household, leavers: Sequence[Membership], person: str) -> Counter[UUID]:
    """What is left of their points goes home, by own wallet; then they are out."""
    for each in leavers:
        set_household(each.member_id, None)  # before the wallets: members are locked first, everywhere
    operator_id = ensure_operator().partner_id

    def attempt(connection: psycopg.Connection) -> JointDecision[Moved]:
        return _send_home(connection, household, [each.wallet_id for each in leavers], operator_id)

    points, more = Counter[UUID](), True
    while more:
        moved = post_together(attempt)
        assert isinstance(moved, tuple), "nobody asked for an answer to be kept"
        points, more = points + moved[0], moved[1]
    now = network_now()
    for each in leavers:
        repository.end(each.membership_id, Standing.LEFT, person, now)
        announce(
            HouseholdLeft(
                household_id=household.household_id,
                member_id=each.member_id,
                points=points[each.wallet_id],
                left_at=now,
            )
        )
    return points


def _send_home(
    connection: psycopg.Connection, household: Household, wallet_ids: Sequence[UUID], operator_id: UUID
) -> JointDecision[Moved]:
    pool_id = household.wallet_id

    def find() -> dict[UUID, list[Piece]]:
        return {wallet_id: open_pieces(connection, pool_id, wallet_id) for wallet_id in wallet_ids}

    pieces = find()
    homes = {wallet_id: [piece.home_lot_id for piece in found] for wallet_id, found in pieces.items()}
    drafts = load_drafts(connection, {pool_id: [], **homes})
    if find() != pieces:
        raise MovedOn(drafts)  # a return has filled a lot that was empty when we looked first
    pool = drafts[pool_id]
    _check_holds(connection, pool, [p.lot_id for found in pieces.values() for p in found], wallet_ids)
    points, room = Counter[UUID](), MOST_PARTS
    for wallet_id, found in pieces.items():
        left = [(piece, movable(pool.lot(piece.lot_id))) for piece in found[:room]]
        parts = [Part(piece.lot_id, free, piece.home_lot_id) for piece, free in left if free]
        # of nothing too: a till that has loaded the pool, and is about to post, has to look again who shares it
        transfer(pool, drafts[wallet_id], parts, Slip(operator_id, pool.now))
        points[wallet_id] = sum(part.points for part in parts)
        room -= len(parts)
    return JointDecision(drafts, (points, sum(map(len, pieces.values())) > MOST_PARTS))


def _check_holds(
    connection: psycopg.Connection, pool: Draft, lot_ids: Sequence[UUID], wallet_ids: Sequence[UUID]
) -> None:
    """Raises PoolHoldsOpen if a hold is on one of these lots, or was made for the owner of one of these wallets."""
    for hold in pool.holds.values():
        held = {lot_id for lot_id, _ in hold.parts}
        if hold.is_open and (
            held & set(lot_ids) or bearer_of(connection, pool.head.wallet_id, hold.sequence) in wallet_ids
        ):
            raise PoolHoldsOpen


def _active(household: Household) -> list[Membership]:
    return repository.memberships(household.household_id, Standing.ACTIVE)


def _pass(household: Household, member_id: UUID) -> None:
    repository.set_head(household.household_id, member_id)
    announce(HeadshipPassed(household_id=household.household_id, member_id=member_id, passed_at=network_now()))


def _end(household: Household) -> None:
    now = network_now()
    repository.dissolve(household.household_id, now)
    announce(HouseholdDissolved(household_id=household.household_id, dissolved_at=now))
