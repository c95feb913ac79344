"""The application behind Granian's asynchronous interface (RSGI): requests arrive whole before Python works on them.

A web process has one thread of Python. Behind the WSGI interface that thread waits for each body, however slowly it
comes and whoever sends it, since forms are read before anybody has proved who it is. Here bodies arrive beside it, and
have so many seconds; what is late is answered 408. That costs some processor time with each request, so it is for
processes before which no proxy does it (`serve --buffer`).
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn
from wsgiref.types import WSGIApplication

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # its name for applications
from werkzeug.exceptions import RequestTimeout

BODY_SECONDS = 10.0
"""How long a body may take."""

BYTES_A_SECOND = 16 * 1024
"""A larger one has a second more for each of these."""

_ALWAYS: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "Granian",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": False,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_BARE = ("content-type", "content-length")  # that CGI names without HTTP_
_CHUNKED = "HTTP_TRANSFER_ENCODING"
_WITHOUT_BODY = ("GET", "HEAD")


class Buffered:
    """A WSGI application as one of RSGI. `largest`: bytes of a body that the application would still read."""

    def __init__(self, inner: WSGIApplication, largest: int, seconds: float = BODY_SECONDS) -> None:
        self._inner = inner
        self._largest = largest
        self._seconds = seconds

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        try:
            body = environ["wsgi.input"] = await self._arrived(environ, protocol)
        except ProtocolClosed:  # the client left before it had sent all
            protocol.response_empty(400, [])
            return
        answer = _Answer()
        parts = self._inner(environ, answer)
        if isinstance(body, _Late):
            answer.headers.append(("Connection", "close"))
        try:
            if isinstance(parts, list):
                protocol.response_bytes(answer.status, answer.headers, b"".join(parts))
            else:
                await _stream(protocol.response_stream(answer.status, answer.headers), parts)
        finally:
            getattr(parts, "close", _nothing)()

    async def _arrived(self, environ: dict[str, Any], protocol: Any) -> io.BytesIO | _Late:
        length = int(environ.get("CONTENT_LENGTH", 0))
        chunked = _CHUNKED in environ or ("CONTENT_LENGTH" not in environ and _may_have_body(environ))
        if length > self._largest or not (length or chunked):
            return io.BytesIO()  # what is too large is refused for its length alone
        try:
            async with asyncio.timeout(self._seconds + length / BYTES_A_SECOND) as timeout:
                return io.BytesIO(await protocol()) if length else await self._chunks(protocol, timeout)
        except TimeoutError:
            return _Late()

    async def _chunks(self, protocol: Any, timeout: asyncio.Timeout) -> io.BytesIO:
        """A body of which nobody knows how long it will be: as much of it as the application would read."""
        arrived, until = io.BytesIO(), timeout.when() or 0.0
        async for chunk in protocol:
            arrived.write(chunk)
            if arrived.tell() > self._largest:
                break
            timeout.reschedule(until + arrived.tell() / BYTES_A_SECOND)
        arrived.seek(0)
        return arrived


def environ_of(scope: Any) -> dict[str, Any]:
    """The WSGI environment of a request, as yet without its body."""
    path = scope.path
    environ = _ALWAYS | {
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path if path.isascii() else path.encode().decode("latin1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _host_and_port(scope.client)[0],
        "wsgi.url_scheme": scope.scheme,
    }
    environ["SERVER_NAME"], environ["SERVER_PORT"] = _host_and_port(scope.server)
    for name, value in scope.headers.items():
        if "_" in name:
            continue  # or it would pass for the same with a hyphen, which a proxy may have written
        key = name.upper().replace("-", "_")
        key = key if name in _BARE else f"HTTP_{key}"
        separator = "; " if name == "cookie" else ","
        environ[key] = f"{environ[key]}{separator}{value}" if key in environ else value
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ


class _Answer:
    """WSGI's `start_response`."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[str, str]] = []

    def __call__(self, status: str, headers: list[tuple[str, str]], failure: Any = None) -> Any:
        self.status, self.headers = int(status[:3]), headers


class _Late:
    """The body of a request that took too long: whoever wants to read it is told so."""

    def read(self, size: int = -1) -> NoReturn:
        raise RequestTimeout

    readinto = readline = readlines = read

    def __iter__(self) -> Iterator[bytes]:
        raise RequestTimeout


async def _stream(transport: Any, parts: Iterable[bytes]) -> None:
    try:
        for part in parts:
            await transport.send_bytes(part)
    except ProtocolClosed:
        pass  # the client left before it had read all


def _may_have_body(environ: dict[str, Any]) -> bool:
    return environ["SERVER_PROTOCOL"] == "HTTP/2" and environ["REQUEST_METHOD"] not in _WITHOUT_BODY


def _host_and_port(address: str) -> tuple[str, str]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), port


def _nothing() -> None:
    pass
