"""The keys that sign: ES256 for access tokens, receipts and proofs, RS256 for id tokens of clients that know no better.

Made at first need, sealed at rest, rotated with overlap.
"""

import json
import threading
import time
from binascii import b2a_base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc.jwk import ECKey, KeySet, RSAKey

from network.auth.models.clients import SigningKeyRow
from network.auth.repository import keys as repository
from network.auth.sealing import Seal
from network.infrastructure.transaction import transaction
from network.kernel.clock import SystemClock

ALGORITHM = "ES256"
ID_TOKEN_ALGORITHM = "RS256"
"""What OpenID Connect has every provider know."""

_RSA_BITS = 3072  # worth 128 bits of security (NIST SP 800-57)
TOKEN_SECONDS = 600
OVERLAP_SECONDS = TOKEN_SECONDS + 300
"""How long a key that no longer signs is published: a token's life, and a margin for clocks and caches."""

_CURVE = "P-256"
_COORDINATE_BYTES = 32
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_ECDSA = ECDSA(SHA256(), deterministic_signing=True)  # RFC 6979: the same text has the same signature
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_FRESH_SECONDS = 60.0
_MOST_READS = 5.0  # in a row for unknown key ids; then one a second


class SigningKeyUnreadable(RuntimeError):
    """The key was sealed under another secret. Put the old secret back, or rotate the signing key."""


class SigningKeys:
    """The private half: which key signs now. The database is asked each time: a rotation elsewhere counts at once."""

    def __init__(self, seal: Seal, when_changed: Callable[[], None]) -> None:
        """`when_changed`: called when another key signs than before, so that our own ring knows it at once."""
        self._seal = seal
        self._when_changed = when_changed
        self._opened: dict[str, tuple[str, ECKey | RSAKey]] = {}
        self._recent_until = 0.0

    def recent(self) -> ECKey:
        """The key that signs, or signed within the last minute: without a query each time. Raises as `current`."""
        opened = self._opened.get(ALGORITHM)
        if opened is None or time.monotonic() >= self._recent_until:
            return self.current()
        assert isinstance(opened[1], ECKey)
        return opened[1]

    def current(self) -> ECKey:
        """The ES256 key that signs, made if there is none. Raises SigningKeyUnreadable."""
        key = self.signer(ALGORITHM)
        assert isinstance(key, ECKey)
        self._recent_until = time.monotonic() + _FRESH_SECONDS
        return key

    def signer(self, algorithm: str) -> ECKey | RSAKey:
        """The key that signs with an algorithm, made if there is none. Raises SigningKeyUnreadable."""
        kid, sealed = repository.find_signing_key(algorithm) or self._make_first(algorithm)
        opened = self._opened.get(algorithm)
        if opened is None or opened[0] != kid:
            opened = self._opened[algorithm] = kid, self._open(kid, sealed)
            self._when_changed()
        return opened[1]

    def rotate(self, overlap_seconds: int) -> str:
        """New keys sign from now on; the id of the ES256 one. The others are published for the overlap, then not."""
        now = SystemClock().now()
        ends = now + timedelta(seconds=overlap_seconds)
        with transaction():
            repository.lock_signing_keys()
            kid, _ = self._make(ALGORITHM, now)
            repository.retire_signing_keys(ALGORITHM, other_than=kid, at=ends)
            if repository.find_signing_key(ID_TOKEN_ALGORITHM):
                other, _ = self._make(ID_TOKEN_ALGORITHM, now)
                repository.retire_signing_keys(ID_TOKEN_ALGORITHM, other_than=other, at=ends)
        return kid

    def _make_first(self, algorithm: str) -> tuple[str, bytes]:
        with transaction():
            repository.lock_signing_keys()
            return repository.find_signing_key(algorithm) or self._make(algorithm, SystemClock().now())

    def _make(self, algorithm: str, now: datetime) -> tuple[str, bytes]:
        use = {"use": "sig", "alg": algorithm}
        key: ECKey | RSAKey = (
            ECKey.generate_key(_CURVE, use, auto_kid=True)  # type: ignore[arg-type]
            if algorithm == ALGORITHM
            else RSAKey.generate_key(_RSA_BITS, use, auto_kid=True)  # type: ignore[arg-type]
        )
        kid = str(key.kid)
        sealed = self._seal.seal(json.dumps(key.as_dict(private=True)).encode(), kid)
        public = dict(key.as_dict(private=False))
        row = SigningKeyRow(kid=kid, algorithm=algorithm, private_jwk=sealed, public_jwk=public, created_at=now)
        repository.insert_signing_key(row)
        return kid, sealed

    def _open(self, kid: str, sealed: bytes) -> ECKey | RSAKey:
        try:
            jwk = json.loads(self._seal.open(sealed, kid))
        except InvalidTag as error:
            raise SigningKeyUnreadable(f"signing key {kid} was sealed under another secret key") from error
        return ECKey.import_key(jwk) if jwk["kty"] == "EC" else RSAKey.import_key(jwk)


class KeyRing:
    """The public half: this process's copy of the keys that tokens may be signed with.

    It is read anew every minute, and for a key id it doesn't know: five times in a row, then once a second, or whoever
    sends made-up key ids would have us query for each of them.
    """

    def __init__(self, when_lost: Callable[[], None]) -> None:
        """`when_lost`: called when a key is gone, for what was verified with it is no longer."""
        self.fresh_until = 0.0
        self._reads_left = _MOST_READS
        self._counted_at = 0.0
        self._keys: dict[str, ECKey] = {}
        self._lock = threading.Lock()
        self._when_lost = when_lost

    def find(self, kid: str) -> ECKey | None:
        """The public key of this id, if it is one of ours and not retired."""
        found = self._keys.get(kid)
        if found is None and self._may_read():
            self.read()
            found = self._keys.get(kid)
        return found

    def read(self) -> None:
        """Read the keys from the database."""
        with self._lock:
            keys = {kid: _public(jwk) for kid, jwk in repository.list_public_keys(SystemClock().now(), ALGORITHM)}
            lost = self._keys.keys() - keys.keys()
            self._keys = keys
            self.fresh_until = time.monotonic() + _FRESH_SECONDS
        if lost:
            self._when_lost()

    def _may_read(self) -> bool:
        with self._lock:
            now = time.monotonic()
            self._reads_left = min(_MOST_READS, self._reads_left + now - self._counted_at)
            self._counted_at = now
            if self._reads_left < 1:
                return False
            self._reads_left -= 1
            return True


def signature(key: ECKey, data: bytes) -> str:
    """The ES256 signature of some bytes (RFC 7518, section 3.4): r and s, 64 bytes, as base64url."""
    assert key.private_key is not None, "the key that signs is whole"
    der = key.private_key.sign(data, _ECDSA)  # 30 length, 02 length r, 02 length s: taken apart by hand, on a hot path
    end = 4 + der[3]
    return base64url(_coordinate(der[4:end]) + _coordinate(der[end + 2 :]))


def _coordinate(number: bytes) -> bytes:
    """A whole number of DER, which begins with a zero or is short, in 32 bytes."""
    return number[-_COORDINATE_BYTES:].rjust(_COORDINATE_BYTES, b"\0")


def base64url(data: bytes) -> str:
    """As JOSE writes bytes: without padding."""
    return b2a_base64(data, newline=False).rstrip(b"=").translate(_URL_SAFE).decode()


def published_keys() -> list[dict[str, Any]]:
    """The public keys as a JWK Set publishes them (RFC 7517), newest first."""
    return [jwk for _, jwk in repository.list_public_keys(SystemClock().now())]


def all_keys() -> list[dict[str, Any]]:
    """The public halves of every ES256 key there ever was, newest first: what was signed stays signed."""
    return [jwk for _, jwk in repository.list_public_keys(_BEGINNING, ALGORITHM)]


def id_token_keys() -> KeySet:
    """Every key that ever signed id tokens: one that is shown again as a hint may be old."""
    kept = repository.list_public_keys(_BEGINNING)
    return KeySet([ECKey.import_key(jwk) if jwk["kty"] == "EC" else RSAKey.import_key(jwk) for _, jwk in kept])


def _public(jwk: dict[str, Any]) -> ECKey:
    return ECKey.import_key(jwk)
