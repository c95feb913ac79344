"""Signing what draws points with the partner's own key, for those whose points are drawn (docs/proof.md).

What is signed names neither member nor purchase: the request is in it as a hash with a salt, which the network alone
is given. Loaded by those alone who sign; needs joserfc: `pip install partner-sdk[signing]`.
"""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from ._exchange import Call
from ._keys import joserfc, private_key

__all__ = ["Signer"]

KIND = "peyvand-request+jws"
SALT_BYTES = 16


class Signer:
    """A private key on P-256, and the client it signs for.

    `key`: PEM as text or bytes, the path of such a file, or a joserfc `ECKey`. Raises ConfigurationError.
    """

    def __init__(self, key: Any, client_id: str) -> None:
        self._key = private_key(key, "signing_key")
        self._jws = joserfc("signing_key=").jws
        self._secret = str(self._key.as_dict(private=True)["d"]).encode()
        self._client_id = client_id
        self._header = {"alg": "ES256", "kid": self._key.thumbprint(), "typ": KIND}

    def headers(self, call: Call, key: str | None, now: float) -> dict[str, str]:
        """What to send `call` with under an idempotency key, at an instant in Unix seconds.

        Raises ValueError for a capture or return that leaves its points or its currency to be looked up.
        """
        draw = call.draw
        if draw is None or key is None:
            return {}
        if draw.points is None or draw.currency is None:
            raise ValueError(f"To be signed, a {draw.kind} needs points= and the Redemption itself, not its id.")
        body = _canonical(json.loads(call.body or b"{}"))
        asked = sha256(f"{call.method} {call.path}\n{body}".encode()).hexdigest()
        # The same for the same request, however often it is sent: two salts would be two requests that are vouched for.
        salt = hmac.digest(self._secret, f"{self._client_id}\n{key}\n{asked}".encode(), "sha256")[:SALT_BYTES]
        told = {
            "format": "request/1",
            "kind": draw.kind,
            "points": draw.points,
            "currency": draw.currency,
            "request": sha256("\n".join((salt.hex(), self._client_id, key, asked)).encode()).hexdigest(),
            "signed_at": datetime.fromtimestamp(int(now), UTC).isoformat().replace("+00:00", "Z"),
        }
        signed = self._jws.serialize_compact(dict(self._header), _canonical(told), self._key, algorithms=["ES256"])
        return {"Request-Signature": f"{base64.urlsafe_b64encode(salt).decode().rstrip('=')}.{signed}"}


def _canonical(told: Any) -> str:
    return json.dumps(told, sort_keys=True, separators=(",", ":"))
