"""An approved cycle is instructed: who pays whom, by which file or service.

Instructions, files and the step to `instructed` are one transaction: they are all there, or none. The payment service
is asked afterwards, each payment by itself under its own key, so that whoever asks again pays nothing twice.
"""

from datetime import datetime
from uuid import UUID

from network.audit.service import record
from network.infrastructure.failpoints import failpoint
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners import service as partners
from network.payments.chosen import find_gateway
from network.settlement.domain import (
    THE_NETWORK,
    Cycle,
    Instruction,
    Method,
    State,
    check_payer,
    instructions_of,
    payments_of,
)
from network.settlement.errors import BankDetailsMissing, CycleNotReady, PayerIsRecorder
from network.settlement.repository import accounts, covers, notices, statements, trail
from network.settlement.repository import instructions as repository
from network.settlement.repository.instructions import SettlementFile
from network.settlement.service.asking import due_at_gateway, pay_by_gateway
from network.settlement.service.cycles import get_cycle
from network.settlement.service.files import files_of
from network.settlement.service.finishing import finish_cycle
from network.settlement.service.letting_go import check_recorders
from network.settlement.service.lifecycle import mark_instructed
from network.settlement.service.reissuing import covered_of
from network.settlement.service.states import locked_cycle


def instruct(cycle_id: UUID, *, by: str = THE_NETWORK) -> Cycle:
    """Make the payments of an approved cycle, once, and ask the payment service for those that are its.

    Must not be called inside a unit of work: what is instructed commits first; nor by who submitted the cycle. Raises
    PayerIsPreparer, PayerIsRecorder, CycleNotFound, CycleNotReady, BankDetailsMissing, CurrencyNotSupported,
    BankFileInvalid; of the payment service NoPaymentService, PaymentRefused, PaymentServiceAway: then the
    rest is paid, and this payment when it is asked for again (`domain.asking`).
    """
    with transaction():
        cycle, now = locked_cycle(cycle_id), network_now()
        check_payer(trail.find_submission(cycle_id, cycle.version), by)
        if not cycle.state.has_reached(State.INSTRUCTED):
            made = _covered(cycle, _planned(cycle, now), now)
            repository.insert_instructions(made, now)
            failpoint("settlement.in_instructions")
            told = [each for each in made if not each.progress.is_done]
            repository.insert_files(cycle, files_of(cycle, told, accounts.details_at(now), now), now)
            check_recorders(cycle, made, by, now)
            failpoint("settlement.in_files")
            mark_instructed(cycle_id, by=by)
            finish_cycle(cycle_id)
    failpoint("settlement.after_instructed")
    pay_by_gateway(cycle_id)
    return get_cycle(cycle_id)


def due_to_instruct() -> list[UUID]:
    """Cycles for `instruct`: approved, with the details of everybody who pays or is paid, none of which only the person
    has seen who recorded them; or with payments that the payment service is to be asked for now.
    """
    unpaid = [each.cycle_id for each in due_at_gateway()] if find_gateway() else []
    return list(dict.fromkeys([*filter(_can_be_instructed, repository.approved_cycle_ids()), *unpaid]))


def instructions(cycle: Cycle) -> list[Instruction]:
    """The payments of a cycle, and where each stands."""
    return repository.instructions_of_cycle(cycle)


def settlement_files(cycle: Cycle, *, take: bool) -> list[SettlementFile]:
    """The files of a cycle. Whoever takes them sends them: their instructions are `sent` from now on."""
    with transaction():
        files = repository.files_of_cycle(cycle.cycle_id)
        if take:
            repository.lock_instructions(cycle.cycle_id)  # before the cycle, as whoever settles them does
            if locked_cycle(cycle.cycle_id).state is State.INSTRUCTED:
                repository.mark_sent(cycle, [Method.CREDIT_TRANSFER, Method.DIRECT_DEBIT, Method.INVOICE])
                record("payments.files", "cycle", show("cyc", cycle.cycle_id), after={"files": len(files)})
    return files


def _planned(cycle: Cycle, now: datetime) -> tuple[Instruction, ...]:
    """The instructions of a cycle by what is known now."""
    if cycle.state is not State.APPROVED:
        raise CycleNotReady(f"{cycle.name} is {cycle.state.value}; it can be instructed once it is approved.")
    operator_id = partners.ensure_operator().partner_id
    positions = statements.positions_of(cycle.cycle_id, cycle.version)
    nets = {partner_id: position.net_minor for partner_id, position in positions.items()}
    payments = payments_of(accounts.find_scheme(), nets, operator_id)
    assert cycle.approved_at
    try:
        return instructions_of(
            cycle,
            payments,
            accounts.details_at(now),
            operator_id,
            has_gateway=find_gateway() is not None,
            due_on=notices.find_policy().pay_on(cycle.approved_at, now),
        )
    except BankDetailsMissing as failure:
        codes = [partners.get_partner(partner_id).code for partner_id in failure.extra["partner_ids"]]
        raise BankDetailsMissing(f"Bank details are missing of: {', '.join(sorted(codes))}.") from failure


def _covered(cycle: Cycle, made: tuple[Instruction, ...], now: datetime) -> tuple[Instruction, ...]:
    """The instructions of a cycle of which a default was covered before they were made."""
    covered, anew = covered_of(cycle, made, covers.in_default(cycle.cycle_id), now)
    by_id = {each.instruction_id: each for each in covered}
    return (*(by_id.get(each.instruction_id, each) for each in made), *anew)


def _can_be_instructed(cycle_id: UUID) -> bool:
    try:
        cycle, now = get_cycle(cycle_id), network_now()
        check_recorders(cycle, _planned(cycle, now), THE_NETWORK, now)
    except (BankDetailsMissing, CycleNotReady, PayerIsRecorder):
        return False
    return True
