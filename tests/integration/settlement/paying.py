"""What tests of payments share: accounts, and payments by the code of the partner."""

from __future__ import annotations

from network.settlement import service as settlement
from network.settlement.domain import Cycle, Instruction
from tests.camt import OPERATOR_IBAN, Entry
from tests.integration.settlement.ledger import Ledger

IBANS = {
    "operator": OPERATOR_IBAN,
    "grocer": "FR1420041010050500013M02606",
    "fuel": "GB82WEST12345698765432",
    "coffee": "NL91ABNA0417164300",
}


def tell_accounts(ledger: Ledger, *codes: str, **more: object) -> None:
    """Bank details of the operator and of some partners."""
    for code in codes:
        settlement.record_bank_details(
            ledger.partner(code), person="sara", holder=code.title(), iban=IBANS[code], **more
        )


def cycle() -> Cycle:
    return settlement.get_cycle("2017-01")


def payments(ledger: Ledger) -> dict[str, Instruction]:
    codes = {ledger.partner(code): code for code in IBANS}
    found = settlement.instructions(cycle())
    return {next(codes[each] for each in (one.payer_id, one.payee_id) if codes[each] != "operator"): one
            for one in found}  # fmt: skip


def paid(each: Instruction, amount_minor: int | None = None, **more: object) -> Entry:
    """What the bank books for an instruction."""
    amount = each.expected_minor if amount_minor is None else amount_minor
    named = {"end_to_end_id": each.end_to_end_id} if amount < 0 else {"text": f"points {each.reference}"}
    return Entry(amount, **{**named, **more})
