"""What is done to every answer last, whoever made it: its request id, the security headers, its line in the log.

Plain WSGI around Flask: here headers are a list of pairs, and the request's environment is at hand.
"""

from __future__ import annotations  # or those of `start` would be worked out anew for each request

import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication

from werkzeug.wsgi import ClosingIterator

from network.web.headers import SecurityHeaders
from network.web.logs import log_request
from network.web.request_ids import HEADER, request_id_of

_WRITTEN = (list, ClosingIterator)  # what views have written; all else is a file


class Edge:
    """A WSGI application around another."""

    def __init__(self, inner: WSGIApplication, headers: SecurityHeaders) -> None:
        self._inner = inner
        self._headers = headers

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        began = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            self._headers.complete(environ, headers)
            headers.append((HEADER, request_id_of(environ)))
            log_request(environ, status, began)
            return start_response(status, headers, *failure)

        parts = self._inner(environ, start)
        return parts if isinstance(parts, _WRITTEN) else _whole(parts)


def _whole(file: Iterable[bytes]) -> list[bytes]:
    """A file of ours, of a few MB at most: sent in parts it would hold the thread for as long as somebody reads it."""
    try:
        return [b"".join(file)]
    finally:
        getattr(file, "close", _nothing)()


def _nothing() -> None:
    """What has nothing to close."""
