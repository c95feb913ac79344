"""Somebody with a browser, a phone to which codes come, and an application that asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from network.auth.domain import Kind
from network.auth.service import register_client
from network.members.domain import EnrolCommand
from network.members.service import enrol
from network.partners.service import create_partner
from tests.integration.signin.conftest import PHONE, Inbox

REDIRECT = "https://club.grocer.example/back"
_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')
_CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # RFC 7636, appendix B


@dataclass
class Browser:
    """Keeps cookies, and the page that it shows."""

    client: FlaskClient
    page: TestResponse = field(init=False)

    def open(self, address: str) -> TestResponse:
        """Go there, and wherever that leads within this host."""
        return self._follow(self.client.get(address))

    def send(self, path: str, follow: bool = True, **values: str | list[str]) -> TestResponse:
        """Send the form of the present page that posts there."""
        answer = self.client.post(path, data={"csrf_token": self.token, **values})
        return self._follow(answer) if follow else answer

    @property
    def token(self) -> str:
        """What proves that a form is of the present page."""
        found = _TOKEN.search(self.page.text)
        assert found, self.page.text
        return found.group(1)

    def action(self, containing: str) -> str:
        """The address of the form on the present page whose address contains this."""
        actions = re.findall(r'action="([^"]+)"', self.page.text)
        return next(each for each in actions if containing in each).replace("&amp;", "&")

    @property
    def path(self) -> str:
        return self.page.request.path

    def _follow(self, answer: TestResponse) -> TestResponse:
        while answer.status_code in (302, 303) and not urlsplit(answer.location).netloc:
            answer = self.client.get(answer.location)
        self.page = answer
        return answer


@dataclass(frozen=True)
class Club:
    """A partner's application."""

    partner_id: UUID
    client_id: str
    secret: str = field(repr=False)

    def pushes(self, browser: Browser, **more: str) -> str:
        """As `asks`, of a request that it has sent to us itself (RFC 9126)."""
        asked = parse_qs(urlsplit(self.asks(**more)).query)
        answer = browser.client.post("/oauth/par", data=asked, auth=(self.client_id, self.secret))
        assert answer.json, answer.text
        return f"/oauth/authorize?{urlencode({'client_id': self.client_id, 'request_uri': answer.json['request_uri']})}"

    def asks(self, **more: str) -> str:
        """The address to which it sends a browser."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": REDIRECT,
            "scope": "openid profile points:read",
            "code_challenge": _CHALLENGE,
            "code_challenge_method": "S256",
            "state": "s",
        }
        return f"/oauth/authorize?{urlencode(query | more)}"


def answer_in(response: TestResponse) -> dict[str, str]:
    """What an application gets back."""
    assert response.status_code == 303, response.text
    assert response.location.startswith(REDIRECT), response.location
    return {name: values[0] for name, values in parse_qs(urlsplit(response.location).query).items()}


@pytest.fixture
def inbox(app: Flask) -> Iterator[Inbox]:
    made = Inbox(app.extensions["peyvand.settings"].state_folder / "messages")
    made.empty()
    yield made
    made.empty()


@pytest.fixture
def club(app: Flask) -> Club:
    partner_id = create_partner(code="grocer", name="Green Grocer", name_fa="بقالی سبز").partner_id
    metadata = {
        "client_name": "Grocer Club",
        "redirect_uris": [REDIRECT],
        "scope": "openid profile points:read points:redeem",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
    }
    client = register_client(partner_id, Kind.SERVER, metadata)
    return Club(partner_id, client.shown_id, client.client_secret)


@pytest.fixture
def sara(club: Club) -> UUID:
    """A member with a phone."""
    known = enrol(club.partner_id, EnrolCommand(name="Sara Karimi", phone=PHONE, locale="en"))
    return known.member.member_id  # type: ignore[union-attr]


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def signed_in(browser: Browser, sara: UUID, inbox: Inbox) -> Browser:
    """Sara's browser, in which she has signed in."""
    sign_in(browser, inbox)
    assert browser.path == "/account/card"
    return browser


def sign_in(browser: Browser, inbox: Inbox, address: str = "/sign-in") -> TestResponse:
    """Open the address, which leads to the sign-in, and go through it."""
    browser.open(address)
    browser.send(browser.action("/sign-in"), contact=PHONE)
    return browser.send(browser.action("/sign-in/code"), code=inbox.code())
