"""What is used once is used once, however many come at once: real threads, each with a connection of its own."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from network.auth import service
from network.auth.domain import Kind
from network.auth.errors import AuthorizationRefused, InteractionGone
from network.infrastructure.database import statement_connection
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import read
from network.partners import service as partners
from tests.integration.partners.side_by_side import in_own_session
from tests.racing import ROUNDS, Racers, racing, sizes_of
from tests.relying.party import DEVICE_CODE, Browser, Party, asked, register

_SIZE = 8  # of the races that have one
_SECONDS = 30  # that one waits for another


@pytest.fixture
def racers(app: Flask) -> Iterator[Racers]:
    """As many threads as the largest race has."""
    with racing(app) as threads:
        yield threads


def _asked_for(answers: list[Any]) -> list[Any]:
    """What the winners were given; everybody else was told that the grant is not valid."""
    given = [answer.json for answer in answers if answer.status_code == 200]
    refused = [answer.json["error"] for answer in answers if answer.status_code == 400]
    assert refused == ["invalid_grant"] * (len(answers) - len(given)), [answer.text for answer in answers]
    return given


def _form(party: Party, **form: str) -> dict[str, str]:
    return form | {"client_id": party.client_id}


def _asking(app: Flask, form: dict[str, str], proofs: list[str] | None = None) -> Callable[[int], Any]:
    """What a racer sends to the token endpoint, with a proof of its own where the client is bound to a key."""

    def ask(number: int) -> Any:
        headers = {"DPoP": proofs[number]} if proofs else None
        return app.test_client().post("/oauth/token", data=form, headers=headers)

    return ask


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_redeems_a_code_and_the_replays_end_its_tokens(
    app: Flask, racers: Racers, app_of_shop: Party, browser: Browser, sara: UUID, rounds: int
) -> None:
    for size in sizes_of(rounds):
        code = browser.follow(app_of_shop.start(), sara)["code"]
        form = _form(
            app_of_shop,
            grant_type="authorization_code",
            code=code,
            redirect_uri=app_of_shop.redirect_uri,
            code_verifier=app_of_shop.verifiers[""],
        )
        (token,) = _asked_for(racers.race(_asking(app, form), size))
        assert app_of_shop.call("/oauth/userinfo", token["access_token"]).status_code == 401
        assert app_of_shop.refresh(token["refresh_token"]).json["error"] == "invalid_grant"


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_exchanges_a_refresh_token(
    app: Flask, racers: Racers, app_of_shop: Party, sara: UUID, rounds: int
) -> None:
    token = app_of_shop.sign_in(sara)
    for size in sizes_of(rounds):
        form = _form(app_of_shop, grant_type="refresh_token", refresh_token=token["refresh_token"])
        answers = racers.race(_asking(app, form), size)
        (token,) = (answer.json for answer in answers if answer.status_code == 200)
        others = [answer for answer in answers if answer.status_code != 200]
        assert {(answer.status_code, answer.json["error"]) for answer in others} == {(503, "temporarily_unavailable")}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in others)
        assert app_of_shop.call("/oauth/userinfo", token["access_token"]).status_code == 200  # nobody was thrown out


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_redeems_a_device_code(
    racers: Racers, app: Flask, http: FlaskClient, partner_id: UUID, rounds: int
) -> None:
    store_id = partners.add_store(partner_id, code="north", name="North").store_id
    terminal = register(http, partner_id, Kind.TILL)
    for size in sizes_of(rounds):
        codes = terminal.post("/oauth/device", {}).json
        service.decide_device(codes["user_code"], partner_id, granted=True, store_id=store_id, by="staff")
        form = _form(terminal, grant_type=DEVICE_CODE, device_code=codes["device_code"])
        proofs = [terminal.proof_for("POST", "/oauth/token") for _ in range(size)]
        (token,) = _asked_for(racers.race(_asking(app, form, proofs), size))
        assert terminal.refresh(token["refresh_token"]).status_code == 200
    assert len(service.list_terminals(partner_id)) == rounds


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_answers_an_interaction(
    racers: Racers, shop: Party, browser: Browser, sara: UUID, rounds: int
) -> None:
    session = browser.sign_in(sara)
    for size in sizes_of(rounds):
        interaction = shop.start(prompt="consent").headers["Location"].removeprefix("/consent/")
        mark = browser.mark

        def answer(_: int, interaction: str = interaction, mark: str = mark) -> bool:
            try:
                return bool(service.answer_interaction(interaction, mark, session, True))
            except InteractionGone:
                return False

        assert sum(racers.race(answer, size)) == 1


@pytest.mark.parametrize("rounds", ROUNDS)
def test_one_of_many_burns_by_an_authorization(
    racers: Racers, shop: Party, partner_id: UUID, sara: UUID, rounds: int
) -> None:
    details = '[{"type": "points_redemption", "points": 500}]'
    for size in sizes_of(rounds):
        token = shop.sign_in(sara, scope="points:redeem", authorization_details=details)
        identifier = read("aut", token["authorization_details"][0]["identifier"])

        keys = count()

        def burn(_: int, identifier: UUID = identifier, keys: Iterator[int] = keys) -> bool:
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

        assert sum(racers.race(burn, size)) == 1


def test_an_assertion_and_a_proof_are_accepted_once_of_many(
    racers: Racers, app: Flask, http: FlaskClient, partner_id: UUID
) -> None:
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

        def ask(_: int, case: Callable[[], tuple[dict[str, str], str]] = case) -> int:
            form, proof = case()
            return app.test_client().post("/oauth/token", data=form, headers={"DPoP": proof}).status_code

        assert racers.race(ask, _SIZE).count(200) == 1


def test_a_consent_that_is_withdrawn_while_the_member_gives_it_anew_leaves_no_grant(
    app: Flask, shop: Party, browser: Browser, sara: UUID
) -> None:
    assert "code" in browser.follow(shop.start(scope="openid"), sara)
    (consent,) = service.list_consents(sara)
    place = shop.start(scope="openid", prompt="consent").headers["Location"]
    interaction, mark, session = place.removeprefix("/consent/"), browser.mark, browser.session
    withdraw = partial(in_own_session, app, lambda: service.withdraw_consent(sara, consent.consent_id, "sara"))
    with ThreadPoolExecutor(1) as pool:
        with transaction():
            callback = service.answer_interaction(interaction, mark, session, True)
            withdrawn = pool.submit(withdraw)
            _wait_for_row()
        assert withdrawn.result(_SECONDS) is None
    assert service.list_consents(sara) == []
    redeemed = shop.redeem(asked(callback)["code"])
    assert (redeemed.status_code, redeemed.json["error"]) == (400, "invalid_grant")


def _wait_for_row() -> None:
    """Until somebody waits for a row that another unit of work has changed."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + _SECONDS
    while not statement_connection().execute(waiting).fetchall()[0][0]:
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.02)
