"""Points go from a member's own wallet into the pool: when the member says so, and a standing share of each earn."""

import logging
from datetime import datetime
from uuid import UUID

import psycopg

from network.audit.service import record
from network.households import repository
from network.households.domain import Household, Membership, check_contribution, left_to_contribute, share_of
from network.households.errors import NotInHousehold
from network.households.events import PointsContributed
from network.households.service.read import locked_membership
from network.infrastructure.network_clock import network_now, network_zone
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.calendar import month_of
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import new_id, show
from network.partners.service import ensure_operator
from network.wallet.domain import Draft, Part, Slip, choose, movable, transfer
from network.wallet.lineage import sent_to, shareable_earn
from network.wallet.transferring import MOST_PARTS, JointDecision, load_drafts, post_together

_log = logging.getLogger(__name__)
_MOST_SHARES = 500


def contribute(member_id: UUID, points: int) -> int:
    """Put spendable points of a member into its household's pool, those that expire first; how many.

    Raises NotInHousehold, NothingToContribute, ContributionCapReached, InsufficientPoints.
    """
    with transaction():
        household, membership = locked_membership(member_id)
        left = points - _contribute(household, membership, points)
        while left:
            left -= _contribute(household, membership, left)
        _announce(membership, points)
        record("households.contribute", "member", show("mbr", member_id), after={"points": points})
        return points


def _contribute(household: Household, membership: Membership, points: int) -> int:
    """As many of these points as one posting can move; how many."""
    rules, operator_id = repository.policy(), ensure_operator().partner_id

    def attempt(connection: psycopg.Connection) -> JointDecision[int]:
        drafts = load_drafts(connection, {membership.wallet_id: (), household.wallet_id: ()})
        own, pool = drafts[membership.wallet_id], drafts[household.wallet_id]
        check_contribution(rules, membership, points, _contributed(connection, household, membership, own.now))
        parts = [Part(lot.lot_id, given, new_id()) for lot, given in choose(own, points)[:MOST_PARTS]]
        out, _ = transfer(own, pool, parts, Slip(operator_id, own.now))
        return JointDecision(drafts, out.points)

    moved = post_together(attempt)
    assert isinstance(moved, int), "nobody asked for an answer to be kept"
    return moved


def move_due_shares() -> int:
    """Move the standing shares of what members have earned; how many earns were looked at.

    Each is a unit of work of its own, and done once however often it is tried. What can't be moved, since the member
    has left or put in as much as it may, stays the member's.
    """
    due = repository.due_shares(_MOST_SHARES)
    for wallet_id, sequence in due:
        try:
            with transaction():
                if repository.take_share(wallet_id, sequence):
                    _move_share(wallet_id, sequence)
        except PeyvandError:
            _log.exception("a share could not be moved yet")
    return len(due)


def _move_share(wallet_id: UUID, sequence: int) -> None:
    found = repository.find_active_of_wallet(wallet_id)
    if found is None:
        return
    try:
        household, membership = locked_membership(found.member_id)
    except NotInHousehold:
        return
    operator_id = ensure_operator().partner_id

    def attempt(connection: psycopg.Connection) -> JointDecision[int]:
        drafts = load_drafts(connection, {wallet_id: (), household.wallet_id: ()})
        own, pool = drafts[wallet_id], drafts[household.wallet_id]
        part = _share(connection, household, membership, own, sequence)
        if part is None:
            return JointDecision({}, 0)
        transfer(own, pool, [part], Slip(operator_id, own.now), refers_to=sequence)
        return JointDecision(drafts, part.points)

    points = post_together(attempt)
    assert isinstance(points, int), "nobody asked for an answer to be kept"
    if points:
        _announce(membership, points)


def _share(
    connection: psycopg.Connection, household: Household, membership: Membership, own: Draft, sequence: int
) -> Part | None:
    """What of an earn goes into the pool: from its own lot, pending or not, if it is there and the cap allows."""
    earn = shareable_earn(connection, membership.wallet_id, sequence)
    if earn is None or not own.has_lot(earn[0]):
        return None
    lot_id, earned = earn
    room = left_to_contribute(repository.policy(), membership, _contributed(connection, household, membership, own.now))
    points = min(share_of(earned, membership.share_percent), movable(own.lot(lot_id)), room)
    return Part(lot_id, points, new_id()) if points else None


def _contributed(connection: psycopg.Connection, household: Household, membership: Membership, now: datetime) -> int:
    """What the member has put in this month."""
    since = month_of(now, network_zone()).starts_at
    return sent_to(connection, membership.wallet_id, household.wallet_id, since)


def _announce(membership: Membership, points: int) -> None:
    announce(
        PointsContributed(
            household_id=membership.household_id,
            member_id=membership.member_id,
            points=points,
            contributed_at=network_now(),
        )
    )
