"""Logging in with a private key in place of a secret (`private_key_jwt`: RFC 7523, section 2.2)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from ._auth import TOKEN_ROUTE, Ask, form_call, issuer_by
from ._exchange import Call
from ._keys import joserfc, private_key

__all__ = ["Assertion"]

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFETIME = 60


class Assertion:
    """Client credentials of a client that signs who it is. `now` is the clock on the wall."""

    scheme = "Bearer"
    is_patient = False

    def __init__(self, key: Any, client_id: str, scopes: tuple[str, ...] | None, now: Callable[[], float]) -> None:
        self._key = private_key(key, "private_key")
        self._jwt = joserfc("private_key=").jwt
        self._client_id, self._now = client_id, now
        self._fields = {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
        self._issuer: str | None = None

    def call(self, ask: Ask) -> Call:
        self._issuer = self._issuer or issuer_by(ask)
        return form_call(TOKEN_ROUTE, self._form)

    def keep(self, fields: Mapping[str, Any]) -> None:
        """An answer to client credentials has nothing to keep."""

    def _form(self) -> bytes:
        now = int(self._now())
        who = {"iss": self._client_id, "sub": self._client_id, "aud": self._issuer}
        claims = who | {"jti": str(uuid.uuid4()), "iat": now, "exp": now + LIFETIME}
        signed = self._jwt.encode({"alg": "ES256"}, claims, self._key, algorithms=["ES256"])
        fields = {"client_id": self._client_id, "client_assertion_type": TYPE, "client_assertion": signed}
        return urlencode(self._fields | fields).encode()
