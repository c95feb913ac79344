"""Proofs of possession (RFC 9449): a request is signed with the key that its token is bound to.

Each proof carries a nonce of ours, which changes every five minutes, and its id is accepted once.
"""

import hashlib
import time
from datetime import timedelta
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from network.auth.authority import authority
from network.auth.errors import DpopRefused, NonceNeeded
from network.auth.keys import base64url
from network.auth.repository.clients import note_seen
from network.kernel.clock import SystemClock

ALGORITHMS = ("ES256", "PS256", "EdDSA", "Ed25519")
HEADER, NONCE_HEADER = "DPoP", "DPoP-Nonce"
_LONGEST = 4096
_NONCE_SECONDS = 300
_OLDEST_SECONDS, _AHEAD_SECONDS = 60, 10
_SEEN_FOR = timedelta(seconds=2 * (_OLDEST_SECONDS + _AHEAD_SECONDS))
_LEAST_RSA_BITS = 2048
_PRIVATE = {"d", "k", "p", "q"}


def verify_proof(proof: str, *, method: str, url: str, access_token: str | None = None) -> str:
    """The thumbprint (RFC 7638) of the key that a proof for this request was signed with.

    `url`: the address as clients know it, without its query. Raises DpopRefused, NonceNeeded.
    """
    key, claims = _signed(proof)
    now = time.time()
    if claims.get("htm") != method or _without_query(claims.get("htu")) != url:
        raise DpopRefused
    if not _is_now(claims, now) or not isinstance(claims.get("jti"), str) or len(claims["jti"]) > 256:
        raise DpopRefused
    if access_token is not None and claims.get("ath") != _hash(access_token):
        raise DpopRefused("The DPoP proof is not one for this access token.")
    if claims.get("nonce") not in (_nonce(now), _nonce(now - _NONCE_SECONDS)):
        raise NonceNeeded
    jkt: str = key.thumbprint()
    seen = hashlib.sha256(f"dpop\n{jkt}\n{claims['jti']}".encode(errors="surrogatepass")).digest()
    if not note_seen(seen, SystemClock().now() + _SEEN_FOR):
        raise DpopRefused("The DPoP proof was used before.")
    return jkt


def current_nonce() -> str:
    """The nonce for the next proofs."""
    return _nonce(time.time())


def _signed(proof: str) -> tuple[ECKey | RSAKey | OKPKey, dict[str, Any]]:
    """The key in the header of a proof, which it was signed with, and what it says. Raises DpopRefused."""
    if len(proof) > _LONGEST:
        raise DpopRefused
    try:
        header = jws.extract_compact(proof.encode()).headers()
        jwk = header["jwk"]
        if header.get("typ") != "dpop+jwt" or header.get("alg") not in ALGORITHMS or _PRIVATE & jwk.keys():
            raise DpopRefused
        key = import_key(jwk)
        if not isinstance(key, ECKey | RSAKey | OKPKey) or _is_weak(key):
            raise DpopRefused
        claims = jwt.decode(proof, key, algorithms=[header["alg"]]).claims
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DpopRefused from error  # whatever a made-up proof does to the parsers, it is none
    return key, claims


def _is_weak(key: ECKey | RSAKey | OKPKey) -> bool:
    return isinstance(key, RSAKey) and key.public_key.key_size < _LEAST_RSA_BITS


def _is_now(claims: dict[str, Any], now: float) -> bool:
    times = [claims.get("iat"), claims.get("exp", now + 1), claims.get("nbf", now)]
    if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in times):
        return False
    issued, ends, begins = times
    latest = now + _AHEAD_SECONDS
    return bool(now - _OLDEST_SECONDS <= issued <= latest and ends > now - _AHEAD_SECONDS and begins <= latest)


def _without_query(url: Any) -> str:
    return str(url).partition("#")[0].partition("?")[0]


def _nonce(at: float) -> str:
    return base64url(authority().stamp.make("dpop nonce", str(int(at // _NONCE_SECONDS)))[:18])


def _hash(token: str) -> str:
    return base64url(hashlib.sha256(token.encode()).digest())
