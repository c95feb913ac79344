"""A partner's own signature of what it asks: that it is of this request, of these points, and by one of its keys.

What is signed is a small statement that names neither member nor basket, and so can be shown to those whose points
are drawn; the request itself is in it as a salted hash (docs/proof.md).
"""

import json
from datetime import datetime, timedelta
from hashlib import sha256

from network.auth.domain import Principal
from network.auth.service import payload_of
from network.earning.domain import Book, Claim
from network.earning.errors import (
    SignatureInvalid,
    SignatureKeyRevoked,
    SignatureKeyUnknown,
    SignatureMismatch,
    SignatureMissing,
    SignatureStale,
)
from network.infrastructure.requests import RequestKey, RequestSignature
from network.kernel.identifiers import show

FORM = "request/1"
FRESH = timedelta(minutes=5)
"""How far from the network's clock the instant may be at which a request says that it was signed."""

_FIELD = "Request-Signature"


def check_signature(
    principal: Principal, key: RequestKey | None, claim: Claim, currency: str, book: Book, now: datetime
) -> None:
    """Let a request pass whose signature is right, or that needs none and has none.

    Raises SignatureMissing, SignatureKeyUnknown, SignatureKeyRevoked, SignatureInvalid, SignatureMismatch,
    SignatureStale.
    """
    if key is None or key.signature is None:
        if book.must_sign_at(now):
            raise SignatureMissing(field=_FIELD)
        return
    if claim.points is None:
        raise SignatureMismatch("A request that is signed says how many points it is about.", field="points")
    payload = _payload(key.signature, book, now)
    signed_at = payload.get("signed_at")
    wanted = {
        "format": FORM,
        "kind": claim.kind,
        "points": claim.points,
        "currency": currency,
        "request": request_hash(key, key.signature.salt, show("cli", principal.client_id)),
        "signed_at": signed_at,
    }
    if canonical(payload) != canonical(wanted):
        differs = sorted(name for name in {*wanted, *payload} if payload.get(name) != wanted.get(name))
        raise SignatureMismatch(field=_FIELD, differs=differs)
    if abs(_instant(signed_at) - now) > FRESH:
        raise SignatureStale(field=_FIELD)


def request_hash(key: RequestKey, salt: bytes, client: str) -> str:
    """By which a signed statement names its request: SHA-256 of salt, client, idempotency key and request, in hex.

    Each in a line of its own; the salt in hex, the request as the hash that its answer is kept under.
    """
    return sha256("\n".join((salt.hex(), client, key.idempotency_key, key.body_hash.hex())).encode()).hexdigest()


def canonical(told: object) -> str:
    """JSON as it is signed: names sorted, no white space, ASCII."""
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def _payload(signature: RequestSignature, book: Book, now: datetime) -> dict[str, object]:
    """What the signature says, if it is one of a key that is good now."""
    known = book.keys.get(signature.kid)
    if known is None:
        raise SignatureKeyUnknown(field=_FIELD)
    if not known.is_good_at(now):
        raise SignatureKeyRevoked(field=_FIELD)
    signed = payload_of(signature.document, known.jwk)
    if signed is None:
        raise SignatureInvalid(field=_FIELD)
    try:
        told = json.loads(signed)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict) or canonical(told).encode() != signed:
        raise SignatureMismatch(field=_FIELD)
    return told


def _instant(told: object) -> datetime:
    """An RFC 3339 instant. Raises SignatureMismatch."""
    try:
        instant = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise SignatureMismatch(field=_FIELD, differs=["signed_at"])
    return instant
