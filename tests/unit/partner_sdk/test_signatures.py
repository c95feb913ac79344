"""ES256 in whole numbers alone, held to RFC 6979's example and to a library that signs."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from network.auth.keys import signature
from partner_sdk.proof import Keys
from partner_sdk.proof._p256 import N, P, verify

# RFC 6979, appendix A.2.5
X = 0x60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
Y = 0x7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299
R = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
S = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8


def raw(r: int, s: int) -> bytes:
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def new_key() -> Any:
    from joserfc.jwk import ECKey

    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def test_the_example_of_rfc_6979_holds() -> None:
    assert verify(X, Y, b"sample", raw(R, S))
    assert not verify(X, Y, b"simple", raw(R, S))


@pytest.mark.parametrize(
    ("x", "y", "signed"),
    [
        (X, Y, raw(R, S)[:-1]),
        (X, Y, b""),
        (X, Y, raw(0, S)),
        (X, Y, raw(R, 0)),
        (X, Y, raw(N, S)),
        (X, Y, raw(R, N)),
        (X, Y, raw(R, S ^ 1)),
        (X, Y ^ 1, raw(R, S)),
        (X + P, Y, raw(R, S)),
        (0, 0, raw(R, S)),
    ],
)
def test_what_is_no_signature_or_no_key_is_none(x: int, y: int, signed: bytes) -> None:
    assert not verify(x, y, b"sample", signed)


def test_what_a_library_signs_is_verified_and_nothing_else() -> None:
    for number in range(100):
        private = ec.generate_private_key(ec.SECP256R1())
        public = private.public_key().public_numbers()
        key = new_key()
        key = type(key).import_key(private)
        message = str(number).encode()
        signed = base64.urlsafe_b64decode(signature(key, message) + "==")
        assert verify(public.x, public.y, message, signed)
        assert not verify(public.x, public.y, message + b".", signed)
        assert not verify(X, Y, message, signed)


def test_a_document_is_read_only_if_a_known_key_signed_it_as_such() -> None:
    key = new_key()
    keys = Keys({"keys": [key.as_dict(private=False)]})

    def document(header: Any, payload: str = '{"a":1}') -> str:
        text = json.dumps({"alg": "ES256", "kid": key.kid, "typ": "cycle", **header})
        signed = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (text, payload))
        return f"{signed}.{signature(key, signed.encode())}"

    assert keys.payload_of(document({}), "cycle") == {"a": 1}
    for header in ({"alg": "none"}, {"alg": "HS256"}, {"typ": "at+jwt"}, {"kid": "another"}, {"kid": None}):
        assert keys.payload_of(document(header), "cycle") is None
    assert keys.payload_of(document({}, "[1]"), "cycle") is None
    for text in ("", "a.b", "a.b.c", "....", document({})[:-4], document({}).replace(".", "!", 1)):
        assert keys.payload_of(text, "cycle") is None
    assert Keys([new_key().as_dict(private=False)]).payload_of(document({}), "cycle") is None


def test_keys_of_another_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="P-256"):
        Keys([{"kty": "OKP", "crv": "Ed25519", "x": "AA"}])
