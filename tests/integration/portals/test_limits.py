"""Limits at the edge: on Redis, by address; without Redis nobody is locked out. Postings are not touched."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.app import create_app
from network.infrastructure.database import db
from network.settings import Settings
from network.web.limits import Rate
from tests.fixtures import Coalition, assert_problem

_ALLOWED = 5


def _limited(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    with app.app_context():
        db.engine.dispose()
    app.extensions["peyvand.queue"].connection.close()
    for limiter in app.extensions["limiter"]:
        limiter.storage.get_connection().close()


@pytest.fixture
def limited(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The application with its limits on, behind one proxy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("network.web.limits.RATES", (Rate("/", f"{_ALLOWED}/minute"),))
        patch.setattr("network.web.limits.STRANGERS", f"{_ALLOWED}/minute")
        yield from _limited(replace(settings, edge_limits=True, proxies=1))


def _ask(app: Flask, path: str, address: str, times: int) -> list[int]:
    client: FlaskClient = app.test_client()
    return [client.get(path, headers={"X-Forwarded-For": address}).status_code for _ in range(times)]


def test_an_address_that_asks_too_often_is_told_to_wait_and_others_are_not(limited: Flask) -> None:
    assert 429 not in _ask(limited, "/", "192.0.2.1", _ALLOWED)
    page = limited.test_client().get("/", headers={"X-Forwarded-For": "192.0.2.1"})
    assert (page.status_code, page.mimetype) == (429, "text/html")
    assert int(page.headers["Retry-After"]) in range(1, 61)
    assert 429 not in _ask(limited, "/", "192.0.2.2", 1)
    assert _ask(limited, "/v1/me", "192.0.2.1", 1) == [401]
    assert _ask(limited, "/healthz", "192.0.2.1", 1) == [200]


def test_the_addresses_of_one_home_are_counted_together(limited: Flask) -> None:
    assert 429 not in _ask(limited, "/", "2001:db8::1", _ALLOWED)
    assert _ask(limited, "/", "2001:db8::2", 1) == [429]
    assert _ask(limited, "/", "2001:db8:0:1::1", 1) != [429]


def test_an_address_that_keeps_coming_without_a_token_is_told_to_wait_and_whoever_has_one_is_not(
    limited: Flask, coalition: Coalition
) -> None:
    client = limited.test_client()
    here, elsewhere = {"X-Forwarded-For": "192.0.2.1"}, {"X-Forwarded-For": "192.0.2.2"}
    forged = {"Authorization": "Bearer not.a.token"}
    paths = ["/v1/me", "/v1/settlements", "/v1/members/nobody/balance"]
    answers = [client.get(path, headers=here | forged) for path in paths * _ALLOWED]
    assert [answer.status_code for answer in answers[:_ALLOWED]] == [401] * _ALLOWED
    for answer in answers[_ALLOWED:]:
        assert_problem(answer, 429, "too_many_requests")
        assert int(answer.headers["Retry-After"]) in range(1, 61)
    assert client.get("/v1/me", headers=elsewhere).status_code == 401
    till = coalition.join("grocer")
    assert client.get("/v1/me", headers=here | till.headers()).status_code == 200


def test_what_is_public_under_v1_is_limited_as_pages_are(limited: Flask) -> None:
    assert _ask(limited, "/v1/docs", "192.0.2.1", 2) == [200, 200]
    assert _ask(limited, "/v1/openapi.json", "192.0.2.1", _ALLOWED - 1) == [200] * (_ALLOWED - 2) + [429]
    assert _ask(limited, "/", "192.0.2.1", 1) == [429]


def test_an_address_that_nobody_vouches_for_is_not_believed(limited: Flask) -> None:
    forged = [
        limited.test_client().get("/", headers={"X-Forwarded-For": f"203.0.113.{n}, 192.0.2.9"}).status_code
        for n in range(_ALLOWED + 1)
    ]
    assert forged[-1] == 429


def test_without_redis_pages_are_served_and_the_log_says_so(
    app: Flask, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    away = replace(settings, edge_limits=True, redis_url="redis://127.0.0.1:9/0")
    for without in _limited(away):
        with caplog.at_level(logging.WARNING, "flask-limiter"):
            assert _ask(without, "/", "192.0.2.1", 3) == [200, 200, 200]
        assert "unreachable" in caplog.text
