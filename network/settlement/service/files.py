"""The files of a cycle's instructions: for the bank, and for those who are asked to pay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from network.kernel.money import show_minor
from network.partners import service as partners
from network.payments.bank_files import COLLECTIONS, TRANSFERS, credit_transfers, direct_debits
from network.payments.domain import Collection, Transfer
from network.settlement.domain import BankDetails, Cycle, Instruction, Method, message_id, message_id_anew
from network.settlement.repository.instructions import SettlementFile
from network.settlement.repository.notices import find_policy


def files_of(
    cycle: Cycle, instructions: Sequence[Instruction], details: Mapping[UUID, BankDetails], now: datetime
) -> list[SettlementFile]:
    """The files of an approved cycle. Raises CurrencyNotSupported, BankFileInvalid."""
    assert cycle.approved_at
    due_on = find_policy().pay_on(cycle.approved_at, now)
    stem, at = _stem(cycle), cycle.approved_at
    by_method = {method: [each for each in instructions if each.method is method] for method in Method}
    files = [_payment_request(cycle, each, details, due_on, stem) for each in by_method[Method.INVOICE]]
    if by_method[Method.CREDIT_TRANSFER]:
        batch = _Batch(cycle, message_id(cycle, "CT"), stem, at, due_on)
        files.append(_transfers(batch, by_method[Method.CREDIT_TRANSFER], details))
    if by_method[Method.DIRECT_DEBIT]:
        batch = _Batch(cycle, message_id(cycle, "DD"), stem, at, due_on)
        files.append(_collections(batch, by_method[Method.DIRECT_DEBIT], details))
    return files


def files_anew(
    cycle: Cycle, instruction: Instruction, details: Mapping[UUID, BankDetails], now: datetime
) -> list[SettlementFile]:
    """The file of one payment that is made anew, under a message id of its own; none for the payment service's.

    Raises CurrencyNotSupported, BankFileInvalid.
    """
    assert cycle.approved_at
    due_on = find_policy().pay_on(cycle.approved_at, now)
    stem = f"{_stem(cycle)}-{instruction.end_to_end_id}"
    if instruction.method is Method.INVOICE:
        return [_payment_request(cycle, instruction, details, due_on, stem)]
    if instruction.method is Method.CREDIT_TRANSFER:
        batch = _Batch(cycle, message_id_anew(instruction, "CT"), stem, now, due_on)
        return [_transfers(batch, [instruction], details)]
    if instruction.method is Method.DIRECT_DEBIT:
        batch = _Batch(cycle, message_id_anew(instruction, "DD"), stem, now, due_on)
        return [_collections(batch, [instruction], details)]
    return []


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a file for the bank says of itself."""

    cycle: Cycle
    message_id: str
    stem: str
    made_at: datetime
    on: date


def _transfers(
    batch: _Batch, instructions: Sequence[Instruction], details: Mapping[UUID, BankDetails]
) -> SettlementFile:
    transfers = [
        Transfer(
            end_to_end_id=each.end_to_end_id,
            amount_minor=each.amount_minor,
            to=details[each.payee_id].account,
            text=_text(batch.cycle, each),
        )
        for each in instructions
    ]
    body = credit_transfers(
        batch.message_id,
        details[instructions[0].payer_id].account,
        batch.cycle.currency,
        transfers,
        made_at=batch.made_at,
        pay_on=batch.on,
    )
    return SettlementFile(f"{batch.stem}-{TRANSFERS}.xml", "pain.001", "application/xml", body)


def _collections(
    batch: _Batch, instructions: Sequence[Instruction], details: Mapping[UUID, BankDetails]
) -> SettlementFile:
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
                text=_text(batch.cycle, each),
            )
        )
    creditor = details[instructions[0].payee_id]
    assert creditor.creditor_id
    body = direct_debits(
        batch.message_id,
        creditor.account,
        creditor.creditor_id,
        collections,
        made_at=batch.made_at,
        collect_on=batch.on,
    )
    return SettlementFile(f"{batch.stem}-{COLLECTIONS}.xml", "pain.008", "application/xml", body)


def _payment_request(
    cycle: Cycle, instruction: Instruction, details: Mapping[UUID, BankDetails], due_on: date, stem: str
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
    name = f"{stem}-{payer.code}-pays-{payee.code}.txt"
    return SettlementFile(name, "payment_request", "text/plain; charset=utf-8", body)


def _stem(cycle: Cycle) -> str:
    return f"{cycle.name.replace(' ', '-')}-v{cycle.version}"


def _text(cycle: Cycle, instruction: Instruction) -> str:
    return f"Settlement {cycle.name} {instruction.reference}"
