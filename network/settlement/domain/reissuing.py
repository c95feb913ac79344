"""A payment that is made anew, in the place of one that came back or that its payer will not make."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from network.settlement.domain.cycle import Cycle
from network.settlement.domain.instructing import BankDetails, Instruction, Method, Progress, instruction_of, method_of
from network.settlement.domain.payments import Payment
from network.settlement.domain.reconciling import Expected
from network.settlement.errors import BankDetailsMissing, NotReissuable


def check_reissue(expected: Expected) -> None:
    """Whether a payment can be made anew: it came back, all of it, and its cycle is not closed. Raises NotReissuable.

    `expected`: with all that came back taken off what was matched.
    """
    if expected.progress is not Progress.RETURNED or expected.is_final:
        raise NotReissuable
    if expected.matched_minor:
        raise NotReissuable("Only a part of this payment came back: what is left is for a person to settle.")


def replacement_of(
    cycle: Cycle,
    old: Instruction,
    payment: Payment,
    details: Mapping[UUID, BankDetails],
    operator_id: UUID,
    *,
    has_gateway: bool,
    due_on: date,
) -> Instruction:
    """The payment that takes the place of another, by the details that hold now, under ids of its own.

    The same however often it is made. Raises BankDetailsMissing with `partner_ids`.
    """
    method = method_of(payment, cycle.currency, details, operator_id, has_gateway)
    if not isinstance(method, Method):
        raise BankDetailsMissing(partner_ids=[method])
    return instruction_of(cycle, payment, method, details, operator_id, due_on, replaces_id=old.instruction_id)


def covered_payments(
    cycle: Cycle,
    instructions: Iterable[tuple[Instruction, int]],
    in_default: frozenset[UUID],
    details: Mapping[UUID, BankDetails],
    operator_id: UUID,
    *,
    has_gateway: bool,
    due_on: date,
) -> tuple[list[Instruction], list[Instruction]]:
    """Of these instructions, each with what is outstanding of it: those that their payers, in default, will not pay;
    and those by which the operator pays other partners in their place. Raises BankDetailsMissing.
    """
    covered, made = [], []
    for each, outstanding_minor in instructions:
        is_open = each.progress not in (Progress.SETTLED, Progress.REPLACED, Progress.COVERED)
        if each.payer_id not in in_default or not is_open:
            continue
        covered.append(replace(each, progress=Progress.COVERED))
        if each.payee_id != operator_id and outstanding_minor:
            payment = Payment(payer_id=operator_id, payee_id=each.payee_id, amount_minor=outstanding_minor)
            made.append(
                replacement_of(cycle, each, payment, details, operator_id, has_gateway=has_gateway, due_on=due_on)
            )
    return covered, made
