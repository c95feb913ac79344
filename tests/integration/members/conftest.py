"""Tills of partners: real clients with real tokens, speaking to the application's own edge."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.auth.service import create_client
from network.kernel.events import Fact
from network.partners.service import create_partner
from tests.integration.partners.listening import listen

SCOPES = ("members:enrol", "members:lookup", "members:read")


@dataclass(frozen=True)
class Till:
    """One partner's machine, with or without a token. What it gets back is a `werkzeug.test.TestResponse`."""

    client: FlaskClient
    partner_id: UUID
    token: str | None

    def enrol(self, key: str | None = None, **person: str | None) -> Any:
        return self.post("/v1/members", person, key)

    def lookup(self, **shown: str) -> Any:
        return self.post("/v1/members/lookup", shown)

    def get(self, member: str) -> Any:
        return self.client.get(f"/v1/members/{member}", headers=self._headers())

    def post(self, path: str, body: Any, key: str | None = None) -> Any:
        return self.client.post(path, json=body, headers=self._headers() | ({"Idempotency-Key": key} if key else {}))

    def without_token(self) -> "Till":
        return Till(self.client, self.partner_id, None)

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


@pytest.fixture
def till(app: Flask) -> Callable[..., Till]:
    """Makes a partner of a code, and a till of it with some scopes."""

    def make(code: str, *scopes: str) -> Till:
        partner = create_partner(code=code, name=code.title(), name_fa="شریک", trusts_cards=True)
        till_client = create_client(partner_id=partner.partner_id, name="till", scopes=scopes or SCOPES)
        client = app.test_client()
        answer: Any = client.post(
            "/oauth/token",
            data={"grant_type": "client_credentials"},
            auth=(till_client.shown_id, till_client.client_secret),
        )
        assert answer.status_code == 200, answer.text
        return Till(client, partner.partner_id, answer.json["access_token"])

    return make


@pytest.fixture
def grocer(till: Callable[..., Till]) -> Till:
    return till("grocer")


@pytest.fixture
def fuel(till: Callable[..., Till]) -> Till:
    return till("fuel")


@pytest.fixture
def heard(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Fact]], list[Fact]]:
    """Listens to a kind of fact; what has been announced is in the list after `drain`."""
    return lambda kind: listen(monkeypatch, kind)
