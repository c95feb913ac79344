"""IBANs and payment references: what is mistyped is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.payments.domain import (
    Account,
    check_bic,
    check_holder,
    check_iban,
    creditor_reference,
    find_creditor_reference,
)
from network.payments.errors import BadAccount

_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.mark.parametrize(
    ("told", "iban"),
    [
        ("GB82 WEST 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("de89370400440532013000", "DE89370400440532013000"),
        ("IR06 2960 0000 0010 0324 2000 01", "IR062960000000100324200001"),
    ],
)
def test_an_iban_is_taken_as_people_write_it(told: str, iban: str) -> None:
    assert check_iban(told) == iban


@given(st.integers(2, 21), st.integers(1, 9))
def test_no_digit_of_an_iban_can_be_mistyped(place: int, step: int) -> None:
    iban = "DE89370400440532013000"
    wrong = iban[:place] + str((int(iban[place]) + step) % 10) + iban[place + 1 :]
    with pytest.raises(BadAccount):
        check_iban(wrong)


@given(st.text(_LETTERS, min_size=1, max_size=21), st.text("abc ,-/", max_size=12))
def test_a_payment_reference_is_found_in_what_a_payer_writes(body: str, before: str) -> None:
    reference = creditor_reference(body)
    spaced = " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    assert find_creditor_reference(f"{before} {spaced}") == reference


def test_the_reference_of_the_standard_has_the_check_digits_of_the_standard() -> None:
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert find_creditor_reference("RF19539007547034") is None
    assert find_creditor_reference("thank you") is None


def test_what_no_bank_takes_is_refused() -> None:
    for told in ("فروشگاه", "A & B", "", "x" * 71):
        with pytest.raises(BadAccount):
            check_holder(told)
    with pytest.raises(BadAccount):
        check_bic("DEUTDEF")
    assert check_bic("deutdeff") == "DEUTDEFF"


def test_what_is_shown_of_an_account_for_a_log_says_nothing_of_it() -> None:
    shown = repr(Account(holder="Corner Grocer", iban="GB82WEST12345698765432", bic="NWBKGB2L"))
    assert not any(each in shown for each in ("Corner", "GB82", "NWBK"))
