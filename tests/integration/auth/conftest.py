"""A partner with a till's client, tokens of it, and a second application with views to guard."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from sqlalchemy import text

from network.auth import service
from network.auth.domain import Kind
from network.auth.guards import current_principal, guard
from network.auth.service import NewClient
from network.auth.setup import init_auth
from network.infrastructure.database import db, init_database, statement_connection
from network.infrastructure.requests import Answer
from network.infrastructure.transaction import transaction
from network.kernel.errors import NotFound
from network.kernel.identifiers import new_id
from network.members.domain import EnrolCommand, KnownMember
from network.members.service import enrol
from network.settings import Settings
from network.web.access import public
from network.web.idempotency import request_key, respond
from network.web.setup import init_web
from tests.relying.party import Browser, Party, register

SCOPES = ("points:read", "points:earn")


class NoSuchLot(NotFound):
    """A failure of the domain, as far as the guards can see."""

    code = "lot_not_found"


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A client of the whole application."""
    return app.test_client()


@pytest.fixture
def partner_id(app: Flask) -> UUID:
    """An active partner."""
    return add_partner("alpha")


@pytest.fixture
def till(app: Flask, partner_id: UUID) -> NewClient:
    """Its client, with SCOPES."""
    return service.create_client(partner_id, "till", SCOPES)


@pytest.fixture
def shop(http: FlaskClient, partner_id: UUID) -> Party:
    """A client of that partner's server that members are sent to, with a key for its assertions."""
    return register(http, partner_id)


@pytest.fixture
def app_of_shop(http: FlaskClient, partner_id: UUID) -> Party:
    """A public client: the partner's app on members' devices."""
    uri = "https://app.shop.example/back"
    return register(http, partner_id, Kind.APP, token_endpoint_auth_method="none", redirect_uris=[uri])


@pytest.fixture
def browser(http: FlaskClient) -> Browser:
    """The browser that the HTTP client is."""
    return Browser(http)


@pytest.fixture
def sara(app: Flask, partner_id: UUID) -> UUID:
    """A member."""
    known = enrol(partner_id, EnrolCommand(name="Sara Ahmadi", phone="+989121234567", email="sara@example.test"))
    assert isinstance(known, KnownMember)
    return known.member.member_id


@pytest.fixture
def omid(app: Flask, partner_id: UUID) -> UUID:
    """Another."""
    known = enrol(partner_id, EnrolCommand(name="Omid Karimi"))
    assert isinstance(known, KnownMember)
    return known.member.member_id


@pytest.fixture
def token_of(http: FlaskClient) -> Callable[..., str]:
    """Log in: `token_of(client, scope=None)` is an access token."""

    def log_in(client: NewClient, scope: str | None = None) -> str:
        form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        answer = http.post("/oauth/token", data=form, auth=(client.shown_id, client.client_secret))
        assert answer.status_code == 200, answer.text
        return str(answer.json["access_token"])

    return log_in


@pytest.fixture
def probe(app: Flask, settings: Settings) -> Flask:
    """An application on the same database whose views do little, some of them carelessly."""
    app = Flask("probe", static_folder=None)
    app.extensions["peyvand.settings"] = settings
    init_database(app, str(settings.database_url))
    init_web(app)
    init_auth(app, settings)
    for rule, view in _views().items():
        app.add_url_rule(f"/v1/{rule}", view_func=view, endpoint=rule, methods=["POST"])
    return app


@pytest.fixture
def probing(probe: Flask, till: NewClient, token_of: Callable[..., str]) -> Callable[..., Any]:
    """Ask the probe in the till's name: `probing("/v1/earn", headers={...})`."""
    bearer = {"Authorization": f"Bearer {token_of(till)}"}

    def ask(path: str, headers: dict[str, str] | None = None, **options: Any) -> Any:
        return probe.test_client().post(path, headers=bearer | (headers or {}), **options)

    return ask


def add_partner(code: str) -> UUID:
    """A partner's row, without the rest of what a partner is."""
    partner_id = new_id()
    with transaction():
        db.session.execute(
            text(
                "INSERT INTO partner (partner_id, code, name, name_fa, is_operator, status, created_at)"
                " VALUES (:id, :code, :code, :code, false, 'active', now())"
            ),
            {"id": partner_id, "code": code},
        )
    return partner_id


def set_partner_status(partner_id: UUID, status: str) -> None:
    """As the partners' room would."""
    with transaction():
        db.session.execute(
            text("UPDATE partner SET status = :status WHERE partner_id = :id"), {"status": status, "id": partner_id}
        )


def _views() -> dict[str, Callable[[], Any]]:
    @guard("points:earn", confirm_later=True)
    def earn() -> Response:
        principal = current_principal()
        joined = "oauth_client c JOIN partner p USING (partner_id) WHERE c.client_id = %s"
        query = f"SELECT {service.client_state_sql('c', 'p')} FROM {joined}"
        (state,) = statement_connection().execute(query, (principal.client_id,)).fetchone() or (None,)
        service.confirm(principal, state)
        return respond(Answer(201, "{}"))

    @guard("points:earn", confirm_later=True)
    def forgetful() -> Response:
        return Response("{}", status=201)

    @guard("points:earn", confirm_later=True)
    def forgetful_refusal() -> Response:
        return respond(Answer(402, "{}"))

    @guard("points:earn", confirm_later=True)
    def forgetful_failure() -> Response:
        raise NoSuchLot

    @guard("points:earn", confirm_later=True)
    def keyed() -> Response:
        request_key(current_principal())
        raise AssertionError("comes without a key")

    @guard("points:redeem")
    def redeem() -> str:
        return "redeemed"

    @guard()
    def anyone() -> str:
        return "in"

    @public
    def everyone() -> str:
        return "open"

    def unguarded() -> str:
        return "oops"

    return {
        view.__name__: view
        for view in (earn, forgetful, forgetful_refusal, forgetful_failure, keyed, redeem, anyone, everyone, unguarded)
    }


def break_connection() -> None:
    """Let the server end this thread's connection, as a restart would."""
    backend = statement_connection().info.backend_pid
    db.session.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": backend})
    db.session.rollback()
