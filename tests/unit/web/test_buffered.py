"""Requests that arrive whole, or are given up: the application behind RSGI."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, request
from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # its name for applications

from network.web.buffered import Buffered, environ_of

_LARGEST = 1000
_Sent = list[bytes | float | Exception]


@dataclass
class Scope:
    """A request as Granian tells it."""

    method: str = "POST"
    path: str = "/v1/echo"
    headers: Any = None
    query_string: str = ""
    http_version: str = "1.1"
    scheme: str = "http"
    client: str = "[2001:db8::7]:4711"
    server: str = "127.0.0.1:8000"
    authority: str | None = None


@dataclass
class Protocol:
    """What Granian gives for the rest: the body, in parts, after seconds or with a failure; and a way to answer."""

    sent: _Sent
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)

    async def __call__(self) -> bytes:
        return b"".join([part async for part in self])

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.sent:
            if isinstance(part, Exception):
                raise part
            if isinstance(part, float):
                await asyncio.sleep(part)
            else:
                yield part

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, dict(headers), body))

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.answers.append((status, dict(headers), b""))

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Protocol:
        self.answers.append((status, dict(headers), b""))
        return self

    async def send_bytes(self, part: bytes) -> None:
        status, headers, body = self.answers.pop()
        self.answers.append((status, headers, body + part))


def _ask(edge: Flask, sent: _Sent, path: str = "/v1/echo", **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    protocol = Protocol(sent)
    asyncio.run(
        Buffered(edge, _LARGEST, seconds=0.05, files=["/v1/file"]).__rsgi__(
            Scope(path=path, headers=dict(named)), protocol
        )
    )
    (answer,) = protocol.answers
    return answer


@pytest.fixture
def echo(edge: Flask) -> Flask:
    edge.config["MAX_CONTENT_LENGTH"] = _LARGEST
    edge.add_url_rule("/v1/echo", view_func=lambda: request.get_data(), methods=["POST"], endpoint="echo")
    return edge


def test_a_body_is_read_whole(echo: Flask) -> None:
    assert _ask(echo, [b"ab", b"cd"], content_length="4")[::2] == (200, b"abcd")
    assert _ask(echo, [b"ab", b"cd"], transfer_encoding="chunked")[::2] == (200, b"abcd")
    assert _ask(echo, [])[::2] == (200, b"")


@pytest.mark.parametrize("told", [{"content_length": "4"}, {"transfer_encoding": "chunked"}])
def test_a_body_that_is_late_is_given_up_and_the_connection_closed(echo: Flask, told: dict[str, str]) -> None:
    status, headers, body = _ask(echo, [b"ab", 5.0, b"cd"], **told)
    assert (status, json.loads(body)["code"]) == (408, "request_timeout")
    assert (headers["Content-Type"], headers["Connection"]) == ("application/problem+json", "close")
    assert "Request-Id" in headers


@pytest.mark.parametrize("told", [{"content_length": "5000"}, {"transfer_encoding": "chunked"}])
def test_of_a_body_that_is_too_large_no_more_is_kept_than_says_so(echo: Flask, told: dict[str, str]) -> None:
    never_read = AssertionError("read on")
    sent: _Sent = [b"x" * 600, b"x" * 600, never_read] if "transfer_encoding" in told else [never_read]
    status, _, body = _ask(echo, sent, **told)
    assert (status == 413) is ("content_length" in told)
    assert len(body) <= 2 * 600


def test_who_leaves_is_not_answered_by_the_application(echo: Flask) -> None:
    assert _ask(echo, [b"ab", ProtocolClosed()], content_length="4")[::2] == (400, b"")


def test_an_environment_is_that_of_wsgi() -> None:
    own = {"content-type": "text/plain", "content-length": "3"}
    forwarded = {"x-forwarded-for": "192.0.2.1", "x_forwarded_for": "-"}
    environ = environ_of(Scope(headers=own | forwarded, path="/v1/é", query_string="a=b"))
    assert environ["PATH_INFO"].encode("latin1").decode() == "/v1/é"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"], environ["QUERY_STRING"]) == ("text/plain", "3", "a=b")
    assert environ["REMOTE_ADDR"] == "2001:db8::7"
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "8000")
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"


@pytest.fixture
def files(echo: Flask) -> Flask:
    """What is sent to /v1/file is read in small blocks, however much it is; the answer says how many and what."""

    def read() -> str:
        request.max_content_length = 1_000_000
        blocks = list(iter(lambda: request.stream.read(700), b""))
        return f"{len(blocks)} {b''.join(blocks).decode()}"

    echo.add_url_rule("/v1/file", view_func=read, methods=["POST"], endpoint="file")
    return echo


@pytest.mark.parametrize("told", [{"content_length": "3000"}, {"transfer_encoding": "chunked"}])
def test_a_file_is_read_as_it_comes_whatever_its_size(files: Flask, told: dict[str, str]) -> None:
    sent: _Sent = [b"a" * 1000, b"b" * 1500, b"c" * 500]
    status, _, body = _ask(files, sent, "/v1/file", **told)
    assert (status, body) == (200, b"5 " + b"a" * 1000 + b"b" * 1500 + b"c" * 500)


def test_a_file_that_stops_coming_is_given_up(files: Flask) -> None:
    status, _, body = _ask(files, [b"a", 1.0, b"b"], "/v1/file", content_length="2")
    assert (status, json.loads(body)["code"]) == (408, "request_timeout")


@pytest.mark.parametrize("end", [[b"a" * 10], [b"a" * 10, ProtocolClosed()]])
def test_a_file_of_which_a_part_is_missing_is_none(files: Flask, end: _Sent) -> None:
    status, _, _ = _ask(files, end, "/v1/file", content_length="3000")
    assert status == 400
