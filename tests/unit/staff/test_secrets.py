"""What is kept of passwords, codes and secrets."""

from __future__ import annotations

import pyotp
import pytest
from cryptography.exceptions import InvalidTag

from network.kernel.identifiers import new_id
from network.staff import secrets
from network.staff.secrets import Keys

SARA, REZA = new_id(), new_id()
KEYS = Keys(b"a secret")


def test_a_password_is_known_by_its_hash_and_nobodys_is_never_right() -> None:
    kept = secrets.hash_password("seven purple otters")
    assert kept.startswith("$argon2id$")
    assert secrets.is_password("seven purple otters", kept)
    assert not secrets.is_password("seven purple otter", kept)
    assert not secrets.is_password("seven purple otters", None)
    assert not secrets.is_password("\udc80", kept)
    assert not secrets.is_password("x", "no hash")
    assert not secrets.is_outdated(kept)


def test_a_second_factor_is_sealed_for_its_person_alone() -> None:
    secret = secrets.new_totp_secret()
    sealed = KEYS.seal(SARA, secret)
    assert KEYS.open(SARA, sealed) == secret
    assert secret.encode() not in sealed
    with pytest.raises(InvalidTag):
        KEYS.open(REZA, sealed)
    with pytest.raises(InvalidTag):
        Keys(b"another").open(SARA, sealed)


def test_codes_of_this_step_and_its_neighbours_are_known_by_their_step() -> None:
    secret, now = secrets.new_totp_secret(), 1_800_000_015.0
    step = int(now) // 30
    for skew in (-1, 0, 1):
        assert secrets.step_of(secret, pyotp.TOTP(secret).generate_otp(step + skew), now) == step + skew
    for wrong in (pyotp.TOTP(secret).generate_otp(step - 2), "", "12345", "١٢٣٤٥٦", "\udc80"):
        assert secrets.step_of(secret, wrong, now) is None


def test_recovery_codes_are_read_as_they_are_written_down() -> None:
    codes = secrets.new_recovery_codes()
    assert len(set(codes)) == secrets.RECOVERY_CODES
    assert all(5 * len(each.replace("-", "")) >= 112 for each in codes), "bits; fewer would need a slow hash"
    code = codes[0]
    assert KEYS.recovery_hash(SARA, code) == KEYS.recovery_hash(SARA, f" {code.replace('-', ' ').upper()} ")
    assert KEYS.recovery_hash(SARA, code) != KEYS.recovery_hash(REZA, code)


def test_attempts_are_counted_under_what_nobody_can_read() -> None:
    assert KEYS.bucket("account", "sara") != KEYS.bucket("prefix", "sara")
    assert len(KEYS.bucket("account", "\udc80")) == 32
