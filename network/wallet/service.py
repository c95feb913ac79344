"""The public face of the ledger: open a wallet, post to it, read it."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

import psycopg
from psycopg.errors import CheckViolation, NotNullViolation, UniqueViolation

from network.infrastructure.database import drop_statement_connection, statement_connection, unit_connection
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import rows_for
from network.infrastructure.requests import Answer, Asked, answer_to
from network.infrastructure.transaction import in_transaction, transaction
from network.kernel.errors import PeyvandError
from network.kernel.events import Fact
from network.kernel.identifiers import new_id
from network.kernel.values import replace
from network.wallet import expiring, repository
from network.wallet.domain import Balance, Draft, Entry, Operation, Posting, Ticket, next_expiring, settle_due
from network.wallet.errors import MovedOn, WalletBusy, WalletNotFound
from network.wallet.events import PointsBurned, PointsEarned, PointsExpired, PointsMoved
from network.wallet.saving import save

_ATTEMPTS_UNLOCKED = 3
_ATTEMPTS_LOCKED = 5
_READS = 8
_SWEEP_BATCH = 500

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Decision(Generic[Result]):
    """What an attempt to post came to: the posting to save, and the result to tell once it is saved.

    `entry`: which of the posting's entries answers the request; there may be others, of what was due or is repaid.
    `tickets`: what the posting uses up, such as the code that a member showed.
    """

    posting: Posting
    result: Result
    entry: Entry | None = None
    tickets: tuple[Ticket, ...] = ()


Attempt = Callable[[psycopg.Connection], Decision[Result] | Answer]
"""Loads, and decides; called anew whenever the wallet moved on meanwhile. An Answer is one that was given before."""


def open_wallet() -> UUID:
    """Open an empty wallet in the current unit of work; its id."""
    wallet_id = new_id()
    repository.insert_wallet(unit_connection(), wallet_id, network_now())
    return wallet_id


def post(attempt: Attempt[Result], asked: Asked | None = None) -> Result | Answer:
    """Load, decide, save; again, if somebody else posted to the wallet in between.

    With `asked`, the answer is kept under its key in the posting's own statement and returned; refusals are kept too.
    Without, the result is returned, and a refusal raised. Joins the current unit of work, if there is one.
    A few attempts run without a lock; then one waits its turn for the wallet, so that a busy wallet starves nobody.
    Raises WalletBusy if even that did not help.
    """
    if in_transaction():
        return _post_locked(unit_connection(), attempt, asked)
    for number in range(_ATTEMPTS_UNLOCKED):
        connection = statement_connection()
        try:
            outcome = _try(connection, attempt, asked)
        except psycopg.OperationalError:
            # The connection broke, perhaps after the commit. The key makes it safe to ask again; without one it isn't.
            drop_statement_connection(connection)
            if asked is None or number:
                raise
            continue
        if not isinstance(outcome, MovedOn):
            return outcome[0]
    for _ in range(_ATTEMPTS_LOCKED):
        try:
            with transaction():
                return _post_locked(unit_connection(), attempt, asked)
        except (UniqueViolation, NotNullViolation):
            continue  # the twin of this request was answered just now, or a ticket used up; the next attempt finds that
    raise WalletBusy


@dataclass(frozen=True, slots=True)
class Standing:
    """A wallet at the network's present instant, all that is due counted: its balance, and what expires next
    (points, expires_at).
    """

    now: datetime
    balance: Balance
    expiring: tuple[tuple[int, datetime], ...]


def balance_of(wallet_id: UUID) -> tuple[datetime, Balance]:
    """The network's instant and the balance then, lots that are due already counted. Raises WalletNotFound."""
    standing = standing_of(wallet_id, most_expiring=0)
    return standing.now, standing.balance


def standing_of(wallet_id: UUID, *, most_expiring: int) -> Standing:
    """The balance now, and the next `most_expiring` instants at which points expire. Raises WalletNotFound."""
    return undisturbed(lambda: _standing(wallet_id, most_expiring))


def undisturbed(read: Callable[[], Result]) -> Result:
    """Read a whole wallet; again, if somebody posted to it in between. Raises WalletBusy if somebody always does."""
    for _ in range(_READS):
        with contextlib.suppress(MovedOn):
            return read()
    raise WalletBusy


def _standing(wallet_id: UUID, most_expiring: int) -> Standing:
    connection = statement_connection()
    found = repository.find_head(connection, wallet_id)
    if found is None:
        raise WalletNotFound
    now, head = found
    if not head.is_due(now):
        rows = expiring.next_expiring(connection, wallet_id, now, most_expiring) if most_expiring else []
        return Standing(now, head.balance, tuple(rows))
    draft = repository.draft_of_wallet(connection, head, now)
    settle_due(draft)
    dated = [replace(lot, expires_at=draft.lasts_until(lot)) for lot in draft.lots]
    return Standing(now, draft.balance, tuple(next_expiring(dated, most_expiring)))


def whole_wallet(connection: psycopg.Connection, wallet_id: UUID) -> Draft:
    """A working copy of a whole wallet with everything that is due settled, for an attempt.

    Raises WalletNotFound, MovedOn.
    """
    found = repository.find_head(connection, wallet_id)
    if found is None:
        raise WalletNotFound
    now, head = found
    draft = repository.draft_of_wallet(connection, head, now)
    settle_due(draft)
    return draft


def sweep_due() -> int:
    """Activate and expire what is due in all wallets; returns in how many something was. Safe beside any posting."""
    swept = 0
    for wallet_id in _due_wallets():
        post(lambda connection, wallet_id=wallet_id: _settle(connection, wallet_id))  # type: ignore[misc]
        swept += 1
    return swept


def _due_wallets() -> Iterator[UUID]:
    while batch := repository.due_wallets(statement_connection(), network_now(), _SWEEP_BATCH):
        yield from batch


def _settle(connection: psycopg.Connection, wallet_id: UUID) -> Decision[None]:
    return Decision(whole_wallet(connection, wallet_id).posting(), None)


def _try(
    connection: psycopg.Connection, attempt: Attempt[Result], asked: Asked | None
) -> tuple[Result | Answer] | MovedOn:
    """One attempt; MovedOn if somebody else posted to the wallet, or the request's twin was faster."""
    try:
        decision = attempt(connection)
    except MovedOn as moved:
        return moved
    except PeyvandError as failure:
        return (answer_to(failure, connection, asked),)
    if isinstance(decision, Answer):
        return (decision,)
    answer = None if asked is None else Answer(201, asked.present(decision.result))
    failpoint("wallet.before_save")
    try:
        saved = save(
            connection,
            decision.posting,
            key=None if asked is None else asked.key,
            answer=answer,
            entry=decision.entry,
            outbox=rows_for(facts_of(decision.posting)),
            tickets=decision.tickets,
        )
    except UniqueViolation:
        if in_transaction():
            raise
        saved = False
    except NotNullViolation:  # somebody else used a ticket up; the next attempt finds that it is
        if in_transaction() or not decision.tickets:
            raise
        saved = False
    except CheckViolation:  # somebody else took from the slot; in a unit of work slots are locked, and nobody can
        if in_transaction() or not decision.posting.takes:
            raise
        saved = False
    if not saved:
        return MovedOn([decision.posting.before.wallet_id])
    failpoint("wallet.after_save")
    return (decision.result if answer is None else answer,)


def _post_locked(connection: psycopg.Connection, attempt: Attempt[Result], asked: Asked | None) -> Result | Answer:
    """Attempt inside the unit of work, then wait for the wallet and attempt again, undisturbed."""
    outcome = _try(connection, attempt, asked)
    if isinstance(outcome, MovedOn):
        for wallet_id in outcome.wallet_ids:
            repository.lock_wallet(connection, wallet_id)
        outcome = _try(connection, attempt, asked)
    if isinstance(outcome, MovedOn):
        raise WalletBusy
    return outcome[0]


def facts_of(posting: Posting) -> Iterator[Fact]:
    """What a posting tells the rest of the house."""
    for entry in posting.entries:
        kind = _FACT_OF.get(entry.operation)
        if kind is not None and entry.points:
            yield kind(
                wallet_id=entry.wallet_id,
                sequence=entry.sequence,
                partner_id=entry.slip.partner_id,
                points=entry.points,
                posted_at=entry.posted_at,
            )


_FACT_OF: dict[Operation, type[PointsMoved]] = {
    Operation.EARN: PointsEarned,
    Operation.REDEMPTION: PointsBurned,
    Operation.CAPTURE: PointsBurned,
    Operation.EXPIRY: PointsExpired,
}
