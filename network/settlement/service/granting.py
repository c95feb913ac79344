"""What one person may not grant alone: kept until another approves or rejects it."""

from uuid import UUID

from network.audit.service import record
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.settlement.domain import (
    Dispute,
    DisputeVerdict,
    Grant,
    Verdict,
    check_granter,
    check_limit,
    check_no_grant,
    check_person,
    check_undecided,
    needs_second_person,
)
from network.settlement.errors import CalendarMissing, DisputeNotFound
from network.settlement.repository import cycles, disputes, grants
from network.settlement.service.deciding import decide
from network.settlement.service.states import locked_cycle, note


def waiting_grants() -> dict[UUID, Grant]:
    """What waits for a second person, by dispute."""
    return grants.waiting()


def set_grant_limit(person: str, currency: str, limit_minor: int) -> None:
    """Let a person grant so much alone in a currency, in minor units. Raises PersonMissing, CalendarMissing,
    BadGrantLimit.
    """
    name = check_person(person)
    check_limit(limit_minor)
    if all(each.currency != currency for each in cycles.all_calendars()):
        raise CalendarMissing(field="currency")
    with transaction():
        told = {"minor": grants.limit_of(name, currency)}, {"minor": limit_minor, "currency": currency}
        grants.set_limit(name, currency, limit_minor)
        record("disputes.limit", "staff", name, before=told[0], after=told[1])


def approve_grant(dispute_id: UUID, *, person: str) -> Dispute:
    """Grant what somebody else prepared: the dispute is accepted, to be settled with the open cycle.

    Raises DisputeNotFound, PersonMissing, DisputeDecided, GrantMissing, GranterIsPreparer, CalendarMissing.
    """
    by = check_person(person)
    with transaction():
        dispute = locked_dispute(dispute_id)
        grant = check_granter(grants.find_waiting(dispute_id), by)
        grants.decide_grant(grant.grant_id, Verdict.APPROVED, by, network_now())
        return decide(dispute, DisputeVerdict.ACCEPTED, by, grant.answer, grant.granted_minor)


def reject_grant(dispute_id: UUID, *, person: str) -> Dispute:
    """End what somebody else prepared; the dispute stays open, and is decided anew.

    Raises DisputeNotFound, PersonMissing, DisputeDecided, GrantMissing, GranterIsPreparer.
    """
    by = check_person(person)
    with transaction():
        dispute, now = locked_dispute(dispute_id), network_now()
        grant = check_granter(grants.find_waiting(dispute_id), by)
        grants.decide_grant(grant.grant_id, Verdict.REJECTED, by, now)
        told = {"dispute": show("dsp", dispute_id), "granted_minor": grant.granted_minor}
        note(dispute.cycle_id, by, "grant rejected", told, {"dispute": show("dsp", dispute_id)}, now)
    return dispute


def locked_dispute(dispute_id: UUID) -> Dispute:
    """An open dispute whose cycle is locked: of two who decide at once, the second sees what the first decided.

    Joins the unit of work. Raises DisputeNotFound, DisputeDecided.
    """
    found = disputes.find_dispute(dispute_id)
    if found is None:
        raise DisputeNotFound
    locked_cycle(found.cycle_id)
    dispute = disputes.find_dispute(dispute_id) or found
    check_undecided(dispute)
    return dispute


def prepared(dispute: Dispute, granted_minor: int, answer: str, by: str) -> bool:
    """Whether a grant is too much for one person; then it is kept for another. Raises GrantWaits."""
    check_no_grant(grants.find_waiting(dispute.dispute_id))
    if not needs_second_person(granted_minor, grants.limit_of(by, dispute.currency)):
        return False
    now = network_now()
    grants.insert_grant(
        Grant(
            grant_id=new_id(),
            dispute_id=dispute.dispute_id,
            granted_minor=granted_minor,
            answer=answer,
            prepared_by=by,
            prepared_at=now,
        )
    )
    shown = show("dsp", dispute.dispute_id)
    told = {"dispute": shown, "granted_minor": granted_minor, "answer": answer}
    note(dispute.cycle_id, by, "grant prepared", {"dispute": shown}, told, now)
    return True


def end_waiting(dispute_id: UUID, by: str) -> None:
    """A dispute that is rejected leaves no grant behind, whoever prepared it."""
    grant = grants.find_waiting(dispute_id)
    if grant is not None:
        grants.decide_grant(grant.grant_id, Verdict.REJECTED, by, network_now())
