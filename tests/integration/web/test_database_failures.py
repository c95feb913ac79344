"""A database that is away is nobody's mistake: 503, and come again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from network.infrastructure.database import db, drop_statement_connection, init_database, statement_connection
from network.settings import Settings
from network.web.setup import init_web


@pytest.fixture
def http(settings: Settings, tmp_path: Path) -> Iterator[FlaskClient]:
    """An application whose database is where nobody listens."""
    app = Flask("lost", static_folder=None)
    app.extensions["peyvand.settings"] = replace(settings, database_url=None)
    init_database(app, f"postgresql://nobody@/nothing?host={tmp_path}")
    init_web(app)
    app.add_url_rule("/v1/session", view_func=lambda: str(db.session.execute(text("SELECT 1"))), endpoint="session")
    app.add_url_rule("/v1/hot", view_func=lambda: str(statement_connection().execute("SELECT 1")), endpoint="hot")
    app.add_url_rule("/page", view_func=lambda: str(db.session.execute(text("SELECT 1"))), endpoint="page")
    drop_statement_connection()
    yield app.test_client()
    drop_statement_connection()


@pytest.mark.parametrize("path", ["/v1/session", "/v1/hot"])
def test_a_database_that_is_away_is_unavailable(http: FlaskClient, path: str) -> None:
    answer = http.get(path)
    assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
    assert answer.content_type == "application/problem+json"
    assert (answer.headers["Should-Retry"], answer.headers["Retry-After"]) == ("true", "1")


def test_a_request_that_was_answered_stays_so_though_its_connection_is_lost_before_its_end(app: Flask) -> None:
    with app.app_context(), psycopg.connect(app.config["PEYVAND_CONNINFO"], autocommit=True) as other:
        pid = db.session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
    with app.app_context():
        assert db.session.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_where_the_database_should_be_is_not_told(http: FlaskClient, tmp_path: Path) -> None:
    told = http.get("/v1/session").text
    assert str(tmp_path) not in told
    assert "psycopg" not in told


def test_people_hear_it_too(http: FlaskClient) -> None:
    answer = http.get("/page")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
