import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.members.domain import read_email, read_name, read_phone
from network.members.errors import BadEmail, BadName, BadPhone

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_IRANIAN = st.integers(10**9, 10**10 - 1).map(str)


@given(_IRANIAN, st.sampled_from(["{}", "{} ", "\u200e{}\u202c", "({})"]))
def test_an_iranian_number_is_the_same_in_national_and_international_form(number: str, frame: str) -> None:
    forms = [
        f"0{number}",
        f"+98{number}",
        f"+98 {number[:3]} {number[3:6]} {number[6:]}",
        f"0{number[:3]}-{number[3:]}",
    ]
    forms += [form.translate(_PERSIAN) for form in forms]
    assert {read_phone(frame.format(form)) for form in forms} == {f"+98{number}"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789"),
        ("021-8888 0000", "+982188880000"),
        ("+1 (212) 555-0100", "+12125550100"),
        ("+49.30.901820", "+4930901820"),
    ],
)
def test_phones_are_kept_in_e164(typed: str, kept: str) -> None:
    assert read_phone(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["", "+", "912 345 6789", "989123456789", "00989123456789", "+98 0912 345 6789", "+98912345678", "09123456",
     "0012125550100", "+0123456789", "+123456", "+1234567890123456", "+1 212 555 01OO", "nobody"],
)  # fmt: skip
def test_a_number_of_unknown_country_or_length_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(BadPhone) as refusal:
        read_phone(typed)
    assert refusal.value.field == "phone"
    assert len(typed) < 2 or typed not in str(refusal.value)


@given(st.text())
def test_whatever_is_typed_as_a_phone_is_read_for_good_or_refused(text: str) -> None:
    try:
        number = read_phone(text)
    except BadPhone:
        return
    assert read_phone(number) == number


@given(st.emails())
def test_an_address_is_the_same_in_any_case_with_space_around_it(address: str) -> None:
    kept = read_email(address)
    assert read_email(kept) == kept
    assert read_email(f"  {address}\t") == kept
    if address.isascii():
        assert read_email(address.upper()) == kept


@pytest.mark.parametrize(
    "typed", ["", "sara", "@example.org", "sara@", "sara@example", "a b@example.org", "sara@example..org",
              "a@b@example.org", "sara\x00@example.org", f"{'a' * 65}@example.org", f"a@{'b' * 250}.org"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadEmail) as refusal:
        read_email(typed)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    "typed", ["sara<b@example.org", "a,b@example.org", '"a"@example.org', "a@example.org,b",
              "=?utf-8?q?a?=@example.org", "a@b.,<", "():@example.org", ".a@example.org", "a..b@example.org",
              "sara@example.org>"],
)  # fmt: skip
def test_what_a_mail_s_header_would_read_as_another_address_or_as_none_is_refused(typed: str) -> None:
    with pytest.raises(BadEmail):
        read_email(typed)


def test_a_name_stays_as_its_bearer_writes_it() -> None:
    assert read_name("  سارا   کریمی ") == "سارا کریمی"
    assert read_name("Jean-Luc d’Arc") == "Jean-Luc d’Arc"
    assert read_name("می\u200cنا") == "می\u200cنا"
    assert read_name("\u202bسارا\u202c") == "سارا"
    assert read_name("Rene\u0301") == "René"


@pytest.mark.parametrize("typed", ["", "  ", "\u200f", "\u200c", "a\x07b", "x" * 121])
def test_what_can_not_be_read_is_no_name(typed: str) -> None:
    with pytest.raises(BadName) as refusal:
        read_name(typed)
    assert refusal.value.field == "name"
