"""camt.053: what the bank says was booked. Read from strangers, so without entities, document types or outside links.

Names are read without their namespace: the versions from 02 to 12 agree in all that is taken here.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from network.kernel.money import is_currency, minor_digits
from network.payments.domain import BankStatement, Booking, check_iban, find_creditor_reference
from network.payments.errors import BadAccount, BadBankStatement

LARGEST_BYTES = 20_000_000
_MOST_MINOR = 10**17
_LONGEST_ID = 140
_NOTHING_TOLD = {"NOTPROVIDED", "NONREF", ""}


def read_statements(file: bytes) -> list[BankStatement]:
    """Every statement of a camt.053 file, with what is booked for good; what is only announced is left out.

    A booking of several payments is taken apart where the bank tells the amount of each. Raises BadBankStatement.
    """
    if len(file) > LARGEST_BYTES:
        raise BadBankStatement(f"A bank statement has at most {LARGEST_BYTES:,} bytes.")
    try:
        document = fromstring(file, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as failure:
        raise BadBankStatement from failure
    _drop_namespaces(document)
    statements = document.findall("BkToCstmrStmt/Stmt")
    if not statements:
        raise BadBankStatement
    return [_statement(each) for each in statements]


def _drop_namespaces(document: Element) -> None:
    for element in document.iter():
        element.tag = str(element.tag).rpartition("}")[2]


def _statement(told: Element) -> BankStatement:
    try:
        iban = check_iban(_text(told, "Acct/Id/IBAN") or "")
    except BadAccount as failure:
        raise BadBankStatement("A statement names its account by its IBAN.") from failure
    statement_id, page = _text(told, "Id"), _text(told, "StmtPgntn/PgNb")
    if not statement_id or len(statement_id) > _LONGEST_ID:
        raise BadBankStatement("A statement has an id of its own.")
    if page and page.isdecimal() and page != "1":  # a long one comes in pages, all of the same id
        statement_id += f" page {page[:5]}"
    payments = [payment for entry in told.findall("Ntry") if _is_booked(entry) for payment in _payments(entry)]
    bookings = [_booking(number, *payment) for number, payment in enumerate(payments, start=1)]
    if abs(sum(booking.amount_minor for booking in bookings)) > _MOST_MINOR:
        raise BadBankStatement("No account sees so much money.")
    return BankStatement(iban=iban, statement_id=statement_id, bookings=tuple(bookings))


def _is_booked(entry: Element) -> bool:
    return (_text(entry, "Sts/Cd") or _text(entry, "Sts")) == "BOOK" and _amount(entry) != 0


def _payments(entry: Element) -> Iterator[tuple[Element, Element | None, int]]:
    """The payments of an entry: (entry, details, signed amount). One of unknown details where they do not add up."""
    details, sign, whole = entry.findall("NtryDtls/TxDtls"), _sign(entry), _amount(entry)
    if len(details) < 2:
        yield entry, details[0] if details else None, sign * whole
        return
    amounts = [_detail_amount(each, _currency(entry)) * _sign(each, sign) for each in details]
    if sum(amounts) != sign * whole or 0 in amounts:
        yield entry, None, sign * whole
        return
    yield from ((entry, each, amount) for each, amount in zip(details, amounts, strict=True))


def _booking(number: int, entry: Element, details: Element | None, amount_minor: int) -> Booking:
    alone = len(entry.findall("NtryDtls/TxDtls")) < 2 or details is None
    told = entry if details is None else details
    text = " ".join(each.text or "" for each in told.findall("RmtInf/Ustrd")) or _text(entry, "AddtlNtryInf") or ""
    structured = _text(told, "RmtInf/Strd/CdtrRefInf/Ref") or ""
    party = "Dbtr" if amount_minor > 0 else "Cdtr"
    bank_reference = _text(told, "Refs/AcctSvcrRef") or (_text(entry, "AcctSvcrRef") if alone else None)
    return Booking(
        number=number,
        amount_minor=amount_minor,
        currency=_currency(entry),
        booked_on=_day(_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or ""),
        end_to_end_id=_told(_text(told, "Refs/EndToEndId")),
        reference=find_creditor_reference(structured) or find_creditor_reference(text),
        bank_reference=_told(bank_reference),
        counterparty=_text(told, f"RltdPties/{party}/Nm") or _text(told, f"RltdPties/{party}/Pty/Nm"),
        text=text[:500] or None,
    )


def _detail_amount(details: Element, currency: str) -> int:
    """0 where the bank does not tell it in the currency of the account."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        found = details.find(path)
        if found is not None and found.get("Ccy") == currency:
            return _minor(found)
    return 0


def _amount(entry: Element) -> int:
    found = entry.find("Amt")
    if found is None:
        raise BadBankStatement("An entry has no amount.")
    return _minor(found)


def _minor(amount: Element) -> int:
    currency, text = amount.get("Ccy", ""), (amount.text or "").strip()
    try:
        exact = Decimal(text) * 10 ** minor_digits(currency)
    except ArithmeticError as failure:
        raise BadBankStatement(f"{text[:40]!r} is no amount.") from failure
    if not is_currency(currency) or not exact.is_finite() or not 0 <= exact < _MOST_MINOR or exact != int(exact):
        raise BadBankStatement(f"{text[:40]!r} {currency[:3]} is no amount in whole minor units.")
    return int(exact)


def _currency(entry: Element) -> str:
    found = entry.find("Amt")
    return "" if found is None else found.get("Ccy", "")


def _sign(element: Element, otherwise: int | None = None) -> int:
    told = _text(element, "CdtDbtInd")
    if told is None and otherwise is not None:
        return otherwise
    if told not in ("CRDT", "DBIT"):
        raise BadBankStatement("An entry is a credit or a debit.")
    return 1 if told == "CRDT" else -1


def _day(told: str) -> date:
    try:
        return date.fromisoformat(told[:10])
    except ValueError as failure:
        raise BadBankStatement("An entry has the day on which it was booked.") from failure


def _told(text: str | None) -> str | None:
    return None if text is None or text.upper() in _NOTHING_TOLD else text[:140]


def _text(element: Element, path: str) -> str | None:
    found = element.findtext(path)
    return None if found is None else found.strip() or None
