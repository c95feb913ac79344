"""The two libraries that most JavaScript clients are built on, each a program of its own against the running server.

A program says how each of its checks went; it is run once. The member's browser goes through the real pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey

from network.auth import service
from network.auth.domain import Kind
from network.delivery.domain import Channel, Message
from network.delivery.service import send_waiting
from network.infrastructure.database import db, drop_statement_connection
from network.kernel.identifiers import show
from network.members.domain import EnrolCommand, KnownMember
from network.members.service import enrol
from network.partners import service as partners
from tests.conftest import empty_tables
from tests.fixtures import Coalition
from tests.relying.party import public_set
from tests.relying.programs import LIBRARIES, Outcomes, lay_out, node, run
from tests.relying.visitor import Visitor

if TYPE_CHECKING:
    from tests.live import Installation

_PROGRAMS = Path(__file__).with_name("clients")
_PHONE = "+989121234567"
_CALLBACK, _OF_APP, _GOODBYE = "https://shop.example/callback", "https://app.example/back", "https://shop.example/bye"
_NAMES = ("openid_client", "oauth4webapi")
_CHECKS = (
    "discovery",
    "client_credentials_by_secret_basic",
    "client_credentials_by_secret_post",
    "client_credentials_by_private_key_jwt",
    "a_wrong_secret_is_refused",
    "code_with_pkce",
    "code_with_pushed_request",
    "code_is_redeemed_once",
    "an_answer_of_another_issuer_is_noticed",
    "a_member_does_not_consent",
    "nobody_is_asked",
    "userinfo",
    "refresh_tokens_of_servers_are_kept",
    "refresh_tokens_of_apps_rotate_and_reuse_ends_all",
    "dpop_by_the_way_of_fapi",
    "dpop_at_the_api",
    "a_client_that_is_bound_gets_no_bearer_token",
    "device_grant",
    "a_terminal_is_turned_away",
    "introspection_and_revocation",
    "rich_authorization",
    "registration",
    "logout",
)


class Pocket:
    """Carries messages as far as the member's phone."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def send(self, message: Message) -> None:
        self.messages.append(message)

    def newest_code(self) -> str:
        """The code that was sent last."""
        send_waiting()
        return str(self.messages[-1].text.body.rpartition("#")[2])


class Somebody:
    """A member with a browser and a partner's person with a till: they do what a program asks for."""

    def __init__(self, app: Flask, installation: Installation) -> None:
        self._pocket = Pocket()
        app.extensions["peyvand.carriers"] = dict.fromkeys(Channel, self._pocket)
        self._issuer = installation.url
        self._partner_id = Coalition(app).join("grocer").partner_id
        self._store_id = partners.add_store(self._partner_id, code="north", name="North").store_id
        known = enrol(self._partner_id, EnrolCommand(name="Sara Ahmadi", phone=_PHONE))
        assert isinstance(known, KnownMember)
        self._member = show("mbr", known.member.member_id)
        self.browser = Visitor(installation.url, _PHONE, self._pocket.newest_code)

    def told(self) -> dict[str, Any]:
        """What a program is registered with: a client of each kind, made for it."""
        grants = ["client_credentials", "authorization_code", "refresh_token"]
        web = {"redirect_uris": [_CALLBACK], "post_logout_redirect_uris": [_GOODBYE], "grant_types": grants}
        keyed = {**web, "token_endpoint_auth_method": "private_key_jwt", "require_pushed_authorization_requests": True}
        fapi = {**keyed, "dpop_bound_access_tokens": True, "id_token_signed_response_alg": "ES256"}
        app = {"redirect_uris": [_OF_APP], "token_endpoint_auth_method": "none"}
        return {
            "issuer": self._issuer,
            "api": f"{self._issuer}/v1/me",
            "callback": _CALLBACK,
            "goodbye": _GOODBYE,
            "member": self._member,
            "initial_token": service.create_initial_token(self._partner_id),
            "clients": {
                "shop": self._client(Kind.SERVER, web),
                "server": self._client(Kind.SERVER, keyed),
                "bank": self._client(Kind.SERVER, fapi),
                "app": self._client(Kind.APP, app) | {"callback": _OF_APP},
                "till": self._client(Kind.TILL, {}),
            },
        }

    def do(self, words: dict[str, Any]) -> Any:
        """What a program asks for."""
        if "visit" in words:
            return self.browser.visit(words["visit"], deny=words["deny"])
        store = self._store_id if words["granted"] else None
        service.decide_device(words["decide"], self._partner_id, granted=words["granted"], store_id=store, by="maryam")
        return None

    def _client(self, kind: Kind, metadata: dict[str, Any]) -> dict[str, Any]:
        key = ECKey.generate_key("P-256")
        keyed = metadata.get("token_endpoint_auth_method") == "private_key_jwt"
        made = service.register_client(self._partner_id, kind, metadata | ({"jwks": public_set(key)} if keyed else {}))
        own = {"key": key.as_dict(private=True)} if keyed else {"client_secret": made.client_secret}
        return {"client_id": made.shown_id, **own}


@pytest.fixture(scope="module")
def outcomes(
    the_app: Flask, _the_installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Outcomes]]:
    programs = lay_out(_PROGRAMS, tmp_path_factory.mktemp("npm") / "clients")
    carriers = the_app.extensions["peyvand.carriers"]
    with the_app.app_context():
        empty_tables()
        somebody = Somebody(the_app, _the_installation)
        with somebody.browser:
            yield {name: run(programs / f"{name}.mjs", somebody.told(), somebody.do) for name in _NAMES}
        db.session.remove()
    the_app.extensions["peyvand.carriers"] = carriers
    drop_statement_connection()


def test_node_and_the_libraries_are_there() -> None:
    assert node()
    assert {each.name for each in LIBRARIES.iterdir()} >= {"openid-client", "oauth4webapi", "jose"}


@pytest.mark.parametrize("check", _CHECKS)
@pytest.mark.parametrize("program", _NAMES)
def test_the_library_gets_along(outcomes: dict[str, Outcomes], program: str, check: str) -> None:
    assert check in outcomes[program], "the program did not come as far"
    assert outcomes[program][check] is None, outcomes[program][check]


@pytest.mark.parametrize("program", _NAMES)
def test_every_check_of_the_program_is_asserted(outcomes: dict[str, Outcomes], program: str) -> None:
    assert tuple(outcomes[program]) == _CHECKS
