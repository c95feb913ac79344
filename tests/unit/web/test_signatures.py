"""The Request-Signature header is read strictly, whatever stands in it."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from network.web.errors import SignatureMalformed
from network.web.signatures import read_signature

SALT = bytes(range(16))
HEADER = {"alg": "ES256", "kid": "key", "typ": "peyvand-request+jws"}


def base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


def written(header: Any) -> str:
    return f"{base64url(SALT)}.{base64url(json.dumps(header).encode())}.e30.c2ln"


def test_a_signature_is_a_salt_and_a_jws_that_names_its_key() -> None:
    read = read_signature(f" {written(HEADER)} ")
    assert (read.kid, read.salt) == ("key", SALT)
    assert read.document == written(HEADER).partition(".")[2]


@pytest.mark.parametrize(
    "header",
    [
        {**HEADER, "alg": "none"},
        {**HEADER, "alg": "HS256"},
        {**HEADER, "typ": "at+jwt"},
        {**HEADER, "kid": 1},
        {**HEADER, "crit": ["b64"], "b64": False},
        {"alg": "ES256", "typ": "peyvand-request+jws"},
        [],
        None,
    ],
)
def test_another_header_is_none_of_ours(header: Any) -> None:
    with pytest.raises(SignatureMalformed):
        read_signature(written(header))


@pytest.mark.parametrize(
    "told",
    ["", ".", "e30.e30.e30", f"{base64url(SALT)}.e30.e30", f"{base64url(SALT)}.!.e30.e30", f"{'A' * 22}.\xff.e30.e30",
     f"{'A' * 21}.{'.'.join(['e30'] * 3)}", f"{base64url(SALT)}.{base64url(b'[' * 1000)}.e30.e30",
     written(HEADER) + "x" * 3_000, written(HEADER) + "=", written(HEADER) + ".more"],
)  # fmt: skip
def test_what_has_not_this_shape_is_none(told: str) -> None:
    with pytest.raises(SignatureMalformed):
        read_signature(told)
