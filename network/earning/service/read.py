"""What a partner may read of a member's wallet: the total, and its own entries; nothing of another partner."""

from uuid import UUID

import psycopg

from network.auth.domain import Principal
from network.earning import repository as till
from network.earning.results import Earned, MemberBalance, OwnEntry, Redeemed
from network.earning.service.scene import BALANCE_KNOWN_BY
from network.infrastructure.database import statement_connection
from network.members.errors import MemberNotFound
from network.members.service import acquaintance, member_of_wallet
from network.wallet import repository as ledger
from network.wallet.domain import Entry, Operation
from network.wallet.errors import EntryNotFound
from network.wallet.service import balance_of

_SHOWN = (Operation.EARN, Operation.REDEMPTION)
_EXPIRING_SHOWN = 5


def member_balance(principal: Principal, member_id: UUID) -> MemberBalance:
    """A member's points. Raises MemberNotFound unless the partner enrolled the member or was shown its card."""
    known = acquaintance(principal.partner_id, member_id)
    if known is None or known.known_by not in BALANCE_KNOWN_BY:
        raise MemberNotFound
    now, balance = balance_of(known.wallet_id)
    expiring = ledger.next_expiring(statement_connection(), known.wallet_id, now, _EXPIRING_SHOWN)
    return MemberBalance(member_id, balance, now, tuple(expiring))


def entries(principal: Principal, member_id: UUID, before: int | None, most: int) -> list[OwnEntry]:
    """The partner's own entries in a member's wallet, newest first, below sequence `before`. Raises MemberNotFound."""
    known = acquaintance(principal.partner_id, member_id)
    if known is None:
        raise MemberNotFound
    connection = statement_connection()
    found = ledger.entries_of_partner(connection, known.wallet_id, principal.partner_id, _SHOWN, before, most)
    codes = till.store_codes(
        connection, principal.partner_id, {e.slip.store_id for e in found if e.slip.store_id is not None}
    )
    return [OwnEntry(member_id, e, codes.get(e.slip.store_id) if e.slip.store_id else None) for e in found]


def earn_of(principal: Principal, wallet_id: UUID, sequence: int) -> Earned:
    """An earn of the partner's own. Raises EntryNotFound for anything else."""
    connection = statement_connection()
    own = _own_entry(connection, principal, wallet_id, sequence, Operation.EARN)
    lots = ledger.lots_issued_by(connection, wallet_id, sequence)
    known = acquaintance(principal.partner_id, own.member_id)
    sees_balance = known is not None and known.known_by in BALANCE_KNOWN_BY
    return Earned(own.member_id, own.entry, own.store, tuple(lots), own.entry.balance if sees_balance else None)


def redemption_of(principal: Principal, wallet_id: UUID, sequence: int) -> Redeemed:
    """A redemption of the partner's own. Raises EntryNotFound for anything else."""
    own = _own_entry(statement_connection(), principal, wallet_id, sequence, Operation.REDEMPTION)
    return Redeemed(own.member_id, own.entry, own.store, own.entry.balance)


def _own_entry(
    connection: psycopg.Connection, principal: Principal, wallet_id: UUID, sequence: int, operation: Operation
) -> OwnEntry:
    entry: Entry | None = ledger.find_entry(connection, wallet_id, sequence)
    if entry is None or entry.slip.partner_id != principal.partner_id or entry.operation is not operation:
        raise EntryNotFound
    member_id = member_of_wallet(wallet_id)
    if member_id is None:
        raise EntryNotFound
    store_id = entry.slip.store_id
    codes = till.store_codes(connection, principal.partner_id, {store_id}) if store_id else {}
    return OwnEntry(member_id, entry, codes.get(store_id) if store_id else None)
