"""The SDK gets in by a key, and as a terminal, at the very provider that asks for both."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from flask.testing import FlaskClient
from joserfc.jwk import ECKey
from sqlalchemy import text

from network.auth import service
from network.auth.domain import Kind
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners import service as partners
from partner_sdk import AuthenticationError, BadRequestError, ConfigurationError, Partner, Terminal
from partner_sdk._hooks import Hooks
from tests.relying.party import ISSUER, register


@pytest.fixture
def wire(app: Flask) -> httpx2.BaseTransport:
    """The SDK asks the application itself."""
    return httpx2.WSGITransport(app=app)


@pytest.fixture
def store_id(partner_id: UUID) -> UUID:
    return partners.add_store(partner_id, code="north", name="North").store_id


@pytest.fixture
def make(http: FlaskClient, partner_id: UUID, wire: httpx2.BaseTransport, tmp_path: Path) -> Callable[..., Terminal]:
    """A terminal of the partner; `meanwhile` happens instead of waiting."""
    client = register(http, partner_id, Kind.TILL)

    def terminal(meanwhile: Callable[[], None] = lambda: None) -> Terminal:
        def sleep(seconds: float) -> None:
            meanwhile()
            with transaction():  # five seconds later
                db.session.execute(text("UPDATE oauth_device_request SET polled_at = polled_at - interval '9 seconds'"))

        return Terminal(
            tmp_path / "till.json", base_url=ISSUER, client_id=client.client_id, transport=wire,
            _hooks=Hooks(sleep=sleep),
        )  # fmt: skip

    return terminal


@pytest.mark.parametrize("as_pem", [True, False])
def test_a_server_logs_in_with_a_key_in_place_of_a_secret(
    http: FlaskClient, partner_id: UUID, wire: httpx2.BaseTransport, as_pem: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"grant_types": ["client_credentials"], "redirect_uris": None, "scope": "points:read points:earn"}
    shop = register(http, partner_id, **own)
    assert isinstance(shop.signer, ECKey)
    pem = shop.signer.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    if as_pem:
        monkeypatch.setenv("PARTNER_PRIVATE_KEY", pem)
    given: Any = {} if as_pem else {"private_key": shop.signer}
    with Partner(base_url=ISSUER, client_id=shop.client_id, transport=wire, scopes=["points:read"], **given) as partner:
        me = partner.me()
        assert (me.client_id, me.scopes) == (shop.client_id, ("points:read",))
        service.suspend_client(service.list_clients(partner_id)[0].client_id)
        with pytest.raises(AuthenticationError):
            partner.me()
    stranger = ECKey.generate_key("P-256")
    with (
        Partner(base_url=ISSUER, client_id=shop.client_id, transport=wire, private_key=stranger) as partner,
        pytest.raises(AuthenticationError) as refused,
    ):
        partner.me()
    assert refused.value.code == "invalid_client"


def test_a_till_is_let_in_works_and_is_ended(
    make: Callable[..., Terminal], partner_id: UUID, store_id: UUID, wire: httpx2.BaseTransport, tmp_path: Path
) -> None:
    codes: list[str] = []

    def somebody_types_it() -> None:
        if codes:
            service.decide_device(codes.pop(), partner_id, granted=True, store_id=store_id, by="staff")

    terminal = make(somebody_types_it)
    assert not terminal.is_let_in
    with pytest.raises(ConfigurationError):
        Partner(terminal=terminal, transport=wire)
    code = terminal.ask()
    assert code.verification_uri_complete == f"{ISSUER}/activate?user_code={code.user_code}"
    codes.append(code.user_code)
    terminal.wait(code)
    assert stat.S_IMODE((tmp_path / "till.json").stat().st_mode) == 0o600
    with Partner(terminal=terminal, transport=wire) as partner:
        assert [store.code for store in partner.me().stores] == ["north"]
        before = terminal.refresh_token()
    again = make()  # the till was switched off and on
    assert again.is_let_in and again.refresh_token() == before
    with Partner(terminal=again, transport=wire, scopes=["points:read"]) as partner:
        assert partner.me().scopes == ("points:read",)
        assert again.refresh_token() != before
        (grant,) = service.list_terminals(partner_id)
        service.end_terminal(partner_id, grant.grant_id, "staff")
        with pytest.raises(BadRequestError) as refused:
            partner.me()
        assert refused.value.code == "invalid_grant"
    assert before not in repr(terminal) and show("grt", grant.grant_id) not in repr(terminal)


def test_a_till_waits_until_somebody_decides_and_hears_that_it_is_refused(
    make: Callable[..., Terminal], partner_id: UUID, store_id: UUID
) -> None:
    waits: list[int] = []

    def in_the_end_somebody_refuses() -> None:
        waits.append(1)
        if len(waits) == 3:
            service.decide_device(code.user_code, partner_id, granted=False, by="staff")

    terminal = make(in_the_end_somebody_refuses)
    code = terminal.ask(["points:read"])
    with pytest.raises(BadRequestError) as refused:
        terminal.wait(code)
    assert (refused.value.code, len(waits)) == ("access_denied", 3)
    assert not make().is_let_in
