"""Tills that are let in by a code they show (RFC 8628), each with a key of its own that its tokens are bound to."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ._auth import TOKEN_ROUTE, Ask, form_call, issuer_by
from ._errors import APIStatusError, ConfigurationError
from ._exchange import Call
from ._options import Options
from ._settings import checked_base_url, checked_scopes, resolved

if TYPE_CHECKING:
    import httpx2

    from ._dpop import Prover
    from ._hooks import Hooks
    from ._transport import Transport

__all__ = ["Terminal", "TerminalCode"]

DEVICE_ROUTE = "/oauth/device"
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class TerminalCode:
    """What a terminal shows until somebody lets it in. `verification_uri_complete`: the address for a QR code."""

    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: float
    interval: float
    _device_code: str = field(repr=False)


class Terminal:
    """A till of a client of kind `till`. Needs joserfc: `pip install partner-sdk[signing]`.

    `file`: where its key and its refresh token are kept, for its owner alone (0600); made if it is not there. One file
    is for one running till. `base_url`, `client_id`: else PARTNER_BASE_URL, PARTNER_CLIENT_ID.

        terminal = Terminal("till-3.json")
        if not terminal.is_let_in:
            code = terminal.ask()
            show(code.user_code, code.verification_uri)  # somebody types it at that address
            terminal.wait(code)
        with Partner(terminal=terminal) as partner: ...

    Raises ConfigurationError.
    """

    def __init__(
        self,
        file: str | os.PathLike[str],
        *,
        base_url: str | None = None,
        client_id: str | None = None,
        timeout: float = 10.0,
        transport: httpx2.BaseTransport | None = None,
        _hooks: Hooks | None = None,
    ) -> None:
        found_url, self.client_id = resolved(base_url=base_url, client_id=client_id)
        self.base_url = checked_base_url(found_url)
        self._options = Options(timeout=timeout)
        self._http, self._hooks = transport, _hooks
        self._file = Path(file)
        self._kept = self._read()

    @property
    def is_let_in(self) -> bool:
        """Whether somebody has let it in. Whether it still is, the network says when it is asked."""
        return "refresh_token" in self._kept

    def ask(self, scopes: Iterable[str] | None = None) -> TerminalCode:
        """Ask to be let in; all that its client has, or these scopes. What it was before is worth nothing then.

        Raises APIStatusError, APIConnectionError.
        """
        from ._keys import joserfc

        key = joserfc("A terminal").jwk.ECKey.generate_key("P-256")
        transport = self._transport()
        try:
            issuer = issuer_by(lambda call: transport.ask(call, self._options))
            self._kept = {"key": dict(key.as_dict(private=True)), "issuer": issuer}
            wanted = checked_scopes(scopes)
            fields = {"client_id": self.client_id} | ({"scope": " ".join(wanted)} if wanted else {})
            transport.prover = self.prover
            answer = transport.ask(form_call(DEVICE_ROUTE, urlencode(fields).encode()), self._options)
            told = answer.json_object()
        finally:
            self._done(transport)
        self._write()
        try:
            return _code(told)
        except (KeyError, TypeError, ValueError):
            raise answer.misunderstood("The device endpoint's answer has no code to show") from None

    def wait(self, code: TerminalCode) -> None:
        """Wait until somebody has decided about a code that `ask` gave.

        Raises APIStatusError with the code `access_denied` if it is refused, `expired_token` if nobody decides in time.
        """
        fields = {"grant_type": DEVICE_CODE, "device_code": code._device_code, "client_id": self.client_id}
        call, pause, transport = form_call(TOKEN_ROUTE, urlencode(fields).encode()), code.interval, self._transport()
        transport.prover = self.prover
        try:
            while True:
                transport.pause(pause)
                try:
                    self.keep(transport.ask(call, self._options).json_object())
                    return
                except APIStatusError as error:
                    if error.code not in ("authorization_pending", "slow_down"):
                        raise
                    pause += SLOWER_SECONDS if error.code == "slow_down" else 0.0
        finally:
            self._done(transport)

    @property
    def prover(self) -> Prover:
        """What proves its requests. Raises ConfigurationError before it has asked to be let in."""
        from ._dpop import Prover
        from ._keys import joserfc

        if "key" not in self._kept:
            raise ConfigurationError("This terminal was never let in: ask() for a code first.")
        key = joserfc("A terminal").jwk.ECKey.import_key(self._kept["key"])
        return Prover(key, self._kept["issuer"])

    def keep(self, fields: Mapping[str, Any]) -> None:
        """Keep the refresh token of an answer, before its access token is used: the one before is exchanged."""
        token = fields.get("refresh_token")
        if isinstance(token, str) and token != self._kept.get("refresh_token"):
            self._kept["refresh_token"] = token
            self._write()

    def refresh_token(self) -> str:
        """The one to send next. Raises ConfigurationError before somebody has let it in."""
        if not self.is_let_in:
            raise ConfigurationError("Nobody has let this terminal in yet: ask() for a code, and wait() for it.")
        return str(self._kept["refresh_token"])

    def __repr__(self) -> str:
        return f"Terminal(base_url={self.base_url!r}, client_id={self.client_id!r}, is_let_in={self.is_let_in})"

    def _transport(self) -> Transport:
        from ._hooks import Hooks
        from ._transport import Transport
        from ._wire import Wire

        return Transport(Wire(self.base_url, 1, self._http), None, self._hooks or Hooks())

    def _done(self, transport: Transport) -> None:
        if self._http is None:  # a transport of the caller's is used again
            transport.close()

    def _read(self) -> dict[str, Any]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{self._file} is no file of a terminal ({type(error).__name__}).") from None
        if not isinstance(kept, dict) or kept.get("client_id", self.client_id) != self.client_id:
            raise ConfigurationError(f"{self._file} is the file of another terminal.")
        return kept

    def _write(self) -> None:
        number, draft = tempfile.mkstemp(dir=self._file.parent, prefix=f".{self._file.name}.")  # 0600
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(self._kept | {"client_id": self.client_id}, file)
            file.flush()
            os.fsync(number)
        Path(draft).replace(self._file)


def _code(told: Mapping[str, Any]) -> TerminalCode:
    return TerminalCode(
        user_code=str(told["user_code"]),
        verification_uri=str(told["verification_uri"]),
        verification_uri_complete=str(told["verification_uri_complete"]),
        expires_in=float(told["expires_in"]),
        interval=float(told.get("interval", 5)),
        _device_code=str(told["device_code"]),
    )


class TerminalGrant:
    """Access tokens of a terminal, each for the next refresh token."""

    scheme = "DPoP"
    is_patient = True
    """An exchange whose answer is lost has to be repeated within a minute, so it is not begun in a hurry."""

    def __init__(self, terminal: Terminal, scopes: tuple[str, ...] | None) -> None:
        self._terminal = terminal
        self._narrowed = {"scope": " ".join(scopes)} if scopes else {}

    def call(self, ask: Ask) -> Call:
        terminal = self._terminal
        fields = {
            "grant_type": "refresh_token",
            "refresh_token": terminal.refresh_token(),
            "client_id": terminal.client_id,
        }
        return form_call(TOKEN_ROUTE, urlencode(fields | self._narrowed).encode())

    def keep(self, fields: Mapping[str, Any]) -> None:
        self._terminal.keep(fields)
