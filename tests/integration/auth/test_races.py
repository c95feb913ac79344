"""What is used once is used once, however many come at once: real threads, each with a connection of its own."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.auth import service
from network.auth.domain import Kind
from network.auth.errors import AuthorizationRefused, InteractionGone
from network.infrastructure.database import db, drop_statement_connection
from network.kernel.identifiers import read
from network.partners import service as partners
from tests.relying.party import DEVICE_CODE, Browser, Party, register

AT_ONCE = 8
ROUNDS = [pytest.param(3, id="few"), pytest.param(100, id="hundred", marks=pytest.mark.storm)]


def together(app: Flask, action: Callable[[FlaskClient], Any], times: int = AT_ONCE) -> list[Any]:
    """What an action gives, done so many times at the same moment."""
    barrier = Barrier(times)

    def run(_: int) -> Any:
        with app.app_context():
            try:
                barrier.wait()
                return action(app.test_client())
            finally:
                db.session.remove()
                drop_statement_connection()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def _form(party: Party, **form: str) -> dict[str, str]:
    return form | {"client_id": party.client_id}


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_redeems_a_code(app: Flask, app_of_shop: Party, browser: Browser, sara: UUID, rounds: int) -> None:
    for _ in range(rounds):
        code = browser.follow(app_of_shop.start(), sara)["code"]
        form = _form(
            app_of_shop,
            grant_type="authorization_code",
            code=code,
            redirect_uri=app_of_shop.redirect_uri,
            code_verifier=app_of_shop.verifiers[""],
        )
        answers = together(app, lambda http, form=form: http.post("/oauth/token", data=form).status_code)  # type: ignore[misc]
        assert sorted(answers) == [200, *[400] * (AT_ONCE - 1)]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_exchanges_a_refresh_token(app: Flask, app_of_shop: Party, sara: UUID, rounds: int) -> None:
    for _ in range(rounds):
        token = app_of_shop.sign_in(sara)["refresh_token"]
        form = _form(app_of_shop, grant_type="refresh_token", refresh_token=token)
        answers = together(app, lambda http, form=form: http.post("/oauth/token", data=form))  # type: ignore[misc]
        winners = [answer.json for answer in answers if answer.status_code == 200]
        assert len(winners) == 1
        assert {answer.status_code for answer in answers} == {200, 503}
        assert app_of_shop.refresh(winners[0]["refresh_token"]).status_code == 200  # and nobody was thrown out


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_redeems_a_device_code(app: Flask, http: FlaskClient, partner_id: UUID, rounds: int) -> None:
    store_id = partners.add_store(partner_id, code="north", name="North").store_id
    terminal = register(http, partner_id, Kind.TILL)
    for _ in range(rounds):
        codes = terminal.post("/oauth/device", {}).json
        service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
        form = _form(terminal, grant_type=DEVICE_CODE, device_code=codes["device_code"])

        def redeem(client: FlaskClient, form: dict[str, str] = form) -> int:
            proof = terminal.proof_for("POST", "/oauth/token")
            return client.post("/oauth/token", data=form, headers={"DPoP": proof}).status_code

        assert sorted(together(app, redeem)) == [200, *[400] * (AT_ONCE - 1)]


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_answers_an_interaction(app: Flask, shop: Party, browser: Browser, sara: UUID, rounds: int) -> None:
    session = browser.sign_in(sara)
    for _ in range(rounds):
        interaction = shop.start(prompt="consent").headers["Location"].removeprefix("/consent/")
        mark = browser.mark

        def answer(_: FlaskClient, interaction: str = interaction, mark: str = mark) -> bool:
            try:
                return bool(service.answer_interaction(interaction, mark, session, True))
            except InteractionGone:
                return False

        assert sum(together(app, answer)) == 1


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_burns_by_an_authorization(
    app: Flask, shop: Party, partner_id: UUID, sara: UUID, rounds: int
) -> None:
    details = '[{"type": "points_redemption", "points": 500}]'
    for _ in range(rounds):
        token = shop.sign_in(sara, scope="points:redeem", authorization_details=details)
        identifier = read("aut", token["authorization_details"][0]["identifier"])

        keys = count()

        def burn(_: FlaskClient, identifier: UUID = identifier, keys: Iterator[int] = keys) -> bool:
            try:
                service.claim_authorization(
                    identifier,
                    partner_id=partner_id,
                    member_id=sara,
                    points=500,
                    amount_minor=500,
                    currency="USD",
                    claimed_for=f"key-{next(keys)}",
                )
            except AuthorizationRefused:
                return False
            return True

        assert sum(together(app, burn)) == 1


def test_an_assertion_and_a_proof_are_accepted_once_of_many(app: Flask, http: FlaskClient, partner_id: UUID) -> None:
    own = {"redirect_uris": None, "grant_types": ["client_credentials"]}
    server = register(http, partner_id, bound=True, **own, dpop_bound_access_tokens=True)
    assert server.token(grant_type="client_credentials").status_code == 200  # and it knows the nonce
    same_assertion = {"grant_type": "client_credentials"} | server.credentials()
    same_proof = server.proof_for("POST", "/oauth/token")
    cases: list[Callable[[], tuple[dict[str, str], str]]] = [
        lambda: (same_assertion, server.proof_for("POST", "/oauth/token")),
        lambda: ({"grant_type": "client_credentials"} | server.credentials(), same_proof),
    ]
    for case in cases:

        def ask(client: FlaskClient, case: Callable[[], tuple[dict[str, str], str]] = case) -> int:
            form, proof = case()
            return client.post("/oauth/token", data=form, headers={"DPoP": proof}).status_code

        assert together(app, ask).count(200) == 1
