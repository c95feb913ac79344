"""The fields of the API, each with what it takes and what it refuses."""

import time
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from marshmallow import ValidationError

from network.kernel.identifiers import new_id, show
from network.web.fields import (
    AmountMinor,
    AmountMinorOrZero,
    Currency,
    Id,
    Instant,
    Points,
    Reference,
    Text,
    show_instant,
)


@pytest.mark.parametrize("value", [1, 10**12])
def test_points_are_one_to_a_trillion(value: int) -> None:
    assert Points().deserialize(value) == value


@pytest.mark.parametrize("value", [0, -1, 10**12 + 1, 10**30, True, False, 1.0, 1.5, "1", None, [], {}])
def test_what_is_no_number_of_points_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Points().deserialize(value)


def test_an_amount_may_be_zero_only_where_that_is_said() -> None:
    assert AmountMinorOrZero().deserialize(0) == 0
    with pytest.raises(ValidationError):
        AmountMinor().deserialize(0)


@pytest.mark.parametrize("value", ["usd", "US", "USDX", "USD\n", "U5D", "", 840, "ＵＳＤ"])
def test_what_is_no_currency_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Currency().deserialize(value)


def test_a_currency_is_three_capital_letters() -> None:
    assert Currency().deserialize("IRR") == "IRR"


@pytest.mark.parametrize("value", ["A-17", "2017/01/03#4", "a.b_c:d", "x" * 64])
def test_a_reference_is_a_partners_own_name(value: str) -> None:
    assert Reference().deserialize(value) == value


@pytest.mark.parametrize("value", ["", "x" * 65, "a b", "a\n", "رسید", "a\0", 17])
def test_what_is_no_reference_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Reference().deserialize(value)


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("2017-01-03T10:00:00Z", datetime(2017, 1, 3, 10, tzinfo=UTC)),
        ("2017-01-03T10:00:00+03:30", datetime(2017, 1, 3, 6, 30, tzinfo=UTC)),
        ("2017-01-03T10:00:00.123456Z", datetime(2017, 1, 3, 10, 0, 0, 123456, tzinfo=UTC)),
    ],
)
def test_an_instant_is_kept_in_utc(told: str, meant: datetime) -> None:
    read = Instant().deserialize(told)
    assert (read, read.tzinfo) == (meant, UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2017-01-03T10:00:00", "2017-01-03", "2017-01-03 10:00:00Z", "20170103T100000Z", "2017-13-03T10:00:00Z",
        "2017-02-30T10:00:00Z", "2017-01-03T24:01:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
        "۲۰۱۷-01-03T10:00:00Z", "2017-01-03T10:00:00Z\n", 1483437600, None,
    ],
)  # fmt: skip
def test_what_is_no_instant_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Instant().deserialize(value)


def test_an_instant_is_shown_in_utc_with_z() -> None:
    tehran = timezone(timedelta(hours=3, minutes=30))
    assert show_instant(datetime(2017, 1, 3, 13, 30, tzinfo=tehran)) == "2017-01-03T10:00:00Z"
    assert Instant().serialize("at", {"at": datetime(2017, 1, 3, tzinfo=UTC)}) == "2017-01-03T00:00:00Z"


@pytest.mark.parametrize("value", ["Sara", "سارا رضایی", "نام‌خانوادگی", "O'Neil", "x" * 200])
def test_text_is_what_people_write(value: str) -> None:
    assert Text().deserialize(value) == value


@pytest.mark.parametrize("value", ["", " ", "a\0b", "a\nb", "\x7f", "\x85", "\ud800", "x" * 201, 5])
def test_text_that_a_database_or_a_page_would_choke_on_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Text().deserialize(value)


def test_an_id_is_shown_with_its_prefix_and_read_back() -> None:
    member = new_id()
    assert Id("mbr").serialize("id", {"id": member}) == show("mbr", member)
    assert Id("mbr").deserialize(show("mbr", member)) == member


@pytest.mark.parametrize("value", [show("par", UUID(int=7)), "mbr_", "mbr_" + "i" * 26, "mbr_" + "z" * 26, "", 7, None])
def test_an_id_of_another_kind_is_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Id("mbr").deserialize(value)


def test_a_megabyte_of_letters_is_refused_without_reading_it() -> None:
    began = time.perf_counter()
    with pytest.raises(ValidationError):
        Id("mbr").deserialize("mbr_" + "z" * 1_000_000)
    assert time.perf_counter() - began < 2  # worked out, it takes minutes
