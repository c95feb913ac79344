"""Request ids, and a log that names no person."""

import json
import logging
import re

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.web.logs import JsonFormatter
from network.web.request_ids import RequestIdFilter, note_caller, request_id


@pytest.mark.parametrize("path", ["/v1/things", "/v1/nothing", "/v1/fail/bug", "/page", "/v1/docs", "/v1/openapi.json"])
def test_every_answer_has_a_request_id(http: FlaskClient, path: str) -> None:
    assert re.fullmatch("req_[0-9a-z]{26}", http.get(path).headers["Request-Id"])


def test_each_request_has_its_own_id_which_no_client_chooses(http: FlaskClient, edge: Flask) -> None:
    with edge.app_context():  # an application context that outlives requests, as tests and jobs have it
        ids = {http.get("/page", headers={"Request-Id": "req_mine"}).headers["Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    assert "req_mine" not in ids


def _lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    records = [record for record in caplog.records if record.name == "peyvand.access"]
    return [json.loads(JsonFormatter().format(record)) for record in records]


def test_a_request_leaves_one_line_with_the_pattern_of_its_path(
    http: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "peyvand.access")
    http.get("/v1/answer/402?phone=%2B989121234567")
    (line,) = _lines(caplog)
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/answer/<int:status>", 402)
    assert isinstance(line["ms"], float)
    assert "98912" not in json.dumps(line)


def test_a_path_that_matches_nothing_is_not_logged(http: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "peyvand.access")
    http.get("/v1/members/by-phone/+989121234567")
    (line,) = _lines(caplog)
    assert line["route"] is None
    assert "98912" not in json.dumps(line)


def test_the_log_knows_which_client_asked(edge: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "peyvand.access")

    def view() -> str:
        note_caller("cli_1")
        return "done"

    edge.add_url_rule("/noted", view_func=view)
    edge.test_client().get("/noted")
    assert [line["client_id"] for line in _lines(caplog)] == ["cli_1"]


def test_every_record_of_a_request_has_its_id(edge: Flask) -> None:
    record = logging.makeLogRecord({"msg": "hello", "levelname": "INFO"})
    with edge.test_request_context("/"):
        RequestIdFilter().filter(record)
        assert json.loads(JsonFormatter().format(record))["request_id"] == request_id()


def test_a_record_outside_of_requests_has_none() -> None:
    record = logging.makeLogRecord({"msg": "hello %s", "args": ("there",), "levelname": "INFO"})
    RequestIdFilter().filter(record)
    line = json.loads(JsonFormatter().format(record))
    assert (line["request_id"], line["message"], line["level"]) == ("-", "hello there", "info")


def test_the_values_of_a_row_that_a_database_error_repeats_are_not_logged() -> None:
    told = 'duplicate key value violates unique constraint "x"\nDETAIL:  Key (phone)=(+989121234567) already exists.'
    try:
        raise psycopg.errors.UniqueViolation(told)
    except psycopg.Error as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, error.__traceback__)})
    line = json.loads(JsonFormatter().format(record))
    assert "UniqueViolation" in line["exception"]
    assert "98912" not in line["exception"]
