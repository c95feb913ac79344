"""Postings to several wallets at once: all of them, or none.

Each wallet is loaded, decided on and saved as in `service.post`, by compare-and-set on its own sequence; but all saves
are one transaction, in the order of the wallets' ids, so that two of these never wait for each other in a circle. A
till's posting holds one wallet for one statement and can't close a circle either.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic
from uuid import UUID

import psycopg
from psycopg.errors import UniqueViolation

from network.infrastructure.database import db, unit_connection
from network.infrastructure.failpoints import failpoint
from network.infrastructure.outbox import rows_for
from network.infrastructure.requests import Answer, Asked, answer_to
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.wallet import repository
from network.wallet.domain import Draft, Entry, Head, settle_due
from network.wallet.errors import MovedOn, WalletBusy
from network.wallet.lineage import find_heads, roots_of
from network.wallet.saving import save
from network.wallet.service import Result, facts_of

MOST_PARTS = 1_000
"""How many lots one posting may move: a statement has 65,535 parameters at most. Whoever has more posts again."""

_ATTEMPTS = 8
_ATTEMPTS_UNLOCKED = 3


@dataclass(frozen=True, slots=True)
class JointDecision(Generic[Result]):
    """What an attempt came to: the drafts to save, and the result to tell once all of them are saved.

    `entry`: which entry, of whichever draft, answers the request.
    """

    drafts: Mapping[UUID, Draft]
    result: Result
    entry: Entry | None = None


JointAttempt = Callable[[psycopg.Connection], JointDecision[Result] | Answer]
"""Loads, and decides; called anew whenever one of the wallets moved on. An Answer is one that was given before."""


def post_together(attempt: JointAttempt[Result], asked: Asked | None = None) -> Result | Answer:
    """Load, decide, save, of several wallets; again, if somebody else posted to one of them in between.

    With `asked`, answers and refusals are kept under its key, as `service.post` keeps them. Joins the current unit of
    work, if there is one. After a few attempts the wallets are locked first, in order. Raises WalletBusy if even that
    did not help.
    """
    with transaction():
        outcome = _repeat(attempt, asked)
        failpoint("transfer.before_commit")
    failpoint("transfer.after_commit")
    return outcome


def load_drafts(connection: psycopg.Connection, wanted: Mapping[UUID, Iterable[UUID]]) -> dict[UUID, Draft]:
    """Working copies of whole wallets at one instant, all that is due settled; with the lots that are named besides.

    They fit together: none of the wallets moved on while they were read. Raises WalletNotFound, MovedOn.
    """
    now, heads = find_heads(connection, wanted)
    now = max(now, *(head.posted_at for head in heads.values()))
    drafts = {wallet_id: _draft(connection, heads[wallet_id], now, lot_ids) for wallet_id, lot_ids in wanted.items()}
    if find_heads(connection, wanted)[1] != heads:
        raise MovedOn(wanted)
    for draft in drafts.values():
        settle_due(draft)
    return drafts


def _draft(connection: psycopg.Connection, head: Head, now: datetime, lot_ids: Iterable[UUID]) -> Draft:
    draft = repository.draft_of_wallet(connection, head, now, also=list(lot_ids))
    draft.roots.update(roots_of(connection, head.wallet_id, [lot.lot_id for lot in draft.lots]))
    return draft


def _repeat(attempt: JointAttempt[Result], asked: Asked | None) -> Result | Answer:
    to_lock: list[UUID] = []
    for number in range(_ATTEMPTS):
        try:
            with db.session.begin_nested():  # what is saved and locked in here goes, should it have to begin anew
                # asked for inside: the savepoint is not set before the session needs its connection
                return _try(unit_connection(), attempt, asked, to_lock)
        except MovedOn as moved:
            to_lock = moved.wallet_ids if number + 1 >= _ATTEMPTS_UNLOCKED else []
        except UniqueViolation:
            continue  # the twin of this request was answered just now; the next attempt finds its answer
        except PeyvandError as failure:
            return answer_to(failure, unit_connection(), asked)
    raise WalletBusy


def _try(
    connection: psycopg.Connection, attempt: JointAttempt[Result], asked: Asked | None, to_lock: list[UUID]
) -> Result | Answer:
    for wallet_id in to_lock:
        repository.lock_wallet(connection, wallet_id)
    decision = attempt(connection)
    if isinstance(decision, Answer):
        return decision
    if to_lock and not set(decision.drafts) <= set(to_lock):
        raise MovedOn(decision.drafts)  # a wallet more than is locked; it may come before those in the order
    answer = None if asked is None else Answer(201, asked.present(decision.result))
    for wallet_id in sorted(decision.drafts):
        posting = decision.drafts[wallet_id].posting()
        is_answer = decision.entry is not None and decision.entry.wallet_id == wallet_id
        if posting.entries and not save(
            connection,
            posting,
            key=asked.key if asked and is_answer else None,
            answer=answer if is_answer else None,
            entry=decision.entry if is_answer else None,
            outbox=rows_for(facts_of(posting)),
        ):
            raise MovedOn(decision.drafts)
        failpoint("transfer.between_saves")
    return decision.result if answer is None else answer
