"""The network's public keys, and what was signed with them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ._p256 import verify

__all__ = ["Keys"]


class Keys:
    """Public keys of the network: a JWK Set as `/v1/proofs/keys` gives it, or its `keys`. ES256 alone.

    Keep them, and compare them with those that other partners were given: whoever makes up keys makes up proofs.
    Raises ValueError for what is no such set.
    """

    def __init__(self, told: Mapping[str, Any] | Iterable[Mapping[str, Any]]) -> None:
        keys = told["keys"] if isinstance(told, Mapping) else told
        self._keys: dict[str, tuple[int, int]] = {}
        for key in keys:
            if key.get("kty") != "EC" or key.get("crv") != "P-256":
                raise ValueError("The network signs with keys on the curve P-256.")
            point = (int.from_bytes(unbase64(key[name]), "big") for name in ("x", "y"))
            self._keys[str(key.get("kid", len(self._keys)))] = (next(point), next(point))

    def signed(self, text: str, signature: str) -> bool:
        """Whether one of these keys signed this text; `signature` is base64url."""
        try:
            raw = unbase64(signature)
        except ValueError:
            return False
        return any(verify(*key, text.encode(), raw) for key in self._keys.values())

    def payload_of(self, document: str, kind: str) -> Mapping[str, Any] | None:
        """What a compact JWS (RFC 7515) of this kind says, if one of these keys signed it; else None."""
        try:
            head, body, signature = document.split(".")
            header, payload = json.loads(unbase64(head)), json.loads(unbase64(body))
            point, raw = self._keys[header["kid"]], unbase64(signature)
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        if header.get("alg") != "ES256" or header.get("typ") != kind or not isinstance(payload, dict):
            return None
        return payload if verify(*point, f"{head}.{body}".encode(), raw) else None


def unbase64(text: str) -> bytes:
    """Bytes of base64url without padding. Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, TypeError, UnicodeError) as error:
        raise ValueError("This is not base64url.") from error
