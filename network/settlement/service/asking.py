"""The payment service, asked: what it pays is settled, what it does not is noted, with when it is asked again."""

from uuid import UUID

from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.kernel.money import show_minor
from network.payments.chosen import get_gateway
from network.payments.domain import Order
from network.payments.errors import CurrencyNotSupported, PaymentKeyReused, PaymentRefused, PaymentServiceAway
from network.settlement.domain import (
    THE_NETWORK,
    Attempt,
    Cycle,
    Instruction,
    Method,
    Outcome,
    Progress,
    asked_again_at,
    check_payer,
    check_person,
    check_retry,
)
from network.settlement.errors import InstructionNotFound, NothingToRetry
from network.settlement.repository import attempts, trail
from network.settlement.repository import instructions as repository
from network.settlement.service.finishing import finish_cycle
from network.settlement.service.states import locked_cycle, note

_OUTCOMES = {
    PaymentServiceAway: Outcome.AWAY,
    PaymentRefused: Outcome.REFUSED,
    PaymentKeyReused: Outcome.REJECTED,
    CurrencyNotSupported: Outcome.REJECTED,
}


def pay_by_gateway(cycle_id: UUID) -> None:
    """Have the payment service pay what is its of an instructed cycle, and due; each payment is noted by itself.

    Must not be called inside a unit of work. Raises the first failure, when all have been tried: NoPaymentService,
    PaymentRefused, PaymentKeyReused, CurrencyNotSupported, PaymentServiceAway.
    """
    failures = []
    for each in due_at_gateway(cycle_id):
        try:
            _pay(each)
        except PeyvandError as failure:
            _note(each, failure)
            failures.append(failure)
    if failures:
        raise failures[0]


def due_at_gateway(cycle_id: UUID | None = None) -> list[Instruction]:
    """Instructions, of a cycle or of all, that the payment service has not carried out and is to be asked for now."""
    now, last = network_now(), attempts.last_attempts(cycle_id)
    unpaid = repository.unpaid_by_gateway(cycle_id)
    return [each for each in unpaid if each.instruction_id not in last or last[each.instruction_id].is_due(now)]


def refusals_of(cycle: Cycle) -> dict[UUID, Attempt]:
    """What the payment service said last of those payments of a cycle that it has not made."""
    unpaid = {each.instruction_id for each in repository.unpaid_by_gateway(cycle.cycle_id)}
    return {number: each for number, each in attempts.last_attempts(cycle.cycle_id).items() if number in unpaid}


def retry_payment(end_to_end_id: str, *, person: str) -> Instruction:
    """Let the payment service be asked again for what it refused, within a minute.

    Raises PayerIsPreparer, PersonMissing, InstructionNotFound, and NothingToRetry for a payment that is not waiting for
    anything.
    """
    by = check_person(person)
    found = repository.find_instruction(end_to_end_id.strip().upper())
    if found is None:
        raise InstructionNotFound
    with transaction():
        now, instruction = network_now(), repository.lock_instruction(found.instruction_id)
        if instruction.method is not Method.GATEWAY or instruction.progress is not Progress.PREPARED:
            raise NothingToRetry
        check_retry(attempts.attempts_of(instruction.instruction_id), now)
        _insert(instruction, Outcome.RETRY, "a person lets it be asked again", by)
        cycle = locked_cycle(instruction.cycle_id)
        check_payer(trail.find_submission(cycle.cycle_id, cycle.version), by)
        note(instruction.cycle_id, by, "retried", {}, {"payment": instruction.end_to_end_id}, now)
    return instruction


def _pay(instruction: Instruction) -> None:
    """The service is asked outside any transaction: while one waited for it, no cycle could be cut. Who asks twice, or
    side by side, asks with the same key.
    """
    reference = get_gateway().pay(_order(instruction))
    failpoint("settlement.in_payment")
    with transaction():
        if repository.lock_instruction(instruction.instruction_id).progress is Progress.PREPARED:
            repository.change_progress(instruction.instruction_id, Progress.SETTLED, reference)
            finish_cycle(instruction.cycle_id)


def _note(instruction: Instruction, failure: PeyvandError) -> None:
    """Keep what the service said; that there is none is nothing it said."""
    outcome = _OUTCOMES.get(type(failure))
    if outcome is None:
        return
    with transaction():
        if repository.lock_instruction(instruction.instruction_id).progress is not Progress.PREPARED:
            return
        attempt = _insert(instruction, outcome, failure.detail, THE_NETWORK)
        if attempt.retry_at is None:
            locked_cycle(instruction.cycle_id)
            told = {"payment": instruction.end_to_end_id, "reason": attempt.detail}
            note(instruction.cycle_id, THE_NETWORK, "refused for good", {}, told, attempt.noted_at)


def _insert(instruction: Instruction, outcome: Outcome, detail: str, by: str) -> Attempt:
    now, before = network_now(), attempts.attempts_of(instruction.instruction_id)
    attempt = Attempt(
        instruction_id=instruction.instruction_id,
        number=len(before) + 1,
        outcome=outcome,
        detail=detail,
        noted_by=by,
        noted_at=now,
        retry_at=asked_again_at(outcome, before, now),
    )
    attempts.insert_attempt(attempt)
    return attempt


def _order(instruction: Instruction) -> Order:
    assert instruction.gateway_account
    amount = show_minor(instruction.amount_minor, instruction.currency)
    return Order(
        key=instruction.end_to_end_id,
        amount_minor=instruction.amount_minor,
        currency=instruction.currency,
        destination=instruction.gateway_account,
        text=f"Settlement {amount} {instruction.reference}",
    )
