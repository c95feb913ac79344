"""Signing keys: made once by however many need the first, sealed, rotated with overlap."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from network.auth import service
from network.auth.authority import authority
from network.auth.errors import InvalidToken
from network.auth.keys import SigningKeyUnreadable
from network.auth.service import NewClient
from network.auth.setup import init_auth
from network.infrastructure.database import db, drop_statement_connection, init_database
from network.settings import Settings
from network.web.setup import init_web

TokenOf = Callable[..., str]


def _published(http: FlaskClient) -> list[str]:
    return [key["kid"] for key in http.get("/oauth/jwks.json").json["keys"]]


def _status(http: FlaskClient, token: str) -> int:
    return http.get("/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code


def _ends(kid: str) -> datetime:
    ends = db.session.execute(text("SELECT retires_at FROM signing_key WHERE kid = :kid"), {"kid": kid}).scalar_one()
    db.session.rollback()
    assert isinstance(ends, datetime)
    return ends


def _another_process(settings: Settings) -> Flask:
    """An application with nothing in memory, as another process would start."""
    app = Flask("another", static_folder=None)
    app.extensions["peyvand.settings"] = settings
    init_database(app, str(settings.database_url))
    init_web(app)
    init_auth(app, settings)
    return app


def test_no_key_is_made_before_one_is_needed(http: FlaskClient) -> None:
    assert _published(http) == []


def test_many_that_need_the_first_key_at_once_make_one(settings: Settings, app: Flask) -> None:
    applications = [_another_process(settings) for _ in range(8)]

    def first_key(application: Flask) -> str:
        with application.app_context():
            kid = str(authority().signing_keys.current().kid)
            db.session.remove()
            db.engine.dispose()
        drop_statement_connection()
        return kid

    with ThreadPoolExecutor(8) as pool:
        kids = set(pool.map(first_key, applications))
    rows = db.session.execute(text("SELECT kid FROM signing_key")).scalars().all()
    assert kids == set(rows)
    assert len(rows) == 1


def test_the_published_keys_are_public(http: FlaskClient, till: NewClient, token_of: TokenOf) -> None:
    token_of(till)
    answer = http.get("/oauth/jwks.json")
    (key,) = answer.json["keys"]
    assert key.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
    assert answer.headers["Cache-Control"] == "public, max-age=300"


def test_the_private_key_is_not_readable_in_the_table(till: NewClient, token_of: TokenOf) -> None:
    token_of(till)
    row = db.session.execute(text("SELECT private_jwk, public_jwk FROM signing_key")).one()
    assert b'"d"' not in bytes(row.private_jwk)
    assert "d" not in row.public_jwk
    assert row.public_jwk["x"].encode() not in bytes(row.private_jwk)


def test_tokens_of_before_a_rotation_stay_good(http: FlaskClient, till: NewClient, token_of: TokenOf) -> None:
    before = token_of(till)
    kid = service.rotate_signing_key()
    after = token_of(till)
    assert _published(http)[0] == kid
    assert len(_published(http)) == 2
    assert (_status(http, before), _status(http, after)) == (200, 200)


def test_only_the_newest_key_signs(till: NewClient, token_of: TokenOf) -> None:
    for _ in range(3):
        kid = service.rotate_signing_key()
        assert authority().verifier.verify(token_of(till))
        assert authority().signing_keys.current().kid == kid


def test_another_process_believes_the_new_key_without_being_told(
    settings: Settings, till: NewClient, token_of: TokenOf
) -> None:
    another = _another_process(settings)
    with another.app_context():
        assert authority().verifier.verify(token_of(till))
        service.rotate_signing_key()
        assert authority().verifier.verify(token_of(till))
        db.session.remove()
        db.engine.dispose()


def test_without_overlap_the_old_tokens_end(http: FlaskClient, till: NewClient, token_of: TokenOf) -> None:
    before = token_of(till)
    assert _status(http, before) == 200
    kid = service.rotate_signing_key(overlap_seconds=0)
    assert _published(http) == [kid]
    authority().verifier.ring.fresh_until = 0  # a minute passes
    assert _status(http, before) == 401


def test_a_key_that_is_retired_is_no_longer_believed_from_memory(till: NewClient, token_of: TokenOf) -> None:
    verifier = authority().verifier
    before = token_of(till)
    assert verifier.verify(before)
    service.rotate_signing_key(overlap_seconds=0)
    verifier.ring.read()
    assert len(verifier.cache) == 0
    with pytest.raises(InvalidToken):
        verifier.verify(before)


def test_a_second_rotation_does_not_prolong_a_retired_key(app: Flask) -> None:
    first = service.rotate_signing_key()
    service.rotate_signing_key(overlap_seconds=60)
    ends = _ends(first)
    service.rotate_signing_key(overlap_seconds=900)
    assert _ends(first) == ends


def test_a_second_rotation_may_end_a_retired_key_sooner(app: Flask) -> None:
    first = service.rotate_signing_key()
    service.rotate_signing_key(overlap_seconds=900)
    ends = _ends(first)
    service.rotate_signing_key(overlap_seconds=0)
    assert _ends(first) < ends


def test_under_another_secret_the_key_is_not_used_and_a_rotation_mends_it(
    settings: Settings, till: NewClient, token_of: TokenOf
) -> None:
    token_of(till)
    another = _another_process(replace(settings, secret_key=b"another secret"))
    with another.app_context():
        with pytest.raises(SigningKeyUnreadable):
            authority().signing_keys.current()
        service.rotate_signing_key()
        assert authority().signing_keys.current()
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("place", ["oauth-authorization-server", "openid-configuration"])
def test_discovery_tells_what_there_is_and_no_more(http: FlaskClient, settings: Settings, place: str) -> None:
    told: dict[str, Any] = http.get(f"/.well-known/{place}").json
    url = settings.public_url
    assert told["issuer"] == url
    assert told["token_endpoint"] == f"{url}/oauth/token"
    assert told["jwks_uri"] == f"{url}/oauth/jwks.json"
    endpoints = {value for name, value in told.items() if name.endswith("_endpoint")}
    rules = {rule.rule for rule in http.application.url_map.iter_rules()}
    assert {endpoint.removeprefix(url) for endpoint in endpoints} <= rules
    assert json.dumps(told) == json.dumps(http.get("/.well-known/openid-configuration").json)
