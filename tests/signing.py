"""A partner's own key, and requests signed with it: written from docs/proof.md, and by nothing of the SDK's."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from network.kernel.clock import show_instant
from tests.fixtures import Customer, Till, next_key

_KINDS = {"capture": "capture", "reverse": "return"}


def new_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def pem(key: ECKey) -> str:
    """The public half."""
    return key.as_pem(private=False).decode()


@dataclass
class Pen:
    """A partner's key at its till. `at`: what the till's clock shows; others change what is signed, or how."""

    till: Till
    at: datetime
    key: ECKey = field(default_factory=new_key)
    kid: str | None = None
    kind: str = "peyvand-request+jws"

    def statement(self, path: str, body: dict[str, Any], key: str, salt: bytes, **other: Any) -> dict[str, Any]:
        """What is signed of a request."""
        asked = f"POST {path}\n{json.dumps(body, sort_keys=True, separators=(',', ':'))}"
        client = self.till.client.shown_id
        named = "\n".join((salt.hex(), client, key, sha256(asked.encode()).hexdigest()))
        verb = "redemption" if body.get("capture", True) else "hold"
        return {
            "format": "request/1",
            "kind": _KINDS.get(path.rpartition("/")[2], verb),
            "points": body.get("points"),
            "currency": "USD",
            "request": sha256(named.encode()).hexdigest(),
            "signed_at": show_instant(self.at),
        } | other

    def header(self, path: str, body: dict[str, Any], key: str, **other: Any) -> str:
        """The value of `Request-Signature`. `other`: members of the statement that are not as they should be."""
        salt = secrets.token_bytes(16)
        told = json.dumps(self.statement(path, body, key, salt, **other), sort_keys=True, separators=(",", ":"))
        head = {"alg": "ES256", "kid": self.kid or self.key.thumbprint(), "typ": self.kind}
        document = jws.serialize_compact(head, told.encode(), self.key, algorithms=["ES256"])
        return f"{urlsafe_b64encode(salt).decode().rstrip('=')}.{document}"

    def post(self, path: str, body: dict[str, Any], *, key: str | None = None, **other: Any) -> Any:
        """Sign and send. `header`: another one in its place."""
        key = key or next_key()
        header = other.pop("header", None) or self.header(path, body, key, **other)
        headers = {**self.till.headers(key), "Request-Signature": header}
        return self.till.app.test_client().post(path, json=body, headers=headers)

    def redeem(self, customer: Customer, points: int, *, key: str | None = None, **more: Any) -> Any:
        """A signed redemption; `more` members of its body."""
        return self.post("/v1/redemptions", redemption(customer, points, **more), key=key)


def redemption(customer: Customer, points: int, **more: Any) -> dict[str, Any]:
    """The body of one."""
    proof = {"type": "card", "card_number": customer.card_number}
    return {"member": customer.id, "points": points, "currency": "USD", "proof": proof, **more}
