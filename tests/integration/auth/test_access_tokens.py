"""What an access token says (RFC 9068), and every way to forge one that must not work."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from network.auth.authority import authority
from network.auth.errors import InvalidToken
from network.auth.service import NewClient
from network.auth.tokens import Verified
from network.kernel.identifiers import show
from network.settings import Settings

Token = dict[str, Any]
HEADER = {"alg": "ES256", "typ": "at+jwt"}


def _part(token: str, number: int) -> Any:
    part = token.split(".")[number]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def _joined(*parts: bytes) -> str:
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


@pytest.fixture
def token(till: NewClient, token_of: Callable[..., str]) -> str:
    """A good one."""
    return token_of(till)


@pytest.fixture
def claims(token: str) -> Token:
    """What a good one says."""
    found: Token = _part(token, 1)
    return found


def _sign(claims: Token, header: Token | None = None, key: Any = None) -> str:
    """Signed with the network's own key unless told otherwise."""
    return jwt.encode(HEADER | (header or {}), claims, key or KeySet([authority().signing_keys.current()]))


def _verify(token: str) -> Verified:
    return authority().verifier.verify(token)


def test_a_token_says_what_rfc_9068_wants(
    token: str, till: NewClient, partner_id: UUID, settings: Settings, app: Flask
) -> None:
    header, claims = _part(token, 0), _part(token, 1)
    assert header == {"alg": "ES256", "typ": "at+jwt", "kid": authority().signing_keys.current().kid}
    assert claims["iss"] == settings.public_url
    assert claims["aud"] == f"{settings.public_url}/v1"
    assert claims["sub"] == claims["client_id"] == till.shown_id
    assert claims["partner"] == show("par", partner_id)
    assert claims["exp"] - claims["iat"] == 600
    assert abs(claims["iat"] - time.time()) < 60
    assert claims["scope"] == "points:read points:earn"


def test_no_two_tokens_have_the_same_id(till: NewClient, token_of: Callable[..., str]) -> None:
    assert len({_part(token_of(till), 1)["jti"] for _ in range(5)}) == 5


def test_a_verified_token_names_client_partner_and_scopes(token: str, till: NewClient, partner_id: UUID) -> None:
    verified = _verify(token)
    assert (verified.client_id, verified.partner_id) == (till.client_id, partner_id)
    assert verified.scopes == {"points:read", "points:earn"}


def test_a_token_is_checked_once_and_then_known(token: str) -> None:
    verifier = authority().verifier
    verifier.cache.clear()
    assert verifier.verify(token) is verifier.verify(token)
    assert len(verifier.cache) == 1


def test_the_signature_of_our_key_makes_a_token_good(claims: Token) -> None:
    assert _verify(_sign(claims | {"jti": "another"})).token_id == "another"


def test_the_type_may_be_written_in_full(claims: Token) -> None:
    assert _verify(_sign(claims, {"typ": "application/at+jwt"}))


@pytest.mark.parametrize("typ", ["JWT", "jwt", "", "id+jwt", "logout+jwt"])
def test_a_token_of_another_type_is_refused(claims: Token, typ: str) -> None:
    with pytest.raises(InvalidToken):
        _verify(_sign(claims, {"typ": typ}))


def test_a_token_without_a_type_is_refused(claims: Token) -> None:
    with pytest.raises(InvalidToken):
        _verify(jwt.encode({"alg": "ES256"}, claims, KeySet([authority().signing_keys.current()])))


def test_a_token_without_a_key_id_is_refused(claims: Token) -> None:
    with pytest.raises(InvalidToken):
        _verify(_sign(claims, key=authority().signing_keys.current()))  # a bare key leaves no `kid`


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://elsewhere.test"}, {"aud": "http://elsewhere.test/v1"}, {"aud": None}, {"sub": "cli_other"},
        {"exp": 0}, {"exp": "soon"}, {"exp": True}, {"exp": None}, {"iat": 32_503_680_000}, {"iat": "now"},
        {"client_id": "cli_x", "sub": "cli_x"}, {"client_id": 7, "sub": 7}, {"partner": "mbr_x"}, {"scope": 7},
        {"scope": None},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_whose_claims_are_not_ours_is_refused(claims: Token, changed: Token) -> None:
    with pytest.raises(InvalidToken):
        _verify(_sign(claims | changed))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "exp", "iat", "client_id", "partner", "scope", "jti"])
def test_a_token_that_lacks_a_claim_is_refused(claims: Token, name: str) -> None:
    with pytest.raises(InvalidToken):
        _verify(_sign({key: value for key, value in claims.items() if key != name}))


def test_an_expired_token_is_refused_though_it_was_known(claims: Token) -> None:
    ends = time.time() - 3.5  # within the leeway of five seconds, but not for long
    token = _sign(claims | {"iat": int(ends) - 600, "exp": ends})
    assert _verify(token)
    time.sleep(max(0.0, ends + 5.1 - time.time()))
    with pytest.raises(InvalidToken, match="expired"):
        _verify(token)


def test_a_changed_token_is_refused(token: str) -> None:
    header, payload, signature = token.split(".")
    more = _part(token, 1) | {"scope": "points:redeem"}
    with pytest.raises(InvalidToken):
        _verify(".".join([header, _joined(json.dumps(more).encode()), signature]))
    with pytest.raises(InvalidToken):
        _verify(".".join([header, payload, signature[:-4] + "AAAA"]))


def test_no_signature_is_no_token(claims: Token) -> None:
    kid = authority().signing_keys.current().kid
    for alg in ("none", "None", "NONE", ""):
        header = {"alg": alg, "typ": "at+jwt", "kid": kid}
        with pytest.raises(InvalidToken):
            _verify(_joined(json.dumps(header).encode(), json.dumps(claims).encode(), b""))


def test_the_public_key_is_no_secret_to_sign_with(claims: Token) -> None:
    key = authority().signing_keys.current()
    header = {"alg": "HS256", "typ": "at+jwt", "kid": key.kid}
    signed = _joined(json.dumps(header).encode(), json.dumps(claims).encode())
    for secret in (
        key.as_pem(private=False),
        key.as_der(private=False),
        json.dumps(key.as_dict(private=False)).encode(),
    ):
        mac = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
        with pytest.raises(InvalidToken):
            _verify(f"{signed}.{_joined(mac)}")


def test_a_key_of_ones_own_is_not_believed(claims: Token) -> None:
    own = ECKey.generate_key("P-256")
    kid = str(authority().signing_keys.current().kid)
    headers: list[Token] = [
        {"kid": kid},
        {"kid": "made-up"},
        {"kid": kid, "jwk": own.as_dict(private=False)},
        {"kid": kid, "jku": "http://elsewhere.test/keys"},
        {"kid": 7},
        {"kid": ["x"]},
        {"kid": None},
    ]
    for header in headers:
        told = json.dumps(HEADER | header).encode()
        signed = _joined(told, json.dumps(claims).encode())
        signature = _sign(claims, {"kid": kid}, own).split(".")[2]
        with pytest.raises(InvalidToken):
            _verify(f"{signed}.{signature}")


def test_another_algorithm_is_refused_whoever_signs(claims: Token) -> None:
    rsa = RSAKey.generate_key(2048)
    with pytest.raises(InvalidToken):
        _verify(jwt.encode({"alg": "RS256", "typ": "at+jwt", "kid": "x"}, claims, rsa))


def test_critical_headers_that_nobody_here_knows_are_refused(claims: Token) -> None:
    key = authority().signing_keys.current()
    header = {**HEADER, "kid": key.kid, "crit": ["b64"], "b64": True}
    token = jwt.encode(header, claims, key)
    parts = token.split(".")
    parts[0] = _joined(json.dumps({**header, "crit": ["exp"], "exp": 1}).encode())
    with pytest.raises(InvalidToken):
        _verify(".".join(parts))


def test_made_up_key_ids_do_not_query_the_database_each_time(claims: Token, monkeypatch: pytest.MonkeyPatch) -> None:
    verifier, own = authority().verifier, ECKey.generate_key("P-256")
    reads = 0
    read = verifier.ring.read

    def counted() -> None:
        nonlocal reads
        reads += 1
        read()

    monkeypatch.setattr(verifier.ring, "read", counted)
    began = time.monotonic()
    for number in range(200):
        with pytest.raises(InvalidToken):
            _verify(_sign(claims, {"kid": f"made-up-{number}"}, own))
    assert reads <= 6 + time.monotonic() - began  # five in a row, one a second, and the one that is due anyway
