"""The code at the till, against the vectors of RFC 6238, and where it is good."""

from datetime import UTC, datetime, timedelta

import pytest

from network.signin.domain import (
    code_at,
    matching_step,
    new_identity,
    read_alias,
    read_till_code,
    step_ends_at,
    step_of,
)
from network.signin.domain.till_codes import qr_text
from network.signin.errors import BadAlias, BadTillCode
from partner_sdk import TillCodeProof

SECRET = b"12345678901234567890123456789012"  # RFC 6238, appendix B, for SHA-256
NOW = datetime(2026, 11, 22, 10, 0, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "46119246"),
        (1111111109, "68084774"),
        (1111111111, "67062674"),
        (1234567890, "91819424"),
        (2000000000, "90698825"),
        (20000000000, "77737706"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert code_at(SECRET, step_of(datetime.fromtimestamp(seconds, UTC))) == code


def test_a_code_is_good_in_its_own_thirty_seconds_and_the_next() -> None:
    step = step_of(NOW)
    code = code_at(SECRET, step)
    for seconds, found in ((-30, None), (0, step), (19, step), (49, step), (50, None)):
        assert matching_step(SECRET, code, NOW + timedelta(seconds=seconds), None) == found
    assert step_ends_at(step) == NOW + timedelta(seconds=20)


def test_a_step_that_was_used_and_those_before_it_never_come_again() -> None:
    step = step_of(NOW)
    assert matching_step(SECRET, code_at(SECRET, step), NOW, step - 1) == step
    assert matching_step(SECRET, code_at(SECRET, step), NOW, step) is None
    assert matching_step(SECRET, code_at(SECRET, step - 1), NOW, step) is None
    assert matching_step(SECRET, code_at(SECRET, step - 1), NOW, step - 2) == step - 1


def test_the_qr_holds_alias_and_code_and_no_card_number() -> None:
    identity = new_identity()
    text = qr_text(identity, 5)
    assert TillCodeProof.from_qr(text) == TillCodeProof(code=code_at(identity.secret, 5), alias=identity.alias)
    assert text.isascii() and text == text.upper()  # a QR's alphanumeric mode


def test_what_is_typed_is_brought_to_one_form_or_refused() -> None:
    assert read_till_code("۴۶۱۱ ۹۲۴۶") == "46119246"
    assert read_alias(" 0123456789ab ") == "0123456789AB"
    for typed in ("", "4611924", "461192466", "4611924x"):
        with pytest.raises(BadTillCode):
            read_till_code(typed)
    for typed in ("", "0123456789A", "0123456789AU", "0123456789ABC"):
        with pytest.raises(BadAlias):
            read_alias(typed)


def test_identities_tell_no_log_what_they_are() -> None:
    identity = new_identity()
    assert identity.alias not in repr(identity) and len(identity.secret) == 32
    assert new_identity() != identity
