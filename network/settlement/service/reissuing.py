"""Payments made anew: those that came back, and those that the operator makes for a partner in default."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners import service as partners
from network.payments.chosen import find_gateway
from network.settlement.domain import (
    Cycle,
    Instruction,
    Payment,
    Progress,
    State,
    assignable,
    check_payer,
    check_person,
    check_reissue,
    check_words,
    covered_payments,
    replacement_of,
)
from network.settlement.errors import InstructionNotFound
from network.settlement.repository import accounts, covers, instructions, notices, trail
from network.settlement.repository import reconciling as repository
from network.settlement.repository.reconciling import Match
from network.settlement.service.files import files_anew
from network.settlement.service.finishing import finish_cycle
from network.settlement.service.letting_go import check_recorders
from network.settlement.service.states import locked_cycle, note


def reissue(end_to_end_id: str, *, person: str, reason: str) -> Instruction:
    """Pay anew what came back whole, by the details that hold now, under a new end-to-end id; the new instruction.

    What came back is taken off the old one, which is `replaced`: nothing that is booked for it counts any more, and
    nobody makes it anew twice. Raises PayerIsPreparer, PayerIsRecorder, PersonMissing, ReasonMissing,
    InstructionNotFound, NotReissuable, NotAssignable, BankDetailsMissing, CurrencyNotSupported, BankFileInvalid.
    """
    by, why = check_person(person), check_words(reason)
    found = instructions.find_instruction(end_to_end_id.strip().upper())
    if found is None:
        raise InstructionNotFound
    with transaction():
        now = network_now()
        _take_back(found.instruction_id, by, why, now)
        check_reissue(repository.lock_expected([found.instruction_id])[found.instruction_id])
        cycle = locked_cycle(found.cycle_id)
        check_payer(trail.find_submission(cycle.cycle_id, cycle.version), by)
        payment = Payment(payer_id=found.payer_id, payee_id=found.payee_id, amount_minor=found.amount_minor)
        made = replacement_of(
            cycle,
            found,
            payment,
            accounts.details_at(now),
            partners.ensure_operator().partner_id,
            has_gateway=find_gateway() is not None,
            due_on=max(found.due_on, now.date()),
        )
        _insert(cycle, [made], now)
        check_recorders(cycle, [made], by, now)
        instructions.change_progress(found.instruction_id, Progress.REPLACED)
        after = {"payment": made.end_to_end_id, "amount_minor": made.amount_minor, "reason": why}
        note(cycle.cycle_id, by, "reissued", {"payment": found.end_to_end_id}, after, now)
        failpoint("settlement.in_reissue")
    return made


def outstanding_of(cycle: Cycle, partner_id: UUID) -> int | None:
    """What a partner has yet to pay of a cycle, in minor units, by its payments; None where there are none yet.

    Joins the unit of work, in which nothing of them changes from then on.
    """
    if cycle.state.has_reached(State.PAID):
        return 0
    instructions.lock_instructions(cycle.cycle_id)
    made = instructions.instructions_of_cycle(cycle)
    own = [each.instruction_id for each in made if each.payer_id == partner_id]
    if not made:
        return None
    found = [each for each in repository.lock_expected(own).values() if not each.is_final]
    return sum(abs(each.outstanding_minor) for each in found)


def cover_payments(cycle_id: UUID, partner_id: UUID, *, amount_minor: int, person: str, reason: str) -> None:
    """Let what a partner in default owes for a cycle count as covered, and pay others in its place.

    Its own payments are `covered`: nobody waits for them, so that the cycle comes to its end. Where partners pay each
    other the operator pays those that were to be paid by it. A cycle that is not instructed yet is so when it is.
    Joins the unit of work. Raises CycleNotFound, PayerIsRecorder, BankDetailsMissing, CurrencyNotSupported,
    BankFileInvalid.
    """
    with transaction():
        instructions.lock_instructions(cycle_id)  # before the cycle, as whoever settles them does
        cycle, now = locked_cycle(cycle_id), network_now()
        covers.insert_cover(cycle_id, partner_id, amount_minor, covered_by=person, reason=reason, covered_at=now)
        if cycle.state is not State.INSTRUCTED:
            return
        made = instructions.instructions_of_cycle(cycle)
        covered, anew = covered_of(cycle, made, frozenset({partner_id}), now)
        _insert(cycle, anew, now)
        check_recorders(cycle, anew, person, now)
        for each in covered:
            instructions.change_progress(each.instruction_id, Progress.COVERED)
        finish_cycle(cycle_id)


def covered_of(
    cycle: Cycle, made: Sequence[Instruction], in_default: frozenset[UUID], now: datetime
) -> tuple[list[Instruction], list[Instruction]]:
    """Which instructions partners in default will not pay, and which the operator makes in their place."""
    assert cycle.approved_at
    expected = repository.lock_expected([each.instruction_id for each in made if each.payer_id in in_default])
    left = {number: abs(each.outstanding_minor) for number, each in expected.items()}
    return covered_payments(
        cycle,
        [(each, left.get(each.instruction_id, each.amount_minor)) for each in made],
        in_default,
        accounts.details_at(now),
        partners.ensure_operator().partner_id,
        has_gateway=find_gateway() is not None,
        due_on=notices.find_policy().pay_on(cycle.approved_at, now),
    )


def _take_back(instruction_id: UUID, by: str, why: str, now: datetime) -> None:
    """Take what came back, and waits in suspense, off what was matched with an instruction."""
    for item in repository.lock_returns(instruction_id):
        expected = repository.lock_expected([instruction_id])[instruction_id]
        amount = assignable(item.open_minor, item.currency, expected)
        match = Match(booking_id=item.booking_id, instruction_id=instruction_id, amount_minor=amount)
        repository.insert_matches([match], by, now, f"{why} ({show('sus', item.booking_id)})")


def _insert(cycle: Cycle, made: Sequence[Instruction], now: datetime) -> None:
    instructions.insert_instructions(made, now)
    for each in made:
        files = files_anew(cycle, each, accounts.details_at(now), now)
        instructions.insert_files(cycle, files, now, instruction_id=each.instruction_id)
