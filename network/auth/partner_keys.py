"""Keys that are not ours: reading the public ones that partners give us, and verifying what was signed with them."""

import json
from functools import lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from network.auth.errors import BadPublicKey
from network.auth.keys import ALGORITHM

_CURVE = "P-256"
_LONGEST = 4096
# Whatever made-up input does to the parsers.
_ANY = (JoseError, UnsupportedAlgorithm, ValueError, TypeError, KeyError, AttributeError, RecursionError)


def read_public_key(text: str) -> tuple[str, str]:
    """A key on P-256, given as PEM or as a JWK: its thumbprint (RFC 7638), and the JWK as JSON.

    Raises BadPublicKey, also for a private key: one that was shown to us is private no more.
    """
    if len(text) > _LONGEST:
        raise BadPublicKey
    try:
        key = ECKey.import_key(json.loads(text) if text.lstrip().startswith("{") else text.strip())
        curve, kid, is_private = key.curve_name, key.thumbprint(), key.is_private
        told = {name: key.as_dict(private=False)[name] for name in ("kty", "crv", "x", "y")}
    except _ANY as error:
        raise BadPublicKey from error
    if is_private:
        raise BadPublicKey("This is a private key, and now it was seen: make a new one, and give its public half.")
    if curve != _CURVE:
        raise BadPublicKey
    return kid, json.dumps(told | {"kid": kid, "use": "sig", "alg": ALGORITHM}, sort_keys=True)


def payload_of(document: str, jwk: str) -> bytes | None:
    """What a compact JWS says, if this key signed it; else None."""
    try:
        return bytes(jws.deserialize_compact(document, _imported(jwk), algorithms=[ALGORITHM]).payload or b"")
    except _ANY:
        return None


@lru_cache(maxsize=256)
def _imported(jwk: str) -> ECKey:
    return ECKey.import_key(json.loads(jwk))
