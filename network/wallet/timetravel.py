"""A wallet as of any instant, and what happened in it between two: from the journal, which forgets nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from network.infrastructure.database import statement_connection
from network.wallet import repository
from network.wallet.domain import Balance, Draft, Entry, Lot, Operation, as_of, rebuild
from network.wallet.errors import WalletNotFound
from network.wallet.history import entries_of_wallet


@dataclass(frozen=True, slots=True)
class WalletAt:
    """A wallet at an instant: its balance, and the lots that still had points, in draw order.

    The lots' dates are those that were to be expected then: of points that expire by inactivity later than the ones on
    record, if their owner had been active.
    """

    instant: datetime
    balance: Balance
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class WalletStatement:
    """A period in a wallet: what it began with, what was posted after `begins_at` and by `ends_at`, what was left.

    `expired`: points that expired in the period, and when; their entries may have been posted later. Without entries
    of expiry, the others and these add up to what lies between opening and closing.
    """

    begins_at: datetime
    ends_at: datetime
    opening: Balance
    entries: tuple[Entry, ...]
    expired: tuple[tuple[datetime, int], ...]
    closing: Balance
    lots: tuple[Lot, ...]


def wallet_at(wallet_id: UUID, instant: datetime) -> WalletAt:
    """The balance and the lots at an instant, all that was due by then counted. Raises WalletNotFound."""
    draft = _draft_at(wallet_id, _entries(wallet_id, instant), instant)
    return WalletAt(instant, draft.balance, _lots(draft))


def wallet_statement(wallet_id: UUID, begins_at: datetime, ends_at: datetime) -> WalletStatement:
    """What happened in a wallet from one instant to another. Raises WalletNotFound.

    Opening and closing are as of those instants, all that was due by then counted, entered or not.
    """
    entries = _entries(wallet_id, ends_at)
    before = [entry for entry in entries if entry.posted_at <= begins_at]
    opening, closing = _draft_at(wallet_id, before, begins_at), _draft_at(wallet_id, entries, ends_at)
    between = entries[len(before) :]
    expired = _expired(between) + _expired(closing.posting().entries)
    expired.subtract(_expired(opening.posting().entries))
    return WalletStatement(
        begins_at,
        ends_at,
        opening.balance,
        tuple(between),
        tuple((at, points) for at, points in sorted(expired.items()) if points),
        closing.balance,
        _lots(closing),
    )


def _entries(wallet_id: UUID, until: datetime) -> list[Entry]:
    connection = statement_connection()
    if repository.find_head(connection, wallet_id) is None:
        raise WalletNotFound
    return entries_of_wallet(connection, wallet_id, until)


def _draft_at(wallet_id: UUID, entries: Sequence[Entry], instant: datetime) -> Draft:
    return as_of(rebuild(wallet_id, entries, instant), instant)


def _lots(draft: Draft) -> tuple[Lot, ...]:
    return tuple(replace(lot, expires_at=draft.lasts_until(lot)) for lot in draft.lots if lot.remaining)


def _expired(entries: Sequence[Entry]) -> Counter[datetime]:
    """How many points expired when, by the entries that say so."""
    expired: Counter[datetime] = Counter()
    for entry in entries:
        if entry.operation == Operation.EXPIRY:
            expired[entry.slip.occurred_at] += entry.points
    return expired
