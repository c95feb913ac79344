"""What is kept of secrets. Passwords: argon2id. Second factors: sealed. Invitations, recovery codes: hashes alone.

Keys are derived (HKDF-SHA256) from the installation's secret, each for one purpose.
"""

import hashlib
import hmac
import os
import secrets
from typing import Self
from uuid import UUID

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from network.infrastructure.context import application

STEP_SECONDS = 30
RECOVERY_CODES = 10

_PLACE = "peyvand.staff"
_NONCE_BYTES = 12
_TOKEN_BYTES = 32
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: none is taken for another
_CODE_LETTERS = 24  # 120 bits: so many need no slow hash (ASVS 5.0, 6.5.2)
_SKEW = (0, -1, 1)  # steps that a phone's clock may be behind or ahead

_hasher = PasswordHasher()  # RFC 9106's second recommendation: 64 MiB, three passes
_nobodys = _hasher.hash(secrets.token_urlsafe())


class Keys:
    """The keys of one installation."""

    def __init__(self, secret_key: bytes) -> None:
        self._cipher = AESGCM(_derived(secret_key, b"seal second factors"))
        self._hashing = _derived(secret_key, b"hash recovery codes")
        self._bucketing = _derived(secret_key, b"count attempts")

    @classmethod
    def current(cls) -> Self:
        """The current application's; derived once."""
        extensions = application().extensions
        keys: Self | None = extensions.get(_PLACE)
        if keys is None:
            keys = extensions[_PLACE] = cls(extensions["peyvand.settings"].secret_key)
        return keys

    def seal(self, staff_id: UUID, totp_secret: str) -> bytes:
        """A person's TOTP secret at rest, bound to that person."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, totp_secret.encode(), staff_id.bytes)

    def open(self, staff_id: UUID, sealed: bytes) -> str:
        """The TOTP secret. Raises cryptography.exceptions.InvalidTag."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], staff_id.bytes).decode()

    def recovery_hash(self, staff_id: UUID, code: str) -> bytes:
        """What is kept of a recovery code, however it is written."""
        plain = "".join(each for each in code.casefold() if each in _LETTERS)
        return hmac.digest(self._hashing, staff_id.bytes + plain.encode(), hashlib.sha256)

    def bucket(self, kind: str, text: str) -> bytes:
        """Under what attempts are counted, so that neither logins nor addresses stand in that table."""
        return hmac.digest(self._bucketing, f"{kind}:{text}".encode(errors="surrogatepass"), hashlib.sha256)


def hash_password(password: str) -> str:
    """What is kept of a password; takes some 50 milliseconds and 64 MiB."""
    return _hasher.hash(password)


def is_password(password: str, kept: str | None) -> bool:
    """Whether it is the one that was hashed. For nobody's it takes as long, and is never right."""
    try:
        _hasher.verify(kept or _nobodys, password)
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether a password should be hashed anew, because the costs have been raised since."""
    return _hasher.check_needs_rehash(kept)


def new_totp_secret() -> str:
    """160 random bits, in base 32, as authenticators read it."""
    return pyotp.random_base32()


def totp_uri(secret: str, *, login: str, issuer: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=login, issuer_name=issuer)


def step_of(secret: str, code: str, at_seconds: float) -> int | None:
    """The step (RFC 6238) whose six digits these are, of this one and its neighbours; None if of none."""
    totp, now = pyotp.TOTP(secret, interval=STEP_SECONDS), int(at_seconds) // STEP_SECONDS
    told = code.encode(errors="surrogatepass")
    matching = [now + skew for skew in _SKEW if hmac.compare_digest(totp.generate_otp(now + skew).encode(), told)]
    return matching[0] if matching else None


def new_recovery_codes() -> list[str]:
    """Ten codes of 120 bits, in groups of four letters."""
    return [_grouped("".join(secrets.choice(_LETTERS) for _ in range(_CODE_LETTERS))) for _ in range(RECOVERY_CODES)]


def new_token() -> str:
    """256 random bits for an invitation."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> bytes:
    """What is kept of an invitation's token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _derived(secret_key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"peyvand/staff/1: " + purpose).derive(secret_key)
