"""A loopback HTTP server in the API's shapes, with a script: what to answer next, when to drop, when to dawdle."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.unit.partner_sdk import shapes

CLIENT_ID = "cli_till"
CLIENT_SECRET = "s3cret/with+signs:and%41more"


@dataclass(frozen=True)
class Reply:
    """What to answer once. `drop`: hang up instead. `delay`: seconds before answering. `trickle`: seconds a byte."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    cut: bool = False
    delay: float = 0.0
    trickle: float = 0.0


def problem(
    status: int, code: str, detail: str = "So it is.", headers: Mapping[str, str] | None = None, **more: Any
) -> Reply:
    body = {
        "type": f"https://network.example/v1/problems/{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": "req_in_body",
        **more,
    }
    return Reply(status, body, {"Content-Type": "application/problem+json", **(headers or {})})


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.content.decode()).items()}

    @property
    def basic(self) -> tuple[str, str]:
        pair = base64.b64decode(self.headers["authorization"].removeprefix("Basic ")).decode()
        client_id, _, secret = pair.partition(":")
        return unquote(client_id), unquote(secret)


class ScriptedNetwork:
    """Answers each route as scripted, and as the real one would when the script has run out."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.token_lifetime: Any = 600
        self.tokens_issued = 0
        self._valid_tokens: set[str] = set()
        self._script: dict[tuple[str, str], deque[Reply]] = defaultdict(deque)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.network = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def will(self, method: str, path: str, *replies: Reply) -> None:
        self._script[method, path].extend(replies)

    def withdraw_tokens(self) -> None:
        with self._lock:
            self._valid_tokens.clear()

    def requests(self, path: str) -> list[Received]:
        return [request for request in self.received if request.path == path]

    def calls(self) -> list[Received]:
        """All but the logins."""
        return [request for request in self.received if request.path != "/oauth/token"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, request: Received) -> Reply:
        with self._lock:
            self.received.append(request)
            scripted = self._script[request.method, request.path]
            if scripted:
                return scripted.popleft()
            return self._token() if request.path == "/oauth/token" else self._usual(request)

    def _token(self) -> Reply:
        self.tokens_issued += 1
        token = f"token-{self.tokens_issued}"
        self._valid_tokens.add(token)
        return Reply(body=shapes.token(token, self.token_lifetime))

    def _usual(self, request: Received) -> Reply:
        if request.headers.get("authorization", "").partition(" ")[2] not in self._valid_tokens:
            return problem(401, "invalid_token", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        found = shapes.usual(request.method, request.path, request.query)
        return problem(404, "not_found") if found is None else Reply(*found)


class _Server(ThreadingHTTPServer):
    network: ScriptedNetwork
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up first is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 10
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.network.answer(Received(self.command, parts.path, query, headers, content)))

    do_POST = do_GET

    def _send(self, reply: Reply) -> None:
        time.sleep(reply.delay)
        if reply.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
        self.send_response(reply.status)
        headers = {"Content-Type": "application/json", "Request-Id": "req_1", **reply.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + (100 if reply.cut else 0)))
        self.end_headers()
        self.close_connection = reply.cut
        for piece in [content[at : at + 1] for at in range(len(content))] if reply.trickle else [content]:
            self.wfile.write(piece)
            time.sleep(reply.trickle)

    def send_response(self, code: int, message: str | None = None) -> None:
        # Without the usual Date header: a test that wants one scripts it.
        self.send_response_only(code, message)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""
