"""camt.053: read as banks write it, and refused as attackers do."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.payments.bank_statements import LARGEST_BYTES, read_statements
from network.payments.domain import creditor_reference
from network.payments.errors import BadBankStatement
from tests.camt import OPERATOR_IBAN, Entry, booked, entry, statement

_REFERENCE = creditor_reference("A17")


def test_what_is_booked_is_read_and_what_is_only_announced_is_not() -> None:
    paid, pending = Entry(-310_00, "E-1", bank_reference="B-9"), Entry(5, status="PDNG")
    came = Entry(1_105_00, text=f"grocer & sons {_REFERENCE[:4]} {_REFERENCE[4:]}")
    (read,) = read_statements(booked(paid, pending, came))
    assert (read.iban, read.statement_id) == (OPERATOR_IBAN, "S-1")
    told = [(each.amount_minor, each.end_to_end_id, each.reference, each.bank_reference) for each in read.bookings]
    assert told == [(-310_00, "E-1", None, "B-9"), (1_105_00, None, _REFERENCE, None)]


def test_a_batch_is_taken_apart_where_the_bank_tells_the_parts() -> None:
    batch = entry(Entry(-310_00, "E-1"), Entry(-65_00, "E-2"))
    (read,) = read_statements(statement([batch]))
    assert [(each.amount_minor, each.end_to_end_id) for each in read.bookings] == [(-310_00, "E-1"), (-65_00, "E-2")]
    untold = batch.replace(Entry(-65_00).amount, Entry(-64_00).amount)
    (read,) = read_statements(statement([untold]))
    assert [(each.amount_minor, each.end_to_end_id) for each in read.bookings] == [(-375_00, None)]


def test_an_old_version_is_read_as_a_new_one() -> None:
    new = booked(Entry(-310_00, "E-1"), Entry(5, status="PDNG"))
    old = new.replace(b"053.001.08", b"053.001.02").replace(b"<Sts><Cd>", b"<Sts>").replace(b"</Cd></Sts>", b"</Sts>")
    assert old != new and read_statements(old) == read_statements(new)


def test_the_pages_of_a_long_statement_are_told_apart() -> None:
    pages = [booked(Entry(1)).replace(b"<Acct>", b"<StmtPgntn><PgNb>%d</PgNb></StmtPgntn><Acct>" % page)
             for page in (1, 2)]  # fmt: skip
    assert [read_statements(page)[0].statement_id for page in pages] == ["S-1", "S-1 page 2"]


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"not xml",
        b"<Document/>",
        b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><Document>&b;</Document>',
        b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><Document/>',
        b'<?xml version="1.0" encoding="utf-7"?><Document/>',
        b" " * (LARGEST_BYTES + 1),
        booked(Entry(1)).replace(OPERATOR_IBAN.encode(), b"DE00370400440532013000"),
        booked(Entry(1)).replace(b"<Id>S-1</Id>", b""),
        booked(Entry(1)).replace(b"2017-02-16", b"yesterday"),
        booked(Entry(1)).replace(b"CRDT", b"BOTH"),
        booked(*[Entry(10**16)] * 11),
        *(booked(Entry(1)).replace(b"0.01", amount) for amount in (b"0.001", b"-1.00", b"NaN", b"1E99999999", b"")),
    ],
)
def test_what_is_no_statement_is_refused(file: bytes) -> None:
    with pytest.raises(BadBankStatement):
        read_statements(file)


@given(st.data())
def test_a_damaged_file_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    file = bytearray(booked(Entry(-310_00, "E-1"), Entry(5, text="x")))
    for _ in range(data.draw(st.integers(1, 4))):
        file[data.draw(st.integers(0, len(file) - 1))] = data.draw(st.integers(0, 255))
    with suppress(BadBankStatement):
        read_statements(bytes(file))
