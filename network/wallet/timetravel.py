"""A wallet as of any instant, and what happened in it between two: from the journal, which forgets nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg

from network.infrastructure.database import statement_connection
from network.wallet import repository
from network.wallet.domain import Balance, Draft, Entry, Lot, as_of, rebuild
from network.wallet.errors import WalletNotFound
from network.wallet.history import entries_of_wallet


@dataclass(frozen=True, slots=True)
class WalletAt:
    """A wallet at an instant: its balance, and the lots that still had points, in draw order."""

    instant: datetime
    balance: Balance
    lots: tuple[Lot, ...]


@dataclass(frozen=True, slots=True)
class WalletStatement:
    """A period in a wallet: what it began with, what was posted after `begins_at` and by `ends_at`, what was left."""

    begins_at: datetime
    ends_at: datetime
    opening: Balance
    entries: tuple[Entry, ...]
    closing: Balance


def wallet_at(wallet_id: UUID, instant: datetime) -> WalletAt:
    """The balance and the lots at an instant, all that was due by then counted. Raises WalletNotFound."""
    draft = _draft_at(statement_connection(), wallet_id, instant)
    return WalletAt(instant, draft.balance, tuple(lot for lot in draft.lots if lot.remaining))


def wallet_statement(wallet_id: UUID, begins_at: datetime, ends_at: datetime) -> WalletStatement:
    """What happened in a wallet from one instant to another. Raises WalletNotFound.

    Opening and closing are as of those instants; so what was due in between and is not entered yet lies between the
    last entry and the closing balance.
    """
    connection = statement_connection()
    opening = _draft_at(connection, wallet_id, begins_at).balance
    closing = _draft_at(connection, wallet_id, ends_at).balance
    entries = entries_of_wallet(connection, wallet_id, ends_at, after=begins_at)
    return WalletStatement(begins_at, ends_at, opening, tuple(entries), closing)


def _draft_at(connection: psycopg.Connection, wallet_id: UUID, instant: datetime) -> Draft:
    if repository.find_head(connection, wallet_id) is None:
        raise WalletNotFound
    return as_of(rebuild(wallet_id, entries_of_wallet(connection, wallet_id, instant), instant), instant)
