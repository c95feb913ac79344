"""The access token: fetched once, shared by all threads, renewed ahead of its end.

RFC 6749, section 4.4 (client credentials) with the client authenticated by HTTP Basic (section 2.3.1), unless a grant
of another file says how: by a key, or as a terminal.
"""

from __future__ import annotations

import base64
import copy
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from ._deadline import Deadline
from ._errors import APITimeoutError, PeyvandError
from ._exchange import Answer, Call, get

__all__ = ["TOKEN_ROUTE", "Ask", "Credentials", "Grant", "Secret", "form_call", "issuer_by"]

logger = logging.getLogger("partner_sdk")

TOKEN_ROUTE = "/oauth/token"
METADATA_ROUTE = "/.well-known/oauth-authorization-server"
ASSUMED_LIFETIME = 300.0
LONGEST_MARGIN = 60.0
PAUSE_AFTER_FAILED_RENEWAL = 5.0


class Login(Protocol):
    """Sends the call that logs in: `hurried` once and quickly, else with all patience. Raises PeyvandError."""

    def __call__(self, call: Call, *, hurried: bool) -> Answer: ...


Ask = Callable[[Call], Answer]


class Grant(Protocol):
    """What access tokens are asked for with. `scheme`: how they are sent; `is_patient`: never asked for in a hurry."""

    scheme: str
    is_patient: bool

    def call(self, ask: Ask) -> Call:
        """The call that logs in; `ask` makes another one before it."""

    def keep(self, fields: Mapping[str, Any]) -> None:
        """Keep what the answer told beside the token, before the token is used."""


class Secret:
    """Client credentials with a secret."""

    scheme = "Bearer"
    is_patient = False

    def __init__(self, client_id: str, client_secret: str, scopes: tuple[str, ...] | None) -> None:
        self._call = _login_call(client_id, client_secret, scopes)

    def call(self, ask: Ask) -> Call:
        return self._call

    def keep(self, fields: Mapping[str, Any]) -> None:
        """An answer to client credentials has nothing to keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An access token; from `renew_at` on it is renewed when convenient, from `expires_at` on it is useless."""

    value: str = field(repr=False)
    renew_at: float
    expires_at: float


class Credentials:
    """Where access tokens come from. `clock` is monotonic."""

    def __init__(self, grant: Grant, clock: Callable[[], float]) -> None:
        self._grant = grant
        self.scheme = grant.scheme
        self._clock = clock
        self._token: Token | None = None
        self._logins = 0
        self._failure: PeyvandError | None = None
        self.renew_lock()

    def renew_lock(self) -> None:
        """A lock of this process's own: after a fork the old one may be held by a thread that no longer exists."""
        self._lock = threading.Lock()

    def bearer(self, login: Login, deadline: Deadline, *, refused: str | None = None) -> str:
        """A token that is not `refused`, from memory or by `login`.

        Threads that need a token at the same time share one login, and its failure if it is not a timeout. Raises what
        `login` raises, ResponseError when its answer is no token, APITimeoutError when another thread's login outlasts
        `deadline`.
        """
        token = self._usable(refused)
        if token is None:
            return self._wait_for_login(login, deadline, refused).value
        if self._clock() >= token.renew_at and self._lock.acquire(blocking=False):
            # Still good for a while: this thread renews it, the others go on with it meanwhile.
            try:
                token = self._renew_early(token, login)
            finally:
                self._lock.release()
        return token.value

    def _usable(self, refused: str | None) -> Token | None:
        token = self._token
        if token is None or token.value == refused or self._clock() >= token.expires_at:
            return None
        return token

    def _wait_for_login(self, login: Login, deadline: Deadline, refused: str | None) -> Token:
        seen = self._logins
        left = deadline.left()
        if not self._lock.acquire(timeout=max(0.0, left) if left < threading.TIMEOUT_MAX else -1):
            raise APITimeoutError("No access token within the deadline: another thread is still logging in")
        try:
            token = self._usable(refused)
            if token is not None:
                return token
            if self._logins != seen and self._failure is not None:
                raise copy.copy(self._failure)
            return self._fetch_for_all(login)
        finally:
            self._lock.release()

    def _renew_early(self, token: Token, login: Login) -> Token:
        if self._token is not token:
            return self._token or token
        try:
            return self._fetch(login, hurried=True)
        except PeyvandError as error:
            logger.warning("could not renew the access token ahead of its end: %s", type(error).__name__)
            self._token = replace(token, renew_at=self._clock() + PAUSE_AFTER_FAILED_RENEWAL)
            return token

    def _fetch_for_all(self, login: Login) -> Token:
        """Log in, and leave the failure for those who wait meanwhile."""
        try:
            return self._fetch(login, hurried=False)
        except PeyvandError as error:
            # A timeout tells of this caller's patience and nothing to others. A copy has no traceback, which would
            # keep the caller's values alive.
            self._failure = None if isinstance(error, APITimeoutError) else copy.copy(error)
            raise
        finally:
            self._logins += 1

    def _fetch(self, login: Login, *, hurried: bool) -> Token:
        """Log in; the lock is held. Counted from before the request, so that a slow answer shortens the lifetime."""
        asked_at = self._clock()
        self._failure = None
        hurried = hurried and not self._grant.is_patient
        answer = login(self._grant.call(lambda call: login(call, hurried=hurried)), hurried=hurried)
        value, lifetime = _granted(answer, self.scheme)
        self._grant.keep(answer.json_object())
        margin = min(LONGEST_MARGIN, lifetime / 5)
        self._token = Token(value=value, renew_at=asked_at + lifetime - margin, expires_at=asked_at + lifetime)
        return self._token


def _login_call(client_id: str, client_secret: str, scopes: tuple[str, ...] | None) -> Call:
    fields = {"grant_type": "client_credentials"} | ({"scope": " ".join(scopes)} if scopes else {})
    pair = f"{quote(client_id, safe='')}:{quote(client_secret, safe='')}"
    basic = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return form_call(TOKEN_ROUTE, urlencode(fields).encode(), basic)


def form_call(route: str, form: bytes | Callable[[], bytes], headers: Mapping[str, str] | None = None) -> Call:
    """A form for an OAuth endpoint, or what makes one for each try."""
    typed = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
    body, fresh = (None, form) if callable(form) else (form, None)
    return Call(method="POST", route=route, path=route, body=body, fresh=fresh, headers=typed)


def issuer_by(ask: Ask) -> str:
    """The network's address as it calls itself, which assertions and proofs name (RFC 8414)."""
    answer = ask(get(METADATA_ROUTE))
    issuer = answer.json_object().get("issuer")
    if not isinstance(issuer, str) or not issuer:
        raise answer.misunderstood("The network does not say who it is")
    return issuer


def _granted(answer: Answer, scheme: str) -> tuple[str, float]:
    """The token and its lifetime in seconds."""
    fields = answer.json_object()
    value, kind = fields.get("access_token"), fields.get("token_type")
    if not isinstance(value, str) or not value or not all("!" <= character <= "~" for character in value):
        raise answer.misunderstood("The token endpoint's answer has no usable access_token")
    if not isinstance(kind, str) or kind.lower() != scheme.lower():
        raise answer.misunderstood(f"The token endpoint's answer is not a {scheme} token")
    lifetime: Any = fields.get("expires_in", ASSUMED_LIFETIME)
    if isinstance(lifetime, bool) or not isinstance(lifetime, int | float) or not lifetime > 0:
        raise answer.misunderstood("The token endpoint's expires_in is no lifetime in seconds")
    return value, float(lifetime)
