"""Keys that partners give us: public halves on P-256, and nothing else; and what is signed with them."""

import json
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from network.auth.errors import BadPublicKey
from network.auth.partner_keys import payload_of, read_public_key

KEY = ECKey.generate_key("P-256")
PUBLIC: dict[str, Any] = {name: KEY.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}


def test_a_public_key_is_read_from_pem_and_from_a_jwk_alike() -> None:
    from_pem = read_public_key(KEY.as_pem(private=False).decode())
    assert from_pem == read_public_key(json.dumps({**PUBLIC, "kid": "my-own-name", "use": "enc"}))
    kid, jwk = from_pem
    assert kid == KEY.thumbprint()
    assert json.loads(jwk) == {**PUBLIC, "kid": kid, "use": "sig", "alg": "ES256"}


@pytest.mark.parametrize("text", [KEY.as_pem(private=True).decode(), json.dumps(KEY.as_dict(private=True))])
def test_a_private_key_is_refused_and_called_compromised(text: str) -> None:
    with pytest.raises(BadPublicKey, match="make a new one"):
        read_public_key(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"kty": "EC", "crv": "P-256"}',
        json.dumps({**PUBLIC, "y": PUBLIC["x"]}),
        json.dumps({"kty": "oct", "k": "c2VjcmV0"}),
        ECKey.generate_key("P-384").as_pem(private=False).decode(),
        OKPKey.generate_key("Ed25519").as_pem(private=False).decode(),
        RSAKey.generate_key(2048).as_pem(private=False).decode(),
        "-----BEGIN PUBLIC KEY-----\nnonsense\n-----END PUBLIC KEY-----",
        "x" * 5_000,
        "[" * 4_000,
    ],
)
def test_what_is_no_public_key_on_the_curve_is_refused(text: str) -> None:
    with pytest.raises(BadPublicKey):
        read_public_key(text)


def test_what_a_key_signed_is_read_with_that_key_alone() -> None:
    _, jwk = read_public_key(KEY.as_pem(private=False).decode())
    document = jws.serialize_compact({"alg": "ES256"}, b"told", KEY, algorithms=["ES256"])
    assert payload_of(document, jwk) == b"told"
    _, other = read_public_key(ECKey.generate_key("P-256").as_pem(private=False).decode())
    head, body, signature = document.split(".")
    for wrong, key in ((document, other), (f"{head}.{body}x.{signature}", jwk), (f"{head}.{body}.", jwk), ("", jwk)):
        assert payload_of(wrong, key) is None
