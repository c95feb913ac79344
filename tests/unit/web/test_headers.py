"""Security headers stand on everything that leaves."""

from pathlib import Path

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from network.settings import Settings
from network.web.setup import init_web


@pytest.mark.parametrize("path", ["/v1/things", "/v1/nothing", "/v1/fail/bug", "/page", "/nothing", "/v1/docs"])
def test_every_answer_has_the_security_headers(http: FlaskClient, path: str) -> None:
    headers = http.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    for directive in ("object-src 'none'", "base-uri 'none'"):
        assert directive in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")


def test_a_page_may_load_from_its_own_place_alone(http: FlaskClient) -> None:
    policy = http.get("/page").headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "form-action 'self';" in policy
    assert "default-src 'none'" in http.get("/v1/things").headers["Content-Security-Policy"]


def test_no_proxy_keeps_what_the_api_says_of_members(http: FlaskClient) -> None:
    assert http.get("/v1/things").headers["Cache-Control"] == "no-store"


def test_a_page_that_sets_its_own_policy_keeps_it(edge: Flask) -> None:
    own = Response("x", headers={"Content-Security-Policy": "default-src data:"})
    edge.add_url_rule("/own", endpoint="own", view_func=lambda: own)
    assert edge.test_client().get("/own").headers.getlist("Content-Security-Policy") == ["default-src data:"]


def test_over_https_the_network_promises_to_stay_there(tmp_path: Path, http: FlaskClient) -> None:
    app = Flask("https", static_folder=None)
    app.extensions["peyvand.settings"] = Settings(
        state_folder=tmp_path, public_url="https://network.test", secret_key=b"secret"
    )
    init_web(app)
    assert app.test_client().get("/").headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in http.get("/page").headers
