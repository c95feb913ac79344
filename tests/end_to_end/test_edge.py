"""The edge over real HTTP, as it is served: one thread, limits on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx2
import pytest
from flask import Flask

from network.settings import Settings
from tests.fixtures import Coalition, Till
from tests.live import Installation, running

_RATE = 5


@pytest.fixture(scope="module")
def _served(the_app: Flask, settings: Settings) -> Iterator[Installation]:
    with running(replace(settings, edge_limits=True, client_rate=_RATE), threads=1) as installation:
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


def _bearer(http: httpx2.Client, till: Till) -> dict[str, str]:
    """A token that this server has signed: it knows no other's keys."""
    client = till.client
    form = {"grant_type": "client_credentials"}
    answer = http.post("/oauth/token", data=form, auth=(client.shown_id, client.client_secret))
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}
