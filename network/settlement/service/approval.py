"""Four eyes: one person submits a stated cycle, another approves it or rejects it.

Its amounts are measured again at both: netted anew from the folded sums, and from the ledger's movements themselves.
Each use case is one transaction that locks the cycle, so that of many who decide at once one does. The movements are
read before it, which takes the longer the more there are: a transaction that locks has an id, below which no cut can go
until it ends, and would keep the next close waiting. What was read is not out of date then: a cycle that is cut has
all its movements, and none of them changes.
"""

from collections.abc import Sequence
from uuid import UUID

from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.settlement.domain import (
    Cycle,
    Slice,
    State,
    Submission,
    Verdict,
    check_decider,
    check_person,
    check_reason,
    check_submission,
    differing,
)
from network.settlement.errors import AmountsDiffer
from network.settlement.events import CycleApproved, CycleRejected, CycleSubmitted
from network.settlement.repository import statements, trail
from network.settlement.repository.measuring import measured_sums
from network.settlement.service.close import net_cycle, state_cycle, told_of
from network.settlement.service.cycles import get_cycle
from network.settlement.service.netting import netting_of_cycle, netting_of_slices
from network.settlement.service.numbering import number_statements
from network.settlement.service.states import locked_cycle, note, take_step


def submit(cycle_id: UUID, *, person: str) -> Submission:
    """Put the statements of a cycle up for approval by somebody else.

    Raises CycleNotFound, PersonMissing, CycleNotReady, AlreadySubmitted, AmountsDiffer.
    """
    preparer, cycle = check_person(person), get_cycle(cycle_id)
    check_submission(cycle.state, submission_of(cycle))
    from_ledger = measured_sums(cycle)
    with transaction():
        cycle, now = locked_cycle(cycle_id), network_now()
        check_submission(cycle.state, submission_of(cycle))
        told = _compared(cycle, from_ledger)
        submission = Submission(cycle_id=cycle_id, version=cycle.version, prepared_by=preparer, prepared_at=now)
        trail.insert_submission(submission)
        note(cycle_id, preparer, "submitted", {}, told | {"version": cycle.version}, now)
        announce(CycleSubmitted(cycle_id=cycle_id, currency=cycle.currency, version=cycle.version, submitted_at=now))
    return submission


def approve(cycle_id: UUID, *, person: str) -> Cycle:
    """Stand for the amounts of a cycle that somebody else submitted; from then on they are final.

    Its statements become invoices and credit notes, and get their numbers.
    Raises CycleNotFound, PersonMissing, NotSubmitted, SubmissionDecided, ApproverIsPreparer, AmountsDiffer.
    """
    approver, cycle = check_person(person), get_cycle(cycle_id)
    check_decider(submission_of(cycle), approver)
    from_ledger = measured_sums(cycle)
    with transaction():
        cycle, now = locked_cycle(cycle_id), network_now()
        check_decider(submission_of(cycle), approver)
        told = _compared(cycle, from_ledger)
        trail.decide_submission(cycle_id, cycle.version, Verdict.APPROVED, approver, now, None)
        approved = take_step(cycle, State.APPROVED, now, who=approver, told=told)
        number_statements(approved, now)
        announce(CycleApproved(cycle_id=cycle_id, currency=cycle.currency, version=cycle.version, approved_at=now))
        failpoint("settlement.in_approval")
    return approved


def reject(cycle_id: UUID, *, person: str, reason: str) -> Cycle:
    """End what somebody else submitted: the cycle is netted anew, and its statements get their next version.

    Must not be called inside a unit of work: the rejection commits before the cycle is netted; should that be
    interrupted, the next tick goes on. Raises CycleNotFound, PersonMissing, ReasonMissing, NotSubmitted,
    SubmissionDecided, ApproverIsPreparer.
    """
    rejecter, told = check_person(person), check_reason(reason)
    with transaction():
        cycle, now = locked_cycle(cycle_id), network_now()
        check_decider(submission_of(cycle), rejecter)
        trail.decide_submission(cycle_id, cycle.version, Verdict.REJECTED, rejecter, now, told)
        take_step(cycle, State.CUT, now, who=rejecter, what="rejected", told={"reason": told})
        announce(CycleRejected(cycle_id=cycle_id, currency=cycle.currency, version=cycle.version, rejected_at=now))
    failpoint("settlement.after_rejection")
    net_cycle(cycle_id)
    state_cycle(cycle_id)
    return get_cycle(cycle_id)


def submission_of(cycle: Cycle) -> Submission | None:
    """How far the approval of a cycle's present version is; None if nobody has submitted it."""
    return trail.find_submission(cycle.cycle_id, cycle.version)


def measure(cycle: Cycle) -> dict[str, int]:
    """Measure a stated cycle again; what the audit trail says of its amounts. Raises AmountsDiffer.

    Costs one pass over the movements of the cycle.
    """
    return _compared(cycle, measured_sums(cycle))


def _compared(cycle: Cycle, from_ledger: Sequence[Slice]) -> dict[str, int]:
    """Compare what is stated with the folded sums and with those of the movements. Raises AmountsDiffer."""
    stated, netting = statements.lines_of(cycle.cycle_id, cycle.version), netting_of_cycle(cycle)
    found = differing(
        stated,
        statements.positions_of(cycle.cycle_id, cycle.version),
        from_slices=netting,
        from_ledger=netting_of_slices(cycle, from_ledger),
    )
    if found:
        raise AmountsDiffer(f"{cycle.name} is not stated as it is measured by {' and '.join(found)}.", differs=found)
    return told_of(netting)
