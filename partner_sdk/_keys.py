"""Private keys of those who have some: to sign requests, to log in, to prove that a token is theirs.

Loaded by those alone; needs joserfc: `pip install partner-sdk[signing]`.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ._errors import ConfigurationError

__all__ = ["joserfc", "private_key"]


def joserfc(for_what: str) -> Any:
    """The library, with its modules `jwk`, `jws` and `jwt`. Raises ConfigurationError where it is missing."""
    try:
        import joserfc
        import joserfc.jwk
        import joserfc.jws
        import joserfc.jwt
    except ImportError:
        raise ConfigurationError(f"{for_what} needs joserfc: pip install partner-sdk[signing].") from None
    return joserfc


def private_key(key: Any, name: str) -> Any:
    """A joserfc `ECKey` on P-256 from PEM, the path of such a file, or itself. Raises ConfigurationError."""
    kind = joserfc(f"{name}=").jwk.ECKey
    try:
        found = key if isinstance(key, kind) else kind.import_key(_pem(key))
        usable = found.curve_name == "P-256" and found.is_private
    except Exception as error:
        # Whatever the parsers make of it; and not told from the error, which might tell of the key.
        raise ConfigurationError(f"{name} is no private key in PEM ({type(error).__name__}).") from None
    if not usable:
        raise ConfigurationError(f"{name} is a private key on the curve P-256.")
    return found


def _pem(key: str | bytes | os.PathLike[str]) -> bytes:
    text = key.encode() if isinstance(key, str) else key
    if isinstance(text, bytes) and b"-----BEGIN" in text:
        return text
    return Path(os.fsdecode(key)).read_bytes()
