"""Private keys at rest: AES-256-GCM under a key derived (HKDF-SHA256) from the installation's secret."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_PURPOSE = b"peyvand signing keys 1"  # one secret serves several purposes; each gets a key of its own
_NONCE_BYTES = 12


class Seal:
    """Seals and opens texts for one installation. A sealed text is bound to its `label`: it opens under no other."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
        self._cipher = AESGCM(key)

    def seal(self, text: bytes, label: str) -> bytes:
        """Nonce and ciphertext."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text, label.encode())

    def open(self, sealed: bytes, label: str) -> bytes:
        """The text. Raises cryptography.exceptions.InvalidTag if secret, label or text are not the same."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], label.encode())
