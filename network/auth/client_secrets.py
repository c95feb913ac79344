"""Client secrets: 256 random bits, kept as SHA-256.

A secret of that size can't be found by trying, however fast the hash is, so a slow one would only cost the token
endpoint its speed. Whoever reads the table learns nothing they could log in with.
"""

import hashlib
import hmac
import secrets

_BYTES = 32


def new_secret() -> str:
    """43 URL-safe characters."""
    return secrets.token_urlsafe(_BYTES)


def digest(secret: str) -> bytes:
    """The SHA-256 of a secret; of any text, also one that no secret could be."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def matches(secret: str, kept: bytes) -> bool:
    """Whether this is the secret, in a time that doesn't tell how nearly."""
    return hmac.compare_digest(digest(secret), kept)
