"""Files for the bank: pain.001 (what we pay) and pain.008 (what we collect), written and validated by sepaxml.

The library makes its own ids and takes its own time; both are set here, so that the same payments make the same bytes.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from xml.etree import ElementTree

from sepaxml import SepaDD, SepaTransfer
from sepaxml.validation import ValidationError, try_valid_xml

from network.kernel.money import minor_digits
from network.payments.domain import Account, Collection, Transfer
from network.payments.errors import BankFileInvalid, CurrencyNotSupported

TRANSFERS = "pain.001.001.09"
COLLECTIONS = "pain.008.001.08"
_EURO = "EUR"
_RIAL = "IRR"  # a whole rial is this network's minor unit, a hundredth of it the bank's


def check_currency(currency: str) -> None:
    """Raises CurrencyNotSupported for one whose amounts banks do not write with two decimals."""
    if minor_digits(currency) != 2 and currency != _RIAL:
        raise CurrencyNotSupported(
            f"Bank files are written in currencies of two decimals; {currency} has another number.", currency=currency
        )


def credit_transfers(
    message_id: str, debtor: Account, currency: str, transfers: Sequence[Transfer], *, made_at: datetime, pay_on: date
) -> bytes:
    """A pain.001 of one batch: SEPA in euros, without a scheme of its own in any other currency.

    Raises CurrencyNotSupported, BankFileInvalid.
    """
    check_currency(currency)
    config = _party(debtor) | {"currency": currency, "batch": True, "domestic": currency != _EURO}
    file = SepaTransfer(config, schema=TRANSFERS, clean=False)
    for each in transfers:
        file.add_payment(
            _party(each.to)
            | {
                "amount": _cents(each.amount_minor, currency),
                "execution_date": pay_on,
                "description": each.text,
                "endtoend_id": each.end_to_end_id,
            }
        )
    charges = "SLEV" if currency == _EURO else "SHAR"
    return _finished(file.export(validate=False), TRANSFERS, message_id, made_at, {"ChrgBr": charges})


def direct_debits(
    message_id: str,
    creditor: Account,
    creditor_id: str,
    collections: Sequence[Collection],
    *,
    made_at: datetime,
    collect_on: date,
) -> bytes:
    """A pain.008 of one batch of recurrent SEPA core direct debits, in euros. Raises BankFileInvalid."""
    config = _party(creditor) | {"currency": _EURO, "batch": True, "creditor_id": creditor_id, "instrument": "CORE"}
    file = SepaDD(config, schema=COLLECTIONS, clean=False)
    for each in collections:
        file.add_payment(
            _party(each.debtor)
            | {
                "amount": each.amount_minor,
                "type": "RCUR",
                "collection_date": collect_on,
                "mandate_id": each.mandate_id,
                "mandate_date": each.mandate_date,
                "description": each.text,
                "endtoend_id": each.end_to_end_id,
            }
        )
    return _finished(file.export(validate=False), COLLECTIONS, message_id, made_at, {})


def check_schema(file: bytes, schema: str) -> None:
    """Raises BankFileInvalid for a file that is not as its schema says."""
    try:
        try_valid_xml(file, schema)
    except ValidationError as failure:
        raise BankFileInvalid(f"{BankFileInvalid.detail} {failure.__cause__ or failure}") from failure


def _party(account: Account) -> dict[str, Any]:
    bic = {"BIC": account.bic} if account.bic else {}
    return {"name": account.holder, "IBAN": account.iban} | bic


def _cents(amount_minor: int, currency: str) -> int:
    """What the library takes: hundredths of the major unit."""
    return int(amount_minor * 10 ** (2 - minor_digits(currency)))


def _finished(written: bytes, schema: str, message_id: str, made_at: datetime, more: dict[str, str]) -> bytes:
    """A file with our ids and our time, valid by its schema."""
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{schema}"
    document = ElementTree.fromstring(written)  # noqa: S314 - we wrote it a moment ago
    texts = {"MsgId": message_id, "PmtInfId": message_id, "CreDtTm": f"{made_at:%Y-%m-%dT%H:%M:%SZ}"} | more
    for tag, text in texts.items():
        for element in document.iter(f"{{{namespace}}}{tag}"):
            element.text = text
    ElementTree.register_namespace("", namespace)
    file: bytes = ElementTree.tostring(document, encoding="utf-8", xml_declaration=True)
    check_schema(file, schema)
    return file
