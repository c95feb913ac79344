"""What a partner may read of a member's wallet: the total, and its own entries; nothing of another partner."""

from datetime import datetime
from uuid import UUID

import psycopg

from network.auth.domain import Principal
from network.earning import repository as till
from network.earning.commands import Source
from network.earning.errors import InstantAhead
from network.earning.results import Earned, MemberBalance, OwnEntry, Redeemed, RedemptionStatus
from network.earning.service.scene import BALANCE_KNOWN_BY
from network.households.service import find_pool_balance, pool_access
from network.infrastructure.database import statement_connection
from network.infrastructure.network_clock import network_now
from network.members.errors import MemberNotFound
from network.members.service import acquaintance, first_wallet_of, member_of_wallet
from network.partners.domain import PointType
from network.partners.service import contract_by_id
from network.wallet import repository as ledger
from network.wallet.domain import Entry, Operation, next_expiring
from network.wallet.errors import EntryNotFound
from network.wallet.expiring import lots_with_dates
from network.wallet.lineage import bearer_of
from network.wallet.service import balance_of, standing_of
from network.wallet.timetravel import wallet_at

SHOWN = (
    Operation.EARN,
    Operation.REDEMPTION,
    Operation.HOLD,
    Operation.CAPTURE,
    Operation.VOID,
    Operation.LAPSE,
    Operation.REDEMPTION_REVERSAL,
    Operation.EARN_REVERSAL,
)
"""The operations of which a partner sees its own entries."""

EXPIRING_SHOWN = 5


def member_balance(principal: Principal, member_id: UUID, at: datetime | None = None) -> MemberBalance:
    """A member's points, now or as of an instant that has been; now also what it sees of its household's pool.

    Raises MemberNotFound unless the partner enrolled the member or was shown its card, and InstantAhead.
    """
    known = acquaintance(principal.partner_id, member_id, consented=principal.member_id == member_id)
    if known is None or known.known_by not in BALANCE_KNOWN_BY:
        raise MemberNotFound
    if at is not None:
        return _balance_at(known.member_id, known.wallet_id, at)
    standing = standing_of(known.wallet_id, most_expiring=EXPIRING_SHOWN)
    pool = None if known.household_id is None else find_pool_balance(statement_connection(), known.member_id)
    return MemberBalance(known.member_id, standing.balance, standing.now, standing.expiring, pool)


def _balance_at(member_id: UUID, wallet_id: UUID, at: datetime) -> MemberBalance:
    if at > network_now():
        raise InstantAhead(field="at")
    found = wallet_at(wallet_id, at)
    return MemberBalance(member_id, found.balance, at, tuple(next_expiring(found.lots, EXPIRING_SHOWN)))


def entries(
    principal: Principal, member_id: UUID, before: int | None, most: int, source: Source = Source.OWN
) -> list[OwnEntry]:
    """The partner's own entries in a member's wallet, newest first, below sequence `before`; or those in its pool.

    By the id of a merged member, what lies in its old wallet. Raises MemberNotFound, NotInHousehold.
    """
    known = acquaintance(principal.partner_id, member_id, consented=principal.member_id == member_id)
    if known is None:
        raise MemberNotFound
    connection = statement_connection()
    wallet_id, bearer_id = known.wallet_id, None
    if known.member_id != member_id:
        wallet_id = first_wallet_of(member_id)
    if source is Source.POOL:
        bearer_id = known.wallet_id
        wallet_id = pool_access(connection, known.member_id).pool_wallet_id
    found = ledger.entries_of_partner(
        connection, wallet_id, principal.partner_id, SHOWN, before, most, bearer_id=bearer_id
    )
    codes = till.store_codes(
        connection, principal.partner_id, {e.slip.store_id for e in found if e.slip.store_id is not None}
    )
    return [OwnEntry(member_id, e, codes.get(e.slip.store_id) if e.slip.store_id else None, source) for e in found]


def earn_of(principal: Principal, wallet_id: UUID, sequence: int) -> Earned:
    """An earn of the partner's own, with the balance as it is now. Raises EntryNotFound for anything else."""
    connection = statement_connection()
    own = _own_entry(connection, principal, wallet_id, sequence, (Operation.EARN,))
    lots = lots_with_dates(connection, wallet_id, ledger.lots_issued_by(connection, wallet_id, sequence))
    known = acquaintance(principal.partner_id, own.member_id)
    sees_balance = known is not None and known.known_by in BALANCE_KNOWN_BY
    balance = balance_of(wallet_id)[1] if sees_balance else None
    point_type = contract_by_id(lots[0].contract_id).point_type if lots else PointType.BASE
    return Earned(own.member_id, own.entry, own.store, tuple(lots), balance, point_type)


def redemption_of(principal: Principal, wallet_id: UUID, sequence: int) -> Redeemed:
    """A redemption of the partner's own, held or paid with; to whom the member was not made known with the balance that
    was told then. Raises EntryNotFound for anything else.
    """
    connection = statement_connection()
    own = _own_entry(connection, principal, wallet_id, sequence, (Operation.REDEMPTION, Operation.HOLD))
    status, drawing, expires_at = _standing(connection, own.entry)
    captured = drawing.points if drawing else 0
    left = sum(each.points for each in ledger.draws_left(connection, wallet_id, drawing.sequence)) if drawing else 0
    pays = own.entry if status is RedemptionStatus.AUTHORIZED else drawing
    known = acquaintance(principal.partner_id, own.member_id)
    sees_balance = known is not None and known.known_by in BALANCE_KNOWN_BY
    return Redeemed(
        member_id=own.member_id,
        entry=own.entry,
        store=own.store,
        status=status,
        captured_points=captured,
        reversed_points=captured - left,
        value_minor=(pays.slip.amount_minor or 0) if pays else 0,
        hold_expires_at=expires_at,
        balance=balance_of(wallet_id)[1] if sees_balance else (drawing or own.entry).balance,
        source=own.source,
        captured_at=drawing.posted_at if drawing else None,
    )


def _standing(connection: psycopg.Connection, entry: Entry) -> tuple[RedemptionStatus, Entry | None, datetime | None]:
    """Where a redemption stands, the entry that drew its points, and when its hold, if it is open, lapses."""
    if entry.operation is Operation.REDEMPTION:
        return RedemptionStatus.CAPTURED, entry, None
    hold = ledger.find_hold(connection, entry.wallet_id, entry.sequence)
    if hold is not None and hold.is_open:
        if hold.expires_at <= network_now():
            return RedemptionStatus.LAPSED, None, None
        return RedemptionStatus.AUTHORIZED, None, hold.expires_at
    ended = ledger.entry_referring_to(connection, entry.wallet_id, entry.sequence, tuple(_ENDINGS))
    assert ended is not None, "a hold that is over was ended by an entry"
    return _ENDINGS[ended.operation], ended if ended.operation is Operation.CAPTURE else None, None


_ENDINGS = {
    Operation.CAPTURE: RedemptionStatus.CAPTURED,
    Operation.VOID: RedemptionStatus.VOIDED,
    Operation.LAPSE: RedemptionStatus.LAPSED,
}


def _own_entry(
    connection: psycopg.Connection,
    principal: Principal,
    wallet_id: UUID,
    sequence: int,
    operations: tuple[Operation, ...],
) -> OwnEntry:
    entry: Entry | None = ledger.find_entry(connection, wallet_id, sequence)
    if entry is None or entry.slip.partner_id != principal.partner_id or entry.operation not in operations:
        raise EntryNotFound
    if not principal.may_write_for(entry.slip.store_id):
        raise EntryNotFound
    member_id, source = member_of_wallet(wallet_id), Source.OWN
    if member_id is None:  # nobody's own: a pool, of which a member has spent
        bearer_id, source = bearer_of(connection, wallet_id, sequence), Source.POOL
        member_id = bearer_id and member_of_wallet(bearer_id)
    if member_id is None:
        raise EntryNotFound
    return OwnEntry(member_id, entry, till.store_code(connection, principal.partner_id, entry.slip.store_id), source)
