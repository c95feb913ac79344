"""pain.001 and pain.008: valid by their schemas, the same bytes for the same payments."""

from datetime import UTC, date, datetime

import pytest
from defusedxml.ElementTree import fromstring

from network.payments.bank_files import COLLECTIONS, TRANSFERS, check_schema, credit_transfers, direct_debits
from network.payments.domain import Account, Collection, Transfer
from network.payments.errors import BankFileInvalid, CurrencyNotSupported

_OPERATOR = Account(holder="Peyvand Operator", iban="DE89370400440532013000", bic="COBADEFFXXX")
_FUEL = Account(holder="Fuel + Co.", iban="GB82WEST12345698765432")
_AT = datetime(2017, 2, 2, 12, tzinfo=UTC)


def transfers(currency: str = "EUR", *, message_id: str = "M-1", amount_minor: int = 310_00) -> bytes:
    payments = [
        Transfer(end_to_end_id=f"E-{number}", amount_minor=amount_minor + number, to=_FUEL, text="Settlement")
        for number in range(3)
    ]
    return credit_transfers(message_id, _OPERATOR, currency, payments, made_at=_AT, pay_on=date(2017, 2, 16))


def texts(file: bytes, schema: str, tag: str) -> list[str | None]:
    return [each.text for each in fromstring(file).iter(f"{{urn:iso:std:iso:20022:tech:xsd:{schema}}}{tag}")]


def test_a_transfer_file_carries_our_ids_and_its_sums_and_is_the_same_on_retry() -> None:
    file = transfers()
    check_schema(file, TRANSFERS)
    assert texts(file, TRANSFERS, "MsgId") == texts(file, TRANSFERS, "PmtInfId") == ["M-1"]
    assert texts(file, TRANSFERS, "EndToEndId") == ["E-0", "E-1", "E-2"]
    assert texts(file, TRANSFERS, "InstdAmt") == ["310.00", "310.01", "310.02"]
    assert texts(file, TRANSFERS, "CtrlSum") == ["930.03", "930.03"]
    assert texts(file, TRANSFERS, "NbOfTxs") == ["3", "3"]
    assert texts(file, TRANSFERS, "SvcLvl") and texts(file, TRANSFERS, "ChrgBr") == ["SLEV"]
    assert transfers() == file


def test_other_currencies_are_no_sepa_payments_and_rials_are_written_with_the_banks_hundredths() -> None:
    dollars, rials = transfers("USD"), transfers("IRR", amount_minor=1_000_000)
    assert not texts(dollars, TRANSFERS, "SvcLvl") and texts(dollars, TRANSFERS, "ChrgBr") == ["SHAR"]
    assert texts(rials, TRANSFERS, "InstdAmt")[0] == "1000000.00"
    for currency in ("JPY", "KWD"):
        with pytest.raises(CurrencyNotSupported):
            transfers(currency)


def test_a_collection_file_names_creditor_and_mandates() -> None:
    collection = Collection(
        end_to_end_id="E-1",
        amount_minor=1,
        debtor=_FUEL,
        mandate_id="MND-7",
        mandate_date=date(2016, 12, 1),
        text="Settlement",
    )
    file = direct_debits(
        "M-2", _OPERATOR, "DE98ZZZ09999999999", [collection], made_at=_AT, collect_on=date(2017, 2, 16)
    )
    check_schema(file, COLLECTIONS)
    assert texts(file, COLLECTIONS, "MndtId") == ["MND-7"]
    assert texts(file, COLLECTIONS, "InstdAmt") == ["0.01"]
    assert texts(file, COLLECTIONS, "MsgId") == ["M-2"]


def test_a_file_that_its_schema_does_not_allow_is_not_written() -> None:
    with pytest.raises(BankFileInvalid):
        transfers(message_id="m" * 36)
