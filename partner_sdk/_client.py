"""`Partner`: the door to the network."""

from __future__ import annotations

import enum
import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from ._auth import Credentials, Grant, Secret
from ._checks import whole_from
from ._exchange import Answer, Call, get
from ._models import Me
from ._options import IdempotencyKey, Options
from ._resources import Batches, Earns, Members, Quotes, Redemptions, Settlements
from ._settings import checked_base_url, checked_scopes, resolved
from ._terminal import Terminal, TerminalGrant

if TYPE_CHECKING:
    import httpx2

    from ._hooks import Hooks
    from ._transport import Transport

__all__ = ["Partner"]


class _Unset(enum.Enum):
    """Tells "as before" from None, which means "none"."""

    UNSET = enum.auto()


UNSET: Final = _Unset.UNSET


class Partner:
    """A partner's connection to the network. Make one, share it between threads, close it at the end.

    `base_url`, `client_id`, `client_secret`: else PARTNER_BASE_URL, PARTNER_CLIENT_ID, PARTNER_CLIENT_SECRET.
    `private_key`: logs in in place of a secret (`private_key_jwt`), a private key like `signing_key`; else
    PARTNER_PRIVATE_KEY, if it is set. `terminal`: a till that was let in by a code, in place of id and secret.
    `scopes`: what to ask the access token for; all this client has when left out.
    `timeout`: seconds that connecting, sending and each wait for the answer may take. `deadline`: seconds for one call
    with its retries, waits and logins, None for none. `max_retries`: after the first try.
    `max_connections`: at most so many at a time; more threads wait for a free one, up to `timeout`.
    `transport`: an `httpx2.BaseTransport` to send through, for a proxy, an own certificate authority, or tests. It is
    closed with the Partner.
    `signing_key`: signs redemptions, captures and returns (docs/proof.md): a private key on P-256 as PEM, the path of
    such a file, or a joserfc `ECKey`; else PARTNER_SIGNING_KEY, if it is set. It never leaves this process.

    After `os.fork` parent and child go on with connections of their own; a given `transport` is shared, so make the
    Partner after the fork then. Raises ConfigurationError.
    """

    members: Members
    quotes: Quotes
    earns: Earns
    redemptions: Redemptions
    settlements: Settlements
    batches: Batches

    def __init__(
        self,
        *,
        base_url: str | None = None,
        client_id: str | None = None,
        client_secret: str | None = None,
        scopes: Iterable[str] | None = None,
        timeout: float = 10.0,
        deadline: float | None = 30.0,
        max_retries: int = 2,
        max_connections: int = 20,
        transport: httpx2.BaseTransport | None = None,
        signing_key: Any = None,
        private_key: Any = None,
        terminal: Terminal | None = None,
        _hooks: Hooks | None = None,
    ) -> None:
        if terminal is not None:
            base_url, client_id = terminal.base_url, terminal.client_id
            private_key = client_secret = None
        elif private_key is None and client_secret is None:
            private_key = os.environ.get("PARTNER_PRIVATE_KEY")
        needs_secret = terminal is None and not private_key
        secrets = {"client_secret": client_secret} if needs_secret else {}
        found_url, self._client_id, *secret = resolved(base_url=base_url, client_id=client_id, **secrets)
        self._base_url = checked_base_url(found_url)
        whole_from(1, "max_connections", max_connections)
        options = Options(timeout=timeout, deadline=deadline, max_retries=max_retries)
        self._owns_transport = True
        self._attach(
            _make_transport(
                self._base_url,
                _Login(self._client_id, secret[0] if secret else None, private_key, terminal, checked_scopes(scopes)),
                max_connections,
                transport,
                _hooks,
                signing_key or os.environ.get("PARTNER_SIGNING_KEY"),
            ),
            options,
        )

    def _attach(self, transport: Transport, options: Options) -> None:
        self._transport = transport
        self._options = options
        self.members = Members(self._send)
        self.quotes = Quotes(self._send)
        self.earns = Earns(self._send)
        self.redemptions = Redemptions(self._send)
        self.settlements = Settlements(self._send)
        self.batches = Batches(self._send)

    def _send(self, call: Call) -> Answer:
        return self._transport.send(call, self._options)

    def me(self) -> Me:
        """Who the network takes this client for. Any scope. Raises AuthenticationError."""
        return Me._read_answer(self._send(get("/v1/me")))

    def with_options(
        self,
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        deadline: float | _Unset | None = UNSET,
        max_retries: int | None = None,
    ) -> Partner:
        """A view of this Partner with other options, on the same connections and access token; no need to close it.

        `idempotency_key`: your own key for exactly one writing call, kept by you over restarts, such as
        "receipt-17". The same call may be repeated under it; another one raises ValueError. Reads ignore it.
        """
        options = replace(
            self._options,
            timeout=self._options.timeout if timeout is None else timeout,
            deadline=self._options.deadline if deadline is UNSET else deadline,
            max_retries=self._options.max_retries if max_retries is None else max_retries,
            idempotency_key=None if idempotency_key is None else IdempotencyKey(idempotency_key),
        )
        view = object.__new__(type(self))
        view._base_url, view._client_id, view._owns_transport = self._base_url, self._client_id, False
        view._attach(self._transport, options)
        return view

    def close(self) -> None:
        """Close the connections; later calls raise ConfigurationError. Views made by `with_options` close nothing."""
        if self._owns_transport:
            self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Partner(base_url={self._base_url!r}, client_id={self._client_id!r})"


@dataclass(frozen=True, slots=True)
class _Login:
    """By what a Partner gets in: a secret, a private key, or as a terminal."""

    client_id: str
    client_secret: str | None = field(repr=False)
    private_key: Any = field(repr=False)
    terminal: Terminal | None
    scopes: tuple[str, ...] | None

    def grant(self, hooks: Hooks) -> Grant:
        if self.terminal is not None:
            return TerminalGrant(self.terminal, self.scopes)
        if self.private_key:
            from ._assertion import Assertion

            return Assertion(self.private_key, self.client_id, self.scopes, hooks.now)
        return Secret(self.client_id, self.client_secret or "", self.scopes)


def _make_transport(
    base_url: str,
    login: _Login,
    max_connections: int,
    transport: httpx2.BaseTransport | None,
    hooks: Hooks | None,
    signing_key: Any,
) -> Transport:
    # Imported here and not above: the HTTP library takes longer to import than all else together, and a command that
    # only mentions the SDK should not wait for it.
    from ._hooks import Hooks
    from ._transport import Transport
    from ._wire import Wire

    hooks = hooks or Hooks()
    credentials = Credentials(login.grant(hooks), hooks.monotonic)
    signer = None
    if signing_key:
        from ._signing import Signer

        signer = Signer(signing_key, login.client_id)
    made = Transport(Wire(base_url, max_connections, transport), credentials, hooks, signer)
    made.prover = login.terminal.prover if login.terminal is not None else None
    return made
