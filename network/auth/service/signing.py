"""The rotation of the keys that sign, and what they sign beside tokens."""

import json
from typing import Any

from network.audit.service import record
from network.auth.authority import authority
from network.auth.keys import ALGORITHM, OVERLAP_SECONDS, all_keys, base64url, signature
from network.infrastructure.transaction import transaction


def rotate_signing_key(overlap_seconds: int = OVERLAP_SECONDS) -> str:
    """Let a new key sign from now on; its id. The old ones are still accepted for the overlap, 15 minutes if not told.

    With an overlap of 0, after a key was stolen, every process refuses the old tokens within a minute.
    """
    with transaction():
        kid = authority().signing_keys.rotate(overlap_seconds)
        record("keys.rotate", "key", kid, after={"overlap_seconds": overlap_seconds})
    return kid


def sign_document(payload: str, kind: str) -> str:
    """A payload and its signature as a compact JWS (RFC 7515). `kind`: its media type, so that no token is one.

    Raises SigningKeyUnreadable.
    """
    key = authority().signing_keys.current()
    header = json.dumps({"alg": ALGORITHM, "kid": key.kid, "typ": kind}, separators=(",", ":"))
    signed = f"{base64url(header.encode())}.{base64url(payload.encode())}"
    return f"{signed}.{signature(key, signed.encode())}"


def sign_text(text: str) -> str:
    """The bare ES256 signature of a text, as base64url; for the hot path. The text has to name what it is.

    Raises SigningKeyUnreadable.
    """
    return signature(authority().signing_keys.recent(), text.encode())


def proof_keys() -> list[dict[str, Any]]:
    """Every key that receipts and proofs may be signed with, as JWKs, newest first; retired ones too."""
    return all_keys()


def network_name() -> str:
    """By which tokens and proofs name this network: its public address."""
    return authority().issuer
