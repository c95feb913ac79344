from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.members.domain import make_card_number, read_card_number
from network.members.domain.card import check_digit
from network.members.errors import BadCardNumber

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
_NUMBERS = st.integers(0, 10**13 - 1).map(lambda number: make_card_number(lambda _: number))


@pytest.mark.parametrize("number", ["79927398713", "49927398716", "4111111111111111", "378282246310005"])
def test_the_check_digit_is_luhns(number: str) -> None:
    assert check_digit(number[:-1]) == number[-1]


@given(_NUMBERS)
def test_a_number_that_the_network_makes_is_one_of_its_own(number: str) -> None:
    assert len(number) == 16
    assert number.startswith("99")
    assert read_card_number(number) == number


def test_numbers_are_random() -> None:
    assert len({make_card_number() for _ in range(1000)}) == 1000


@given(_NUMBERS, st.sampled_from([" ", "-", "\u2013", "\u00a0", "\u200c", "\u200f", " - "]))
def test_a_number_is_read_in_any_digits_with_spaces_and_dashes(number: str, separator: str) -> None:
    typed = separator.join(number[start : start + 4] for start in range(0, 16, 4))
    assert read_card_number(f" {typed}\n") == number
    assert read_card_number(typed.translate(_PERSIAN)) == number
    assert read_card_number(typed.translate(_ARABIC)) == number


@given(_NUMBERS, st.integers(2, 15), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number: str, place: int, by: int) -> None:
    wrong = str((int(number[place]) + by) % 10)
    with pytest.raises(BadCardNumber):
        read_card_number(number[:place] + wrong + number[place + 1 :])


@given(_NUMBERS, st.integers(2, 14))
def test_two_digits_that_changed_places_are_noticed_except_0_and_9(number: str, place: int) -> None:
    first, second = number[place], number[place + 1]
    swapped = number[:place] + second + first + number[place + 2 :]
    if first == second or {first, second} == {"0", "9"}:
        assert read_card_number(swapped) == swapped
    else:
        with pytest.raises(BadCardNumber):
            read_card_number(swapped)


@pytest.mark.parametrize(
    "text",
    ["", "99", "4111111111111111", "9900000000000008", "99000000000000080", "990000000000000", "99000000 0000000x",
     "९९००००००००००००००", "①②"],
)  # fmt: skip
def test_anything_else_is_no_card_of_ours_and_is_not_repeated(text: str) -> None:
    with pytest.raises(BadCardNumber) as refusal:
        read_card_number(text, field="proof.card_number")
    assert refusal.value.field == "proof.card_number"
    assert not text or text not in str(refusal.value)


@given(st.text())
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    with suppress(BadCardNumber):
        assert len(read_card_number(text)) == 16
