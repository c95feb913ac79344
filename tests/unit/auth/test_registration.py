"""What a client may be registered with."""

from typing import Any

import pytest

from network.auth.domain import Kind
from network.auth.domain.registration import is_allowed_redirect, read_keys, read_registration
from network.auth.errors import BadKey, BadMetadata, BadRedirectUri

SCOPES = ("points:read", "points:earn")
EC = {"kty": "EC", "crv": "P-256", "x": "a" * 43, "y": "b" * 43}
CALLBACK = {"redirect_uris": ["https://shop.example/cb"]}


def _read(kind: Kind = Kind.SERVER, **metadata: Any) -> Any:
    return read_registration(metadata, kind=kind, scopes=SCOPES)


@pytest.mark.parametrize(
    ("uri", "public", "trial", "allowed"),
    [
        ("https://shop.example/cb", False, False, True),
        ("http://shop.example/cb", True, True, False),
        ("http://127.0.0.1:5000/cb", False, False, False),
        ("http://127.0.0.1:5000/cb", True, False, True),
        ("http://[::1]/cb", False, True, True),
        ("http://localhost/cb", False, True, True),
        ("http://localhost.evil.example/cb", True, True, False),
        ("example.shop.app:/back", True, False, True),
        ("example.shop.app:/back", False, False, False),
        ("shop:/back", True, False, False),
        ("javascript:alert(1)", True, True, False),
        ("data:text/html,x", True, True, False),
        ("https:///cb", False, False, False),
        ("https://[/", False, False, False),
        ("//shop.example/cb", False, False, False),
        ("/cb", True, True, False),
        ("https://shop.example/" + "x" * 600, False, False, False),
        ("https://shop.exämple/", False, False, False),
    ],
)
def test_where_a_browser_may_be_sent_back_to(uri: str, public: bool, trial: bool, allowed: bool) -> None:
    assert is_allowed_redirect(uri, public=public, trial=trial) is allowed


def test_a_till_is_public_bound_to_its_key_and_has_the_device_grant() -> None:
    till = _read(Kind.TILL)
    assert (till.auth_method, till.dpop_bound) == ("none", True)
    assert till.grant_types[0].endswith("device_code")
    with pytest.raises(BadMetadata):
        _read(Kind.TILL, token_endpoint_auth_method="client_secret_basic")
    with pytest.raises(BadMetadata):
        _read(Kind.TILL, grant_types=["authorization_code"], **CALLBACK)


def test_keys_and_their_method_go_together() -> None:
    assert _read(token_endpoint_auth_method="private_key_jwt", jwks={"keys": [EC]}, **CALLBACK).keys
    for wrong in ({"jwks": {"keys": [EC]}}, {"token_endpoint_auth_method": "private_key_jwt"}):
        with pytest.raises(BadMetadata):
            _read(**wrong, **CALLBACK)


@pytest.mark.parametrize(
    "wrong",
    [
        {"token_endpoint_auth_method": "client_secret_jwt"},
        {"grant_types": []},
        {"grant_types": "authorization_code"},
        {"grant_types": ["refresh_token", "client_credentials"], "redirect_uris": []},
        {"response_types": ["token"]},
        {"token_endpoint_auth_method": "none", "grant_types": ["client_credentials"], "redirect_uris": []},
        {"id_token_signed_response_alg": "none"},
        {"dpop_bound_access_tokens": "yes"},
        {"scope": "points:redeem"},
    ],
    ids=str,
)
def test_parts_that_do_not_fit_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadMetadata):
        _read(**{**CALLBACK, **wrong})


def test_a_code_goes_somewhere() -> None:
    with pytest.raises(BadRedirectUri):
        _read()
    with pytest.raises(BadRedirectUri):
        _read(**CALLBACK, post_logout_redirect_uris=["http://shop.example/bye"])


@pytest.mark.parametrize(
    "key",
    [
        {**EC, "d": "secret"},
        {**EC, "crv": "secp256k1"},
        {**EC, "use": "enc"},
        {**EC, "kid": "x" * 200},
        {"kty": "EC", "crv": "P-256", "x": 7, "y": "b"},
        {"kty": "oct", "k": "secret"},
        {"kty": "RSA", "n": "short", "e": "AQAB"},
        {"kty": "OKP", "crv": "X25519", "x": "a"},
        "no object",
        {},
    ],
    ids=str,
)
def test_a_key_is_public_and_strong(key: Any) -> None:
    with pytest.raises(BadKey):
        read_keys({"keys": [key]})


def test_of_a_key_only_what_is_public_and_its_name_is_kept() -> None:
    (kept,) = read_keys({"keys": [{**EC, "kid": "mine", "alg": "ES256", "x5u": "https://elsewhere.example/"}]})
    assert kept == {**EC, "kid": "mine"}
