"""The files of a cycle's instructions: for the bank, and for those who are asked to pay."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from network.kernel.money import show_minor
from network.partners import service as partners
from network.payments.bank_files import COLLECTIONS, TRANSFERS, credit_transfers, direct_debits
from network.payments.domain import Collection, Transfer
from network.settlement.domain import BankDetails, Cycle, Instruction, Method, message_id
from network.settlement.repository.instructions import SettlementFile
from network.settlement.repository.notices import find_policy


def files_of(
    cycle: Cycle, instructions: Sequence[Instruction], details: Mapping[UUID, BankDetails], now: datetime
) -> list[SettlementFile]:
    """The files of an approved cycle. Raises CurrencyNotSupported, BankFileInvalid."""
    assert cycle.approved_at
    due_on = find_policy().pay_on(cycle.approved_at, now)
    by_method = {method: [each for each in instructions if each.method is method] for method in Method}
    files = [_payment_request(cycle, each, details, due_on) for each in by_method[Method.INVOICE]]
    if by_method[Method.CREDIT_TRANSFER]:
        files.append(_transfers(cycle, by_method[Method.CREDIT_TRANSFER], details, due_on))
    if by_method[Method.DIRECT_DEBIT]:
        files.append(_collections(cycle, by_method[Method.DIRECT_DEBIT], details, due_on))
    return files


def _transfers(
    cycle: Cycle, instructions: Sequence[Instruction], details: Mapping[UUID, BankDetails], due_on: date
) -> SettlementFile:
    assert cycle.approved_at
    transfers = [
        Transfer(
            end_to_end_id=each.end_to_end_id,
            amount_minor=each.amount_minor,
            to=details[each.payee_id].account,
            text=_text(cycle, each),
        )
        for each in instructions
    ]
    body = credit_transfers(
        message_id(cycle, "CT"),
        details[instructions[0].payer_id].account,
        cycle.currency,
        transfers,
        made_at=cycle.approved_at,
        pay_on=due_on,
    )
    return SettlementFile(f"{_stem(cycle)}-{TRANSFERS}.xml", "pain.001", "application/xml", body)


def _collections(
    cycle: Cycle, instructions: Sequence[Instruction], details: Mapping[UUID, BankDetails], due_on: date
) -> SettlementFile:
    assert cycle.approved_at
    collections = []
    for each in instructions:
        payer = details[each.payer_id]
        assert payer.mandate_id and payer.mandate_date
        collections.append(
            Collection(
                end_to_end_id=each.end_to_end_id,
                amount_minor=each.amount_minor,
                debtor=payer.account,
                mandate_id=payer.mandate_id,
                mandate_date=payer.mandate_date,
                text=_text(cycle, each),
            )
        )
    creditor = details[instructions[0].payee_id]
    assert creditor.creditor_id
    body = direct_debits(
        message_id(cycle, "DD"),
        creditor.account,
        creditor.creditor_id,
        collections,
        made_at=cycle.approved_at,
        collect_on=due_on,
    )
    return SettlementFile(f"{_stem(cycle)}-{COLLECTIONS}.xml", "pain.008", "application/xml", body)


def _payment_request(
    cycle: Cycle, instruction: Instruction, details: Mapping[UUID, BankDetails], due_on: date
) -> SettlementFile:
    """What asks a partner to pay: amount, account, due date and the payment reference by which it will be known."""
    payer, payee = partners.get_partner(instruction.payer_id), partners.get_partner(instruction.payee_id)
    account = details[payee.partner_id].account
    lines = (
        ("Payment request", cycle.name),
        ("Statement version", str(cycle.version)),
        ("From", f"{payer.name} ({payer.code})"),
        ("To", account.holder),
        ("IBAN", account.iban),
        ("BIC", account.bic or "not needed"),
        ("Amount", show_minor(instruction.amount_minor, cycle.currency)),
        ("Payment reference", instruction.reference),
        ("Due", due_on.isoformat()),
        ("Our id", instruction.end_to_end_id),
    )
    body = "".join(f"{name + ':':<20}{told}\n" for name, told in lines).encode()
    name = f"{_stem(cycle)}-{payer.code}-pays-{payee.code}.txt"
    return SettlementFile(name, "payment_request", "text/plain; charset=utf-8", body)


def _stem(cycle: Cycle) -> str:
    return f"{cycle.name.replace(' ', '-')}-v{cycle.version}"


def _text(cycle: Cycle, instruction: Instruction) -> str:
    return f"Settlement {cycle.name} {instruction.reference}"
