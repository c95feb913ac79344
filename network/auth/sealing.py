"""Secrets at rest: AES-256-GCM and HMAC-SHA256, under keys derived (HKDF-SHA256) from the installation's secret."""

import hmac
import os
from hashlib import sha256
from typing import Self

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SIGNING_KEYS = b"peyvand signing keys 1"  # one secret serves several purposes; each gets a key of its own
_REQUESTS = b"peyvand authorization requests 1"
_STAMPS = b"peyvand stamps 1"
_NONCE_BYTES = 12


class Seal:
    """Seals and opens texts for one installation. A sealed text is bound to its `label`: it opens under no other."""

    def __init__(self, secret: bytes, purpose: bytes = _SIGNING_KEYS) -> None:
        self._cipher = AESGCM(_derived(secret, purpose))

    @classmethod
    def of_requests(cls, secret: bytes) -> Self:
        """For authorization requests, which hold what a partner knows of a person."""
        return cls(secret, _REQUESTS)

    def seal(self, text: bytes, label: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """The text. Raises cryptography.exceptions.InvalidTag if secret, label or text are not the same."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], label.encode())


class Stamp:
    """Texts that only this installation can make, and makes again from the same: nonces, successors of tokens."""

    def __init__(self, secret: bytes) -> None:
        self._key = _derived(secret, _STAMPS)

    def make(self, purpose: str, text: str) -> bytes:
        """32 bytes, for one text and one purpose."""
        return hmac.digest(self._key, f"{purpose}\n{text}".encode(errors="surrogatepass"), sha256)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)
