"""The edge alone: an application without a database, whose views only read, answer and fail."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from marshmallow import fields
from werkzeug.exceptions import TooManyRequests

from network.infrastructure.requests import Answer, RequestInFlight
from network.kernel import errors
from network.settings import Settings
from network.web.access import declare_scopes
from network.web.api import NetworkApi
from network.web.application import Application
from network.web.blueprint import Blueprint
from network.web.fields import AmountMinor, Currency, Id, Instant, Points, Reference, Text
from network.web.idempotency import respond
from network.web.pagination import PageQuery
from network.web.schemas import AnswerSchema, RequestSchema
from network.web.setup import init_web

KINDS = {
    "malformed": errors.Malformed,
    "unauthenticated": errors.Unauthenticated,
    "refused": errors.Refused,
    "forbidden": errors.Forbidden,
    "not_found": errors.NotFound,
    "conflict": errors.Conflict,
    "invalid": errors.Invalid,
    "too_many": errors.TooMany,
    "unavailable": errors.Unavailable,
    "in_flight": RequestInFlight,
}


class ShelfRequest(RequestSchema):
    """One inside another, for pointers."""

    number = Points(required=True)


class ThingRequest(RequestSchema):
    """All fields that the API shares."""

    points = Points(required=True)
    amount_minor = AmountMinor()
    currency = Currency()
    occurred_at = Instant()
    receipt = Reference()
    name = Text(maximum=20)
    member = Id("mbr")
    shelf = fields.Nested(ShelfRequest)


class ThingAnswer(AnswerSchema):
    """What came in, as it goes out."""

    points = Points()
    occurred_at = Instant()
    member = Id("mbr", allow_none=True)


@pytest.fixture
def edge(tmp_path: Path) -> Flask:
    """An application with the edge and a resource to try it on."""
    app = Application("edge", static_folder=None)
    app.extensions["peyvand.settings"] = Settings(
        state_folder=tmp_path, public_url="http://network.test", secret_key=b"secret"
    )
    init_web(app)
    declare_scopes(app, {"things:read": "Read things."})
    NetworkApi(app).register_blueprint(_things())
    app.add_url_rule("/page", view_func=lambda: "<p>a page</p>")
    app.add_url_rule("/page/<kind>", view_func=_fail, endpoint="failing_page")
    return app


@pytest.fixture
def http(edge: Flask) -> FlaskClient:
    """A client of it."""
    return edge.test_client()


def _things() -> Blueprint:
    things = Blueprint("things", __name__, url_prefix="/v1")

    @things.route("/things", methods=["POST"])
    @things.arguments(ThingRequest)
    @things.response(201, ThingAnswer)
    def make(body: dict[str, Any]) -> dict[str, Any]:
        """Make a thing."""
        return body

    @things.route("/things", methods=["GET"])
    @things.arguments(PageQuery, location="query")
    @things.response(200)
    def list_things(query: dict[str, Any]) -> dict[str, Any]:
        """List things."""
        return query

    things.add_url_rule("/fail/<kind>", view_func=_fail, endpoint="fail")
    things.add_url_rule("/answer/<int:status>", view_func=_answer, endpoint="answer")
    return things


def _fail(kind: str) -> str:
    if kind == "bug":
        raise ZeroDivisionError("a secret is 42")
    if kind == "too_many":
        raise TooManyRequests(retry_after=7)
    raise KINDS[kind](field="points", balance=7, status=200)


def _answer(status: int) -> Response:
    return respond(Answer(status, '{"kept":true}', replayed=True), location="/v1/things/1")
