"""One try of one call over HTTP. The only file that knows the HTTP library; an async client would replace only this
and the loop around it."""

from __future__ import annotations

import platform
import ssl
from collections.abc import Mapping

import httpx2

from ._deadline import Deadline
from ._errors import APIConnectionError, APITimeoutError, ConfigurationError
from ._exchange import Answer, Call, Headers
from ._version import __version__

__all__ = ["Wire"]

KEEPALIVE_SECONDS = 5.0

COMMON_HEADERS = {
    "User-Agent": f"partner-sdk/{__version__} python/{platform.python_version()}",
    "Accept": "application/json, application/problem+json",
}


class Wire:
    """A pool of at most `max_connections` connections to `base_url`, for any number of threads."""

    def __init__(self, base_url: str, max_connections: int, transport: httpx2.BaseTransport | None) -> None:
        self._base_url = base_url
        self._transport = transport
        # An idle connection is dropped before common servers drop it, so that few tries meet a closed one.
        self._limits = httpx2.Limits(
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=KEEPALIVE_SECONDS,
        )
        # Reading the system's certificates takes a tenth of a second: only where they are needed, and a fork reuses
        # them. The bare context trusts nobody.
        encrypted = base_url.startswith("https:")
        self._tls = httpx2.create_ssl_context() if encrypted else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._closed = False
        self._open()

    def _open(self) -> None:
        self._http = httpx2.Client(
            headers=COMMON_HEADERS, limits=self._limits, verify=self._tls, transport=self._transport
        )

    def reopen(self) -> None:
        """Give up the connections without closing them: after a fork they belong to the parent."""
        if not self._closed:
            self._open()

    def close(self) -> None:
        self._closed = True
        self._http.close()

    def exchange(self, call: Call, headers: Mapping[str, str], timeout: float, deadline: Deadline) -> Answer:
        """Send `call` once, waiting at most `timeout` seconds in each of its phases and at most until `deadline`.

        Raises APIConnectionError or APITimeoutError when no whole answer came, ConfigurationError when closed.
        """
        if self._closed:
            raise ConfigurationError("This Partner is closed: make a new one, or keep the with block open for longer.")
        try:
            return self._exchange(call, headers, max(0.001, min(timeout, deadline.left())), deadline)
        except httpx2.PoolTimeout as error:
            raise APITimeoutError(
                f"{call.method} {call.route}: all connections were busy for {timeout:g} s. "
                "Raise max_connections, or use fewer threads."
            ) from error
        except httpx2.TimeoutException as error:
            raise APITimeoutError(f"{call.method} {call.route}: no answer in time ({type(error).__name__})") from error
        except httpx2.RequestError as error:
            reason = str(error) or type(error).__name__
            raise APIConnectionError(
                f"{call.method} {call.route}: no answer from {self._base_url}: {reason}"
            ) from error

    def _exchange(self, call: Call, headers: Mapping[str, str], timeout: float, deadline: Deadline) -> Answer:
        request = self._http.build_request(
            call.method,
            self._base_url + call.path,
            params=call.query or None,
            content=call.body,
            headers={**call.headers, **headers},
            timeout=timeout,
        )
        response = self._http.send(request, stream=True)
        try:
            chunks: list[bytes] = []
            for chunk in response.iter_bytes():
                # The timeout is for each wait, so an answer that trickles would outlast any deadline. One that came
                # in a piece is good, even if late.
                if chunks:
                    deadline.check(f"{call.method} {call.route}")
                chunks.append(chunk)
        finally:
            response.close()
        return Answer(status_code=response.status_code, headers=Headers(response.headers), content=b"".join(chunks))
