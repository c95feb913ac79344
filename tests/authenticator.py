"""A passkey's device in software: makes P-256 keys and signs with them, as browsers hand it over (WebAuthn level 2)."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

_PRESENT, _VERIFIED, _CAN_BACK_UP, _BACKED_UP, _HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class Authenticator:
    """One key for one site. `counts`: it tells how often it signed; keys that are synced don't."""

    origin: str = "http://127.0.0.1:8000"
    domain: str = "127.0.0.1"
    counts: bool = True
    verifies: bool = True
    synced: bool = False
    credential_id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    signatures: int = 0

    def register(self, options: str) -> dict[str, Any]:
        """What `navigator.credentials.create` answers."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        size = len(self.credential_id).to_bytes(2, "big")
        data = self._data(_HAS_KEY) + bytes(16) + size + self.credential_id + cbor2.dumps(public)
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {"clientDataJSON": shown(self._client("webauthn.create", options)), "attestationObject": shown(attested)}
        )

    def sign(self, options: str) -> dict[str, Any]:
        """What `navigator.credentials.get` answers."""
        self.signatures += 1
        client, data = self._client("webauthn.get", options), self._data(0)
        signature = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": shown(client), "authenticatorData": shown(data), "signature": shown(signature)}
        )

    def _client(self, kind: str, options: str) -> bytes:
        told = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        return json.dumps(told).encode()

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | (_VERIFIED if self.verifies else 0) | (_CAN_BACK_UP | _BACKED_UP if self.synced else 0)
        count = self.signatures if self.counts else 0
        return sha256(self.domain.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = shown(self.credential_id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def shown(data: bytes) -> str:
    """As base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def unshown(text: str) -> bytes:
    """From base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
