"""Access tokens as RFC 9068 has them: verification, and a cache of what was verified.

A signature is checked once per process (about 100 microseconds), then found by the token's hash (about 2). The cache
holds nothing but that check: whether the client may still ask is read from the database on every request.
"""

import hashlib
import threading
import time
from typing import Any, NamedTuple
from uuid import UUID

from joserfc import jws, jwt
from joserfc.errors import JoseError

from network.auth.errors import InvalidToken
from network.auth.keys import ALGORITHM, KeyRing
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read

PARTNER_CLAIM = "partner"
GRANT_CLAIM = "grant"
STORES_CLAIM = "stores"
_TYPES = ("at+jwt", "application/at+jwt")
_LEEWAY_SECONDS = 5
_LONGEST = 4096
_MOST_CACHED = 10_000


class Verified(NamedTuple):
    """What a token says, its signature and its claims checked. `until`: seconds since the epoch, leeway included."""

    client_id: UUID
    partner_id: UUID
    scopes: frozenset[str]
    token_id: str
    shown_client: str
    until: float
    grant_id: UUID | None = None
    member_id: UUID | None = None
    stores: frozenset[UUID] = frozenset()
    jkt: str | None = None


class TokenCache:
    """Verified tokens by the SHA-256 of their text: bounded, and shared by the threads of a process."""

    def __init__(self, most: int = _MOST_CACHED) -> None:
        self._most = most
        self._found: dict[bytes, Verified] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, digest: bytes) -> Verified | None:
        """What was kept. A dict's `get` is atomic: no lock on the way that every request takes."""
        return self._found.get(digest)

    def put(self, digest: bytes, verified: Verified, now: float) -> None:
        """Keep; if there is no room, forget what has expired, and if that wasn't enough, what came first."""
        with self._lock:
            if len(self._found) >= self._most:
                self._found = {key: kept for key, kept in self._found.items() if kept.until > now}
            while len(self._found) >= self._most:
                del self._found[next(iter(self._found))]
            self._found[digest] = verified

    def clear(self) -> None:
        """Forget everything: a key is gone."""
        with self._lock:
            self._found = {}


class TokenVerifier:
    """Checks access tokens of one issuer for one audience."""

    def __init__(self, issuer: str, audience: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self.cache = TokenCache()
        self.ring = KeyRing(when_lost=self.cache.clear)

    def verify(self, token: str) -> Verified:
        """What a token says. Raises InvalidToken for whatever is wrong with it."""
        if len(token) > _LONGEST:
            raise InvalidToken
        if time.monotonic() >= self.ring.fresh_until:
            self.ring.read()
        digest = hashlib.sha256(token.encode()).digest()
        verified = self.cache.get(digest)
        if verified is None:
            verified = self._checked(token)
            self.cache.put(digest, verified, time.time())
        if time.time() >= verified.until:
            raise InvalidToken("The access token has expired.")
        return verified

    def _checked(self, token: str) -> Verified:
        try:
            return self._read_claims(self._signed_claims(token))
        except InvalidToken:
            raise
        except (JoseError, PeyvandError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            # Whatever a made-up token does to the parsers, it is no token of ours.
            raise InvalidToken from error

    def _signed_claims(self, token: str) -> dict[str, Any]:
        header = jws.extract_compact(token.encode()).headers()
        # Pinned before any key is looked at: no `none`, no HMAC with a public key, no other kind of JWT as a token.
        if header.get("alg") != ALGORITHM or str(header.get("typ")).lower() not in _TYPES:
            raise InvalidToken
        key = self.ring.find(header["kid"])
        if key is None:
            raise InvalidToken
        return jwt.decode(token, key, algorithms=[ALGORITHM]).claims

    def _read_claims(self, claims: dict[str, Any]) -> Verified:
        latest = time.time() + _LEEWAY_SECONDS
        shown_client, subject, grant = claims["client_id"], claims["sub"], claims.get(GRANT_CLAIM)
        if claims["iss"] != self._issuer or claims["aud"] != self._audience:
            raise InvalidToken
        if subject != shown_client and grant is None:
            raise InvalidToken
        if not _is_instant(claims["exp"]) or not _is_instant(claims["iat"]) or claims["iat"] > latest:
            raise InvalidToken
        return Verified(
            client_id=read("cli", shown_client),
            partner_id=read("par", claims[PARTNER_CLAIM]),
            scopes=frozenset(claims["scope"].split()),
            token_id=str(claims["jti"]),
            shown_client=shown_client,
            until=claims["exp"] + _LEEWAY_SECONDS,
            grant_id=None if grant is None else read("grt", grant),
            member_id=None if subject == shown_client else read("mbr", subject),
            stores=frozenset(read("sto", store) for store in claims.get(STORES_CLAIM, ())),
            jkt=claims["cnf"]["jkt"] if "cnf" in claims else None,
        )


def _is_instant(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
