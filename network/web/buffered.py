"""The application behind Granian's asynchronous interface (RSGI): requests arrive whole before Python works on them,
and postings are worked on side by side.

A web process has one thread of Python. Behind the WSGI interface that thread waits for each body, however slowly it
comes and whoever sends it, since forms are read before anybody has proved who it is; and it waits for the database,
request after request. Here bodies arrive beside it, and have so many seconds; what is late is answered 408. Requests to
some paths ask the database together with those that are there at the same time (see `infrastructure.together`).
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from typing import Any, NoReturn
from wsgiref.types import WSGIApplication

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # its name for applications
from werkzeug.exceptions import ClientDisconnected, RequestTimeout

from network.infrastructure.together import Together

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
_MOST_FILES = 4  # at once, in each process
_log = logging.getLogger(__name__)
_BARE = ("content-type", "content-length")  # that CGI names without HTTP_
_CHUNKED = "HTTP_TRANSFER_ENCODING"
_WITHOUT_BODY = ("GET", "HEAD")


class Buffered:
    """A WSGI application as one of RSGI.

    `largest`: bytes of a body that the application would still read. `paths`: where what is posted is worked on beside
    others; `begin` makes what they do it with, in the event loop. `files`: paths to which bodies of any size are
    posted: they are read as they come, each in a thread.
    """

    def __init__(
        self,
        inner: WSGIApplication,
        largest: int,
        *,
        seconds: float = BODY_SECONDS,
        paths: Collection[str] = (),
        begin: Callable[[], Together] | None = None,
        files: Collection[str] = (),
    ) -> None:
        self._inner = inner
        self._largest = largest
        self._seconds = seconds
        self._beside_others = frozenset(paths) if begin else frozenset()
        self._begin = begin
        self._files = frozenset(files)
        self._threads = ThreadPoolExecutor(_MOST_FILES, "file")
        self._together: Together | None = None

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        environ = environ_of(scope)
        if scope.path in self._files and scope.method == "POST":
            await self._with_file(environ, protocol)
            return
        try:
            body = environ["wsgi.input"] = await self._body(environ, protocol)
        except ProtocolClosed:  # the client left before it had sent all
            protocol.response_empty(400, [])
            return
        if scope.path in self._beside_others and scope.method == "POST" and not isinstance(body, _Late):
            await self._with_others(environ, protocol)
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

    async def _with_file(self, environ: dict[str, Any], protocol: Any) -> None:
        loop, answer = asyncio.get_running_loop(), _Answer()
        length = environ.get("CONTENT_LENGTH")
        environ["wsgi.input"] = _File(protocol, loop, self._seconds, None if length is None else int(length))
        parts = await loop.run_in_executor(self._threads, self._inner, environ, answer)
        protocol.response_bytes(answer.status, answer.headers, b"".join(parts))
        getattr(parts, "close", _nothing)()

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """The event loop has ended."""
        if self._together is not None:
            self._together.close()

    def _with_others(self, environ: dict[str, Any], protocol: Any) -> asyncio.Future[None]:
        """Work on a request beside others, until it is answered."""
        if self._together is None:
            assert self._begin
            self._together = self._begin()
        answered = asyncio.get_running_loop().create_future()
        self._together.run(partial(self._answer_one, environ, protocol, answered))
        return answered

    def _answer_one(self, environ: dict[str, Any], protocol: Any, answered: asyncio.Future[None]) -> None:
        answer = _Answer()
        try:
            parts = self._inner(environ, answer)
            protocol.response_bytes(answer.status, answer.headers, b"".join(parts))
            getattr(parts, "close", _nothing)()
        except Exception:
            _log.exception("a request failed behind the application")
            protocol.response_empty(500, [])
        if not answered.done():  # whoever waited for it may have been cancelled
            answered.set_result(None)

    async def _body(self, environ: dict[str, Any], protocol: Any) -> io.BytesIO | _Late:
        length = int(environ.get("CONTENT_LENGTH", 0))
        chunked = _CHUNKED in environ or ("CONTENT_LENGTH" not in environ and _may_have_body(environ))
        if length > self._largest or not (length or chunked):
            return io.BytesIO()  # what is too large is refused for its length alone
        if not chunked:
            return await self._whole(protocol, self._seconds + length / BYTES_A_SECOND)
        try:
            async with asyncio.timeout(self._seconds) as timeout:
                return await self._chunks(protocol, timeout)
        except TimeoutError:
            return _Late()

    async def _whole(self, protocol: Any, seconds: float) -> io.BytesIO | _Late:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task
        is_late = False

        def give_up() -> None:  # asyncio.timeout does the same, for ten times as much work
            nonlocal is_late
            is_late = task.cancel()

        timer = loop.call_later(seconds, give_up)
        try:
            return io.BytesIO(await protocol())
        except asyncio.CancelledError:
            if not is_late:
                raise
            task.uncancel()
            return _Late()
        finally:
            timer.cancel()

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
        key = _name_of(name)
        if key in environ:
            environ[key] += f"; {value}" if name == "cookie" else f",{value}"
        elif key:
            environ[key] = value
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ


@lru_cache(maxsize=512)
def _name_of(header: str) -> str | None:
    """What CGI calls a header. None if it has an underscore: it would pass for the one with a hyphen, which a proxy may
    have written.
    """
    if "_" in header:
        return None
    name = header.upper().replace("-", "_")
    return name if header in _BARE else f"HTTP_{name}"


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


class _File:
    """A body that is read while it comes, in a thread beside the event loop's. `length`: bytes, if it is known."""

    def __init__(self, protocol: Any, loop: asyncio.AbstractEventLoop, seconds: float, length: int | None) -> None:
        self._chunks = aiter(protocol)
        self._loop = loop
        self._seconds = seconds
        self._left = length
        self._ahead = bytearray()
        self._is_whole = False

    def read(self, size: int = -1) -> bytes:
        """So many bytes, fewer at the end. Raises RequestTimeout, and ClientDisconnected if it ends too early."""
        while not self._is_whole and (size < 0 or len(self._ahead) < size):
            self._take_in(asyncio.run_coroutine_threadsafe(self._next(), self._loop))
        taken = bytes(self._ahead if size < 0 else self._ahead[:size])
        del self._ahead[: len(taken)]
        return taken

    def _take_in(self, chunk: Future[bytes | None]) -> None:
        try:
            part = chunk.result(self._seconds)
        except TimeoutError:
            chunk.cancel()
            raise RequestTimeout from None
        if part is None:
            self._is_whole = True
            if self._left:
                raise ClientDisconnected
        else:
            self._ahead += part
            self._left = None if self._left is None else self._left - len(part)

    async def _next(self) -> bytes | None:
        try:
            return bytes(await anext(self._chunks))
        except (StopAsyncIteration, ProtocolClosed):
            return None


async def _stream(transport: Any, parts: Iterable[bytes]) -> None:
    try:
        for part in parts:
            await transport.send_bytes(part)
    except ProtocolClosed:
        pass  # the client left before it had read all


def _may_have_body(environ: dict[str, Any]) -> bool:
    return environ["SERVER_PROTOCOL"] == "HTTP/2" and environ["REQUEST_METHOD"] not in _WITHOUT_BODY


@lru_cache(maxsize=512)
def _host_and_port(address: str) -> tuple[str, str]:
    host, _, port = address.rpartition(":")
    return host.strip("[]"), port


def _nothing() -> None:
    pass
