"""What a member lets be spent: it locks and unlocks its points, sets a limit, opens partners, approves one burn."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock
from network.kernel.identifiers import new_id
from network.members.service import lock_member
from network.sessions.domain import Session
from network.signin import repository
from network.signin.domain import APPROVAL_LIVES, DEFAULT_LIMIT_POINTS, Approval, SpendRules
from network.signin.errors import ApprovalNotFound, BadSpendLimit
from network.signin.events import SpendRulesChanged
from network.signin.service.enter import check_fresh


@dataclass(frozen=True, slots=True)
class Spending:
    """What a member lets be spent, for its own pages; `opened` tells since when each partner is."""

    rules: SpendRules
    opened: dict[UUID, datetime]


def spending_of(member_id: UUID) -> Spending:
    """What a member lets be spent."""
    return Spending(repository.find_rules(member_id), repository.opened_partners(member_id))


def lock_spending(session: Session) -> None:
    """Let nothing be spent, from the next request on; a proof from ten minutes ago is not asked for that."""
    _change(session, is_locked=True)


def unlock_spending(session: Session) -> None:
    """Let points be spent again. Raises StepUpNeeded."""
    check_fresh(session)
    _change(session, is_locked=False)


def ask_at_new_partners(session: Session, asks_first: bool) -> None:
    """Whether nothing is spent at partners that the member has not used or opened. Raises StepUpNeeded to stop that."""
    if not asks_first:
        check_fresh(session)
    _change(session, asks_first=asks_first)


def limit_spending(session: Session, points: int | None) -> None:
    """How many points one burn may have without an approval; None: the network's own limit.

    Raises BadSpendLimit, and StepUpNeeded for more than until now.
    """
    if points is not None and points < 0:
        raise BadSpendLimit
    before = repository.find_rules(session.subject_id).limit_points
    if _limit(points) > _limit(before):
        check_fresh(session)
    _change(session, limit_points=points)


def open_partner(session: Session, partner_id: UUID) -> None:
    """Let points be spent at a partner that the member has not used. Raises StepUpNeeded."""
    check_fresh(session)
    with transaction():
        lock_member(session.subject_id)
        repository.open_partner(session.subject_id, partner_id, _now())
        _announce(session.subject_id)


def close_partner(session: Session, partner_id: UUID) -> None:
    """Take that back; a partner that was used meanwhile stays one that was used."""
    with transaction():
        lock_member(session.subject_id)
        repository.close_partner(session.subject_id, partner_id)
        _announce(session.subject_id)


def approve_spending(session: Session, partner_id: UUID, points: int) -> Approval:
    """Allow one burn of at most so many points at one partner, within a quarter of an hour.

    It lifts the limit and the question at new partners, not the lock and not the day after a change of phone; the
    ledger takes it once. For burns without a code at the till it is the proof. Raises StepUpNeeded, BadSpendLimit.
    """
    check_fresh(session)
    if points < 1:
        raise BadSpendLimit
    approval = Approval(new_id(), session.subject_id, partner_id, points, _now() + APPROVAL_LIVES)
    with transaction():
        lock_member(session.subject_id)
        repository.insert_approval(approval)
    return approval


def withdraw_approval(session: Session, approval_id: UUID) -> None:
    """Take an approval back; one that was used stays used. Raises ApprovalNotFound."""
    with transaction():
        if not repository.withdraw_approval(session.subject_id, approval_id):
            raise ApprovalNotFound


def find_approval(approval_id: UUID) -> Approval | None:
    """What a member allowed, used or not."""
    return repository.find_approval(approval_id)


def _change(session: Session, **changes: bool | int | None) -> None:
    member_id = session.subject_id
    with transaction():
        lock_member(member_id)
        before = repository.find_rules(member_id)
        repository.set_rules(member_id, replace(before, **changes))  # type: ignore[arg-type]
        _announce(member_id)


def _announce(member_id: UUID) -> None:
    announce(SpendRulesChanged(member_id=member_id, changed_at=_now()))


def _limit(points: int | None) -> int:
    return DEFAULT_LIMIT_POINTS if points is None else points


def _now() -> datetime:
    return SystemClock().now()
