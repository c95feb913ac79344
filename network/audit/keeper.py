"""What one application holds for this room: the key that seals entries, who signs heads, and where they are exported.

The seal is keyed, so that whoever can write into the database, but has not the installation's secret, can't forge an
entry; the signed heads are kept outside of the database, so that whoever has the secret can't shorten or rewrite what
was exported before.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask

from network.infrastructure.context import application
from network.settings import Settings

Sign = Callable[[str], str]
Open = Callable[[str], str | None]

_PLACE = "peyvand.audit"
_DIGEST_BYTES = 16


@dataclass(frozen=True)
class Keeper:
    """`sign` makes a compact JWS of a document, and `open` gives the document back, or None if we never signed it;
    `folder` is where the heads of days are exported to.
    """

    network: str
    folder: Path
    sign: Sign = field(repr=False)
    open: Open = field(repr=False)
    _sealing: bytes = field(repr=False)
    _digesting: bytes = field(repr=False)

    def seal(self, digest: bytes) -> bytes:
        """HMAC-SHA256 of a link's hash."""
        return hmac.digest(self._sealing, digest, sha256)

    def digest(self, text: str) -> str:
        """What stands in an entry for a text that may be personal: equal for equal texts, and undone by nobody."""
        return hmac.digest(self._digesting, text.encode(), sha256)[:_DIGEST_BYTES].hex()


def init_audit(app: Flask, settings: Settings, sign: Sign, open_: Open) -> None:
    """Give the application its audit trail."""
    app.extensions[_PLACE] = Keeper(
        network=settings.public_url,
        folder=settings.state_folder / "audit",
        sign=sign,
        open=open_,
        _sealing=_derived(settings.secret_key, b"seal entries"),
        _digesting=_derived(settings.secret_key, b"digest values"),
    )


def keeper() -> Keeper:
    """The current application's."""
    found: Keeper = application().extensions[_PLACE]
    return found


def _derived(secret_key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"peyvand/audit/1: " + purpose).derive(secret_key)
