"""Proofs that a request comes from whoever holds the key that its token is bound to (DPoP, RFC 9449)."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import Any

from ._exchange import Answer, Call
from ._keys import joserfc

__all__ = ["Prover"]


class Prover:
    """The key of a terminal, at the network whose address for the world is `issuer`.

    The network says which nonce the next proofs carry, and what time it is: a till's own clock may be wrong.
    """

    def __init__(self, key: Any, issuer: str) -> None:
        self._jwt = joserfc("A terminal").jwt
        self._key, self._issuer = key, issuer
        self._header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
        self._nonce: str | None = None
        self._ahead = 0.0

    def headers(self, call: Call, authorization: str | None, now: float) -> Mapping[str, str]:
        """The proof for one try of `call`, at an instant in Unix seconds by this machine."""
        claims: dict[str, Any] = {
            "htm": call.method,
            "htu": self._issuer + call.path,
            "iat": int(now + self._ahead),
            "jti": str(uuid.uuid4()),
        }
        if self._nonce:
            claims["nonce"] = self._nonce
        if authorization:
            token = authorization.partition(" ")[2]
            claims["ath"] = base64.urlsafe_b64encode(sha256(token.encode()).digest()).decode().rstrip("=")
        return {"DPoP": self._jwt.encode(dict(self._header), claims, self._key, algorithms=["ES256"])}

    def learn(self, answer: Answer, now: float) -> None:
        """What an answer tells: the nonce from now on, and the network's time."""
        self._nonce = answer.headers.get("dpop-nonce") or self._nonce
        try:
            self._ahead = parsedate_to_datetime(answer.headers["date"]).timestamp() - now
        except (KeyError, TypeError, ValueError):
            return
