"""A member's statement for a period: whole for the member, or as much as one partner may see of it.

A day is the network's own, from local midnight up to, and without, the next: as the months of settlement are. So what
is good until the end of a day expires in the first instant of the next day's statement.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from network.auth.domain import Principal
from network.earning import repository as till
from network.earning.errors import BadPeriod
from network.earning.results import MemberStatement, OperationTotal, OwnEntry
from network.earning.service.read import EXPIRING_SHOWN, SHOWN
from network.earning.service.scene import BALANCE_KNOWN_BY
from network.infrastructure.database import statement_connection
from network.infrastructure.network_clock import network_now, network_zone
from network.kernel.calendar import end_of_day, local_day, local_midnight
from network.members.errors import MemberNotFound
from network.members.service import acquaintance, wallet_of_member
from network.wallet.domain import Balance, Entry, Operation, next_expiring
from network.wallet.timetravel import WalletStatement, wallet_statement

_EARLIEST = date(1900, 1, 1)
_LONGEST_DAYS = 366
_INSTANT = timedelta(microseconds=1)


def member_statement(principal: Principal, member_id: UUID, first_day: date, last_day: date) -> MemberStatement:
    """What a partner may see of a member's period: its own entries, and of all others one sum.

    Both days are part of it. Raises BadPeriod, and MemberNotFound unless the partner enrolled the member or was shown
    its card.
    """
    known = acquaintance(principal.partner_id, member_id, consented=principal.member_id == member_id)
    if known is None or known.known_by not in BALANCE_KNOWN_BY:
        raise MemberNotFound
    whole = _statement(known.wallet_id, first_day, last_day)
    own = [e for e in whole.entries if e.slip.partner_id == principal.partner_id and e.operation in SHOWN]
    expired = sum(points for _, points in whole.expired)
    moved = _net(whole.closing) - _net(whole.opening)
    return MemberStatement(
        member_id=member_id,
        first_day=first_day,
        last_day=last_day,
        begins_at=whole.begins_at,
        ends_at=whole.ends_at,
        opening=whole.opening,
        closing=whole.closing,
        own=_told(principal, member_id, own),
        totals=totals(own),
        elsewhere_points=moved - sum(map(_change, own)) + expired,
        expired_points=expired,
        expiring=tuple(next_expiring(whole.lots, EXPIRING_SHOWN)),
    )


def whole_statement(member_id: UUID, first_day: date, last_day: date) -> WalletStatement:
    """A member's own period, with every entry, whoever made it. Raises MemberNotFound, BadPeriod."""
    return _statement(wallet_of_member(member_id), first_day, last_day)


def totals(entries: Iterable[Entry]) -> tuple[OperationTotal, ...]:
    """Entries added up by operation, in the order in which operations first come up."""
    count, points, change = Counter[str](), Counter[str](), Counter[str]()
    for entry in entries:
        count[entry.operation] += 1
        points[entry.operation] += entry.points
        change[entry.operation] += _change(entry)
    return tuple(OperationTotal(Operation(name), count[name], points[name], change[name]) for name in count)


def _statement(wallet_id: UUID, first_day: date, last_day: date) -> WalletStatement:
    zone, now = network_zone(), network_now()
    if not _EARLIEST <= first_day <= local_day(now, zone):
        raise BadPeriod(field="from")
    if not 0 <= (last_day - first_day).days < _LONGEST_DAYS:
        raise BadPeriod(field="to")
    begins_at, ends_at = local_midnight(first_day, zone), end_of_day(last_day, zone)
    found = wallet_statement(wallet_id, begins_at - _INSTANT, min(ends_at - _INSTANT, now))
    return replace(found, begins_at=begins_at, ends_at=min(ends_at, now))


def _told(principal: Principal, member_id: UUID, own: list[Entry]) -> tuple[OwnEntry, ...]:
    stores = {entry.slip.store_id for entry in own if entry.slip.store_id is not None}
    codes = till.store_codes(statement_connection(), principal.partner_id, stores) if stores else {}
    return tuple(
        OwnEntry(member_id, entry, codes.get(entry.slip.store_id) if entry.slip.store_id else None)
        for entry in reversed(own)
    )


def _net(balance: Balance) -> int:
    return balance.available + balance.pending + balance.held - balance.debt


def _change(entry: Entry) -> int:
    """By how many points an entry changed a wallet, less what is owed: a hold by none, a repayment neither."""
    return sum(movement.points - movement.debt for movement in entry.movements)
