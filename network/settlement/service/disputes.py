"""Disputes: opened by a partner within the window, accepted or rejected by the operator.

What is granted lands as an adjustment in the cycle that is open then; nothing that is closed is edited.
"""

from uuid import UUID

from network.infrastructure.database import db, unit_connection
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.requests import Answer, Asked, find_answer, store_answer
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import new_id, show
from network.partners.service import find_partner_by_code
from network.settlement.domain import (
    Dispute,
    DisputeVerdict,
    OpenDispute,
    Statement,
    check_in_time,
    check_person,
    check_reason,
    granted_amount,
    parties_of_line,
)
from network.settlement.errors import DisputeExists, DisputeNotFound, LineNotFound, SettlementNotFound
from network.settlement.events import DisputeOpened
from network.settlement.repository import disputes as repository
from network.settlement.repository import notices, statements
from network.settlement.service.deciding import decide
from network.settlement.service.granting import end_waiting, locked_dispute, prepared
from network.settlement.service.states import locked_cycle, note

_CREATED = 201


def open_dispute(partner_id: UUID, statement_id: UUID, command: OpenDispute, asked: Asked) -> Answer:
    """Dispute one's own statement, or a line of it; the answer is kept under its key, a refusal too.

    Refusals: SettlementNotFound, LineNotFound, DisputeTooLate, DisputeExists. Raises KeyReused.
    """
    with transaction():
        statement = statements.find_statement(partner_id, statement_id)
        if statement is not None:
            locked_cycle(statement.cycle_id)  # twins of this request take turns
        before = find_answer(unit_connection(), asked.key)
        if before is not None:
            return before
        try:
            with db.session.begin_nested():
                dispute = _open(partner_id, statement, command)
        except PeyvandError as refusal:
            return store_answer(unit_connection(), asked.key, asked.refuse(refusal))
        return store_answer(unit_connection(), asked.key, Answer(_CREATED, asked.present(dispute)))


def accept_dispute(dispute_id: UUID, *, person: str, answer: str, amount_minor: int | None = None) -> Dispute:
    """Grant a dispute, by what was claimed or another amount in minor units, to be settled with the open cycle.

    Beyond what the person may grant alone it waits for another (`approve_grant`), and the dispute is still open.
    Raises DisputeNotFound, PersonMissing, ReasonMissing, DisputeDecided, NothingGranted, GrantWaits, CalendarMissing.
    """
    by, told = check_person(person), check_reason(answer)
    with transaction():
        dispute = locked_dispute(dispute_id)
        granted = granted_amount(dispute, amount_minor)
        if prepared(dispute, granted, told, by):
            return dispute
        return decide(dispute, DisputeVerdict.ACCEPTED, by, told, granted)


def reject_dispute(dispute_id: UUID, *, person: str, answer: str) -> Dispute:
    """End a dispute without granting anything; a grant that waits for a second person ends with it.

    Raises DisputeNotFound, PersonMissing, ReasonMissing, DisputeDecided.
    """
    by, told = check_person(person), check_reason(answer)
    with transaction():
        dispute = locked_dispute(dispute_id)
        end_waiting(dispute_id, by)
        return decide(dispute, DisputeVerdict.REJECTED, by, told, None)


def list_disputes(partner_id: UUID, *, before: UUID | None = None, most: int = 20) -> list[Dispute]:
    """A partner's disputes, newest first, older than `before`."""
    return repository.disputes_of(partner_id, before=before, most=most)


def get_dispute(partner_id: UUID, dispute_id: UUID) -> Dispute:
    """One of a partner's disputes. Raises DisputeNotFound, for another partner's too."""
    found = repository.find_dispute(dispute_id)
    if found is None or found.partner_id != partner_id:
        raise DisputeNotFound
    return found


def waiting_disputes() -> list[Dispute]:
    """Those that wait for a decision, oldest first."""
    return repository.open_disputes()


def _open(partner_id: UUID, statement: Statement | None, command: OpenDispute) -> Dispute:
    if statement is None:
        raise SettlementNotFound
    now = network_now()
    check_in_time(notices.find_policy().disputable_until(statement.stated_at), now)
    line = _line_of(partner_id, statement, command)
    if repository.has_open(statement.statement_id, line):
        raise DisputeExists
    dispute = Dispute(
        dispute_id=new_id(),
        statement_id=statement.statement_id,
        cycle_id=statement.cycle_id,
        partner_id=partner_id,
        currency=statement.currency,
        line=line,
        leg=command.leg,
        counterparty=command.counterparty,
        base_leg=command.base_leg,
        claimed_minor=command.claimed_minor,
        reason=command.reason,
        evidence=command.evidence,
        attachment=command.attachment,
        opened_at=now,
    )
    repository.insert_dispute(dispute)
    shown, who = show("dsp", dispute.dispute_id), show("par", partner_id)
    told = {"dispute": shown, "line": line, "claimed_minor": command.claimed_minor}
    note(statement.cycle_id, who, "disputed", {}, told, now)
    announce(
        DisputeOpened(
            dispute_id=dispute.dispute_id,
            statement_id=statement.statement_id,
            partner_id=partner_id,
            currency=statement.currency,
            claimed_minor=command.claimed_minor,
            opened_at=now,
        )
    )
    return dispute


def _line_of(partner_id: UUID, statement: Statement, command: OpenDispute) -> int | None:
    """The number of the line that is disputed; None for the whole statement. Raises LineNotFound."""
    if command.leg is None or command.counterparty is None:
        return None
    other = find_partner_by_code(command.counterparty)
    if other is None:
        raise LineNotFound(field="counterparty")
    issuer_id, redeemer_id = parties_of_line(command.leg, partner_id, other.partner_id)
    line = repository.find_line(
        statement.cycle_id, statement.version, command.leg, issuer_id, redeemer_id, command.base_leg
    )
    if line is None:
        raise LineNotFound(field="leg" if command.base_leg is None else "base_leg")
    return line
