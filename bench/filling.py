"""Wallets by the hundred thousand. The domain decides every entry, hash chain included; COPY writes what it decided.

Through the services a member costs some milliseconds, and a million of them hours. What is written here is what the
services would have written, so that the ledger's own check still holds, but for the personal data: nobody reads them.
"""

import multiprocessing
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from bench.coalition import CURRENCY, Partner
from network.kernel.identifiers import new_id, show
from network.members.domain import KeyKind, make_card_number
from network.members.vault import Vault
from network.wallet import saving
from network.wallet.domain import GENESIS, Balance, Burn, Draft, Head, Lot, Operation, Posting, Slip, burn

# Of what was filled, and of nothing else: a table that PostgreSQL has once seen empty is taken for an empty one, and
# read from end to end, until autovacuum comes by a minute later. No network begins by telling it so.
_VACUUM = "VACUUM ANALYZE member, member_key, partner_member, wallet, lot, journal, movement"
_PROCESSES = 3
_CHUNK = 1000
_STEP = 7  # between the partners that know a member
_ENTRY_POINTS = 100  # of each entry of a wallet's history


_MEMBER = ("member_id", "wallet_id", "status", "locale", "enrolled_at", "enrolled_by")
_MEMBER_KEY = ("kind", "key_hash", "member_id")
_PARTNER_MEMBER = ("partner_id", "member_id", "known_by", "since")
_WALLET = ("wallet_id", "sequence", "head_hash", "available", "pending", "held", "debt", "posted_at", "due_at")


@dataclass(frozen=True, slots=True)
class Shape:
    """What each wallet holds: live lots of so many points, and so many entries before them that drew and earned.

    `known_by` partners know each member; with `all_known_by_first` the first partner knows every one of them too.
    """

    lots: int
    lot_points: int
    history: int = 0
    known_by: int = 3
    all_known_by_first: bool = True


@dataclass(frozen=True, slots=True)
class _Task:
    database_url: str
    secret_key: bytes
    partners: tuple[tuple[UUID, UUID], ...]
    shape: Shape
    first: int
    count: int


def fill(
    database_url: str, secret_key: bytes, partners: Sequence[Partner], wallets: int, shape: Shape, file: Path
) -> None:
    """Make members with wallets, and write a line for each into `file`: member id, space, card number."""
    ids = tuple((partner.partner_id, partner.contract_id) for partner in partners)
    tasks = [
        _Task(database_url, secret_key, ids, shape, first, min(_CHUNK, wallets - first))
        for first in range(0, wallets, _CHUNK)
    ]
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool, file.open("w") as lines:
        for part in pool.imap(_fill_part, tasks):
            lines.write(part)
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_VACUUM)


def known_partners(number: int, partners: int, shape: Shape) -> list[int]:
    """Which partners know the member of this number; `till.lua` and `generator` count the same way."""
    known = {(number + _STEP * each) % partners for each in range(shape.known_by)}
    return sorted(known | {0} if shape.all_known_by_first else known)


def _fill_part(task: _Task) -> str:
    vault = Vault(task.secret_key)
    randomness = random.Random(task.first)  # noqa: S311 - cards of a bench
    rows = _Rows()
    lines = []
    for number in range(task.first, task.first + task.count):
        member_id, wallet_id, card = new_id(), new_id(), make_card_number(randomness.randrange)
        partners = [task.partners[known][0] for known in known_partners(number, len(task.partners), task.shape)]
        enrolled_at = _now() - timedelta(days=30)
        rows.member.append((member_id, wallet_id, "active", "en", enrolled_at, partners[0]))
        rows.member_key.append(("card", vault.key_hash(KeyKind.CARD, card), member_id))
        rows.partner_member.extend((partner, member_id, "enrolment", enrolled_at) for partner in partners)
        rows.add(list(_postings(wallet_id, number, task, enrolled_at)))
        lines.append(f"{show('mbr', member_id)} {card}\n")
    with psycopg.connect(task.database_url) as connection:
        rows.copy(connection)
    return "".join(lines)


def _postings(wallet_id: UUID, number: int, task: _Task, since: datetime) -> Iterator[Posting]:
    """The wallet's history, then its live lots as one entry."""
    head = Head(wallet_id, 0, GENESIS, Balance(), since, None)
    shape, partners = task.shape, task.partners
    for step in range(shape.history // 2):
        now = since + timedelta(seconds=step)
        partner, contract = partners[(number + step) % len(partners)]
        draft = Draft(head, (), now)
        lot = _lot(partner, contract, _ENTRY_POINTS, now, 1)
        draft.issue(lot)
        draft.enter(Operation.EARN, lot.issued, Slip(partner, now, None, None, lot.issued, CURRENCY))
        slip = Slip(partner, now, None, None, lot.issued, CURRENCY)
        burn(draft, Burn(lot.issued, CURRENCY, slip, partner, contract))
        draft.know_due(None)
        yield (posting := draft.posting())
        head = posting.after
    draft = Draft(head, (), since + timedelta(days=1))
    for step in range(shape.lots):
        partner, contract = partners[(number * 7 + step * 13) % len(partners)]
        draft.issue(_lot(partner, contract, shape.lot_points, draft.now, step + 1))
    buyer = partners[number % len(partners)][0]
    points = shape.lots * shape.lot_points
    draft.enter(Operation.EARN, points, Slip(buyer, draft.now, None, None, points, CURRENCY))
    yield draft.posting()


def top_up(draft: Draft, partners: Sequence[tuple[UUID, UUID]], shape: Shape) -> None:
    """Give a wallet its lots once more, as one entry."""
    for step in range(shape.lots):
        partner, contract = partners[step * 13 % len(partners)]
        draft.issue(_lot(partner, contract, shape.lot_points, draft.now, step + 1))
    points = shape.lots * shape.lot_points
    draft.enter(Operation.EARN, points, Slip(partners[0][0], draft.now, None, None, points, CURRENCY))


def _lot(issuer: UUID, contract: UUID, points: int, at: datetime, months: int) -> Lot:
    return Lot(
        lot_id=new_id(),
        issuer_id=issuer,
        contract_id=contract,
        currency=CURRENCY,
        issued=points,
        remaining=points,
        held=0,
        is_pending=False,
        issued_at=at,
        activates_at=at,
        expires_at=_now() + timedelta(days=30 * months),
    )


def _now() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


class _Rows:
    """Rows by table, in the order of the columns that are told to COPY."""

    def __init__(self) -> None:
        self.member: list[tuple[Any, ...]] = []
        self.member_key: list[tuple[Any, ...]] = []
        self.partner_member: list[tuple[Any, ...]] = []
        self._wallet: list[tuple[Any, ...]] = []
        self._ledger: dict[str, list[tuple[Any, ...]]] = defaultdict(list)

    def add(self, postings: Sequence[Posting]) -> None:
        """All that was ever posted to one wallet."""
        head = postings[-1].after
        balance = head.balance
        totals = (balance.available, balance.pending, balance.held, balance.debt)
        self._wallet.append((head.wallet_id, head.sequence, head.hash, *totals, head.posted_at, head.due_at))
        for posting in postings:
            for table, rows in saving.rows_of(posting).items():
                self._ledger[table].extend((head.wallet_id, *row) for row in rows)

    def copy(self, connection: psycopg.Connection) -> None:
        """Write them all in one transaction."""
        _copy(connection, "member", _MEMBER, self.member)
        _copy(connection, "member_key", _MEMBER_KEY, self.member_key)
        _copy(connection, "partner_member", _PARTNER_MEMBER, self.partner_member)
        _copy(connection, "wallet", _WALLET, self._wallet)
        for table, rows in self._ledger.items():
            _copy(connection, table, ["wallet_id", *saving.columns_of(table)], rows)


def _copy(connection: psycopg.Connection, table: str, names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
