"""The edge over real HTTP, as it is served where no proxy stands before it: one thread, limits on."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from urllib.parse import urlsplit

import httpx2
import pytest
from flask import Flask

from network.settings import Settings
from tests.fixtures import Coalition, Till
from tests.live import Installation, running

_RATE = 5
_SLOW = 8
_FORM = "POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
_SLOW_CLIENTS = {
    "headers": "GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "a silent body": f"{_FORM}Content-Length: 1000\r\n\r\n",
    "a body byte by byte": f"{_FORM}Content-Length: 1000\r\n\r\na",
    "a chunked body": f"{_FORM}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    "reading a file": "GET /v1/docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n",
}


@pytest.fixture(scope="module")
def _served(the_app: Flask, settings: Settings) -> Iterator[Installation]:
    with running(replace(settings, edge_limits=True, client_rate=_RATE), "--buffer") as installation:
        yield installation


@pytest.fixture
def served(app: Flask, _served: Installation) -> Installation:
    """One web process of one thread on this test process's database, with a slow pace for each client."""
    return _served


def test_a_client_that_asks_too_fast_is_told_to_wait_and_the_sdk_does(served: Installation, app: Flask) -> None:
    coalition = Coalition(app)
    grocer, baker = coalition.join("grocer"), coalition.join("baker")
    with served.partner(grocer.client) as partner, httpx2.Client(base_url=served.url) as http:
        bearer = _bearer(http, grocer)
        answers = [http.get("/v1/me", headers=bearer) for _ in range(3 * _RATE)]
        through = [answer.status_code for answer in answers].count(200)
        assert _RATE <= through < 3 * _RATE
        refused = next(answer for answer in answers if answer.status_code != 200)
        assert (refused.status_code, refused.json()["code"]) == (429, "client_too_fast")
        assert refused.headers["Content-Type"] == "application/problem+json"
        assert refused.headers["Retry-After"] == "1"
        assert refused.headers["Should-Retry"] == "true"
        assert http.get("/v1/me", headers=_bearer(http, baker)).status_code == 200
        assert [partner.me().partner.code for _ in range(_RATE)] == ["grocer"] * _RATE


@pytest.mark.parametrize("slowly", _SLOW_CLIENTS)
def test_beside_slow_clients_others_are_answered(served: Installation, slowly: str) -> None:
    with ExitStack() as connections:
        slow = [connections.enter_context(_connection(served.url)) for _ in range(_SLOW)]
        for each in slow:
            each.sendall(_SLOW_CLIENTS[slowly].encode())
        time.sleep(0.3)  # so that each has got as far as it gets
        form = {"grant_type": "client_credentials", "client_id": "nobody"}
        with httpx2.Client(base_url=served.url, timeout=5) as http:
            assert [http.get("/v1/me").status_code for _ in range(3)] == [401] * 3
            assert http.post("/oauth/token", data=form).status_code == 401


def test_a_file_larger_than_any_other_body_is_taken_in_whole(served: Installation, app: Flask) -> None:
    coalition = Coalition(app)
    grocer = coalition.join("grocer")
    line = {"till": "T1", "operation": "earn", "member": coalition.enrol(grocer).id, "amount_minor": 100,
            "currency": "USD", "occurred_at": "2017-01-01T00:00:00Z", "receipt": "R" * 60}  # fmt: skip
    file = "\n".join(json.dumps(line | {"sequence": number}) for number in range(8_000)).encode()
    assert len(file) > app.config["MAX_CONTENT_LENGTH"]
    with httpx2.Client(base_url=served.url, timeout=30) as http:
        headers = _bearer(http, grocer) | {"Content-Type": "application/x-ndjson", "Idempotency-Key": "a file"}
        answer = http.post("/v1/batches", content=file, headers=headers)
        assert (answer.status_code, answer.json()["total"]) == (202, 8_000)


def _connection(url: str) -> socket.socket:
    """One whose other end can't send much ahead of its reader."""
    place = urlsplit(url)
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    made.connect((place.hostname, place.port))
    return made


def _bearer(http: httpx2.Client, till: Till) -> dict[str, str]:
    """A token that this server has signed: it knows no other's keys."""
    client = till.client
    form = {"grant_type": "client_credentials"}
    answer = http.post("/oauth/token", data=form, auth=(client.shown_id, client.client_secret))
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
