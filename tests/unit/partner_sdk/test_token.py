"""The access token: one login for all, renewed before it ends, replaced once when it is refused."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NoReturn

import pytest

from partner_sdk import (
    APIConnectionError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    Partner,
    ResponseError,
)
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.conftest import Time
from tests.unit.partner_sdk.scripted_network import CLIENT_ID, CLIENT_SECRET, Reply, ScriptedNetwork, problem

MakePartner = Callable[..., Partner]


def logins(network: ScriptedNetwork) -> int:
    return len(network.requests("/oauth/token"))


def test_the_secret_goes_by_basic_auth_with_every_sign_in_it(partner: Partner, network: ScriptedNetwork) -> None:
    partner.me()
    login = network.received[0]
    assert login.basic == (CLIENT_ID, CLIENT_SECRET)
    assert login.headers["content-type"] == "application/x-www-form-urlencoded"
    assert CLIENT_SECRET.encode() not in login.content


def test_one_login_serves_many_calls(partner: Partner, network: ScriptedNetwork) -> None:
    for _ in range(5):
        partner.me()
    assert logins(network) == 1


def test_twenty_threads_that_start_at_once_log_in_once(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("POST", "/oauth/token", Reply(body=shapes.token("token-0", 600), delay=0.2))
    network._valid_tokens.add("token-0")
    gate = threading.Barrier(20)

    def call() -> str:
        gate.wait()
        return partner.me().client_id

    with ThreadPoolExecutor(20) as pool:
        assert [future.result() for future in [pool.submit(call) for _ in range(20)]] == ["cli_till"] * 20
    assert logins(network) == 1


def test_threads_that_waited_for_a_failed_login_share_its_failure(
    make_partner: MakePartner, network: ScriptedNetwork
) -> None:
    refusal = Reply(401, {"error": "invalid_client", "error_description": "No such client."}, delay=0.3)
    network.will("POST", "/oauth/token", refusal)
    partner = make_partner()
    gate = threading.Barrier(10)

    def call() -> BaseException | None:
        gate.wait()
        try:
            partner.earns.create(member="mbr_1", amount_minor=1, currency="USD")
        except AuthenticationError as error:
            return error
        return None

    with ThreadPoolExecutor(10) as pool:
        errors = [future.result() for future in [pool.submit(call) for _ in range(10)]]
    assert {error.code for error in errors if isinstance(error, AuthenticationError)} == {"invalid_client"}
    assert len({id(error) for error in errors}) == 10
    assert len({error.idempotency_key for error in errors if isinstance(error, AuthenticationError)}) == 10
    assert logins(network) == 1


def test_the_token_is_renewed_a_minute_before_its_end(partner: Partner, network: ScriptedNetwork, time_: Time) -> None:
    partner.me()
    time_.pass_by(539)
    partner.me()
    assert logins(network) == 1
    time_.pass_by(2)
    partner.me()
    assert logins(network) == 2
    assert network.calls()[-1].headers["authorization"] == "Bearer token-2"


def test_a_short_token_is_renewed_a_fifth_before_its_end(
    partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    network.token_lifetime = 10
    partner.me()
    time_.pass_by(7.9)
    partner.me()
    assert logins(network) == 1
    time_.pass_by(0.2)
    partner.me()
    assert logins(network) == 2


def test_an_ended_token_is_never_sent(partner: Partner, network: ScriptedNetwork, time_: Time) -> None:
    partner.me()
    time_.pass_by(601)
    partner.me()
    assert [call.headers["authorization"] for call in network.calls()] == ["Bearer token-1", "Bearer token-2"]


def test_when_renewing_early_fails_the_old_token_still_serves(
    partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    partner.me()
    time_.pass_by(545)
    network.will("POST", "/oauth/token", Reply(503), Reply(503))
    partner.me()
    assert time_.slept == []
    assert network.calls()[-1].headers["authorization"] == "Bearer token-1"
    partner.me()
    assert logins(network) == 2, "it is not tried again with every call"
    time_.pass_by(6)
    partner.me()
    assert logins(network) == 3


def test_while_one_thread_renews_early_the_others_go_on(
    partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    partner.me()
    time_.pass_by(545)
    network.will("POST", "/oauth/token", Reply(body=shapes.token("token-0", 600), delay=0.5))
    network._valid_tokens.add("token-0")
    with ThreadPoolExecutor(2) as pool:
        renewing = pool.submit(partner.me)
        while logins(network) < 2:
            pass
        assert partner.members.get("mbr_1").id == "mbr_1"
        assert not renewing.done()
        assert renewing.result().client_id == "cli_till"
    assert logins(network) == 2


def test_a_thread_late_to_renew_takes_the_token_another_has_just_renewed(
    partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    partner.me()
    credentials = partner._transport._credentials
    old = credentials._token
    assert old is not None
    time_.pass_by(545)
    partner.me()

    def login(call: object, *, hurried: bool) -> NoReturn:
        raise AssertionError("there is a new token already")

    assert credentials._renew_early(old, login).value == "token-2"
    assert logins(network) == 2


def test_a_refused_token_is_replaced_and_the_call_repeated(partner: Partner, network: ScriptedNetwork) -> None:
    partner.me()
    network.withdraw_tokens()
    earn = partner.earns.create(member="mbr_1", amount_minor=1250, currency="USD")
    assert earn.id == "ern_1"
    first, second = network.requests("/v1/earns")
    assert (first.headers["authorization"], second.headers["authorization"]) == ("Bearer token-1", "Bearer token-2")
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert first.content == second.content


def test_a_token_refused_to_many_threads_is_replaced_once(make_partner: MakePartner, network: ScriptedNetwork) -> None:
    partner = make_partner()
    partner.me()
    network.withdraw_tokens()
    with ThreadPoolExecutor(10) as pool:
        results = [future.result() for future in [pool.submit(partner.me) for _ in range(10)]]
    assert len(results) == 10
    assert logins(network) == 2


def test_a_second_refusal_is_the_callers_to_know(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", problem(401, "invalid_token"), problem(401, "invalid_token"))
    with pytest.raises(AuthenticationError) as caught:
        partner.me()
    assert caught.value.code == "invalid_token"
    assert (len(network.calls()), logins(network)) == (2, 2)


def test_a_refusal_whose_body_was_lost_is_known_by_its_challenge(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", Reply(401, b"", {"WWW-Authenticate": 'Bearer realm="x", error="invalid_token"'}))
    assert partner.me().client_id == "cli_till"
    assert logins(network) == 2


def test_other_401s_do_not_log_in_again(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", problem(401, "unauthenticated"))
    with pytest.raises(AuthenticationError):
        partner.me()
    assert logins(network) == 1


def test_wrong_credentials_say_so(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("POST", "/oauth/token", Reply(401, {"error": "invalid_client", "error_description": "Who?"}))
    with pytest.raises(AuthenticationError, match=r"401 invalid_client: Who\? \(request req_1\)"):
        partner.me()
    assert network.calls() == []


def test_a_scope_that_is_not_ours_says_so(make_partner: MakePartner, network: ScriptedNetwork) -> None:
    network.will("POST", "/oauth/token", Reply(400, {"error": "invalid_scope"}))
    with pytest.raises(BadRequestError) as caught:
        make_partner(scopes=["moon:land"]).me()
    assert caught.value.code == "invalid_scope"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"access_token": "", "token_type": "Bearer"},
        {"access_token": "a\nb", "token_type": "Bearer"},
        {"access_token": 5, "token_type": "Bearer"},
        {"access_token": "a", "token_type": "mac"},
        {"access_token": "a"},
        {"access_token": "a", "token_type": "Bearer", "expires_in": "soon"},
        {"access_token": "a", "token_type": "Bearer", "expires_in": 0},
        {"access_token": "a", "token_type": "Bearer", "expires_in": True},
        b"<html>",
    ],
)
def test_an_answer_that_is_no_token_is_a_typed_error(body: object, partner: Partner, network: ScriptedNetwork) -> None:
    network.will("POST", "/oauth/token", Reply(200, body))
    with pytest.raises(ResponseError):
        partner.me()


def test_a_token_without_a_lifetime_serves_five_minutes(
    partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    network.will("POST", "/oauth/token", Reply(200, {"access_token": "token-0", "token_type": "bearer"}))
    network._valid_tokens.add("token-0")
    partner.me()
    time_.pass_by(239)
    partner.me()
    assert logins(network) == 1
    time_.pass_by(62)
    partner.me()
    assert logins(network) == 2


def test_logging_in_is_retried_like_any_call(partner: Partner, network: ScriptedNetwork, time_: Time) -> None:
    network.will("POST", "/oauth/token", Reply(drop=True), Reply(503))
    assert partner.me().client_id == "cli_till"
    assert time_.slept == [0.5, 1.0]
    assert len({login.headers["authorization"] for login in network.requests("/oauth/token")}) == 1


def test_a_network_that_is_away_is_a_connection_error(make_partner: MakePartner) -> None:
    with pytest.raises(APIConnectionError, match=r"POST /oauth/token: no answer from http://127\.0\.0\.1:9: "):
        make_partner(base_url="http://127.0.0.1:9", max_retries=0).me()


def test_an_impatient_threads_timeout_is_not_shared(network: ScriptedNetwork) -> None:
    network.will("POST", "/oauth/token", Reply(body=shapes.token("token-0", 600), delay=0.6))
    with (
        Partner(base_url=network.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET) as partner,
        ThreadPoolExecutor(1) as pool,
    ):
        hasty = pool.submit(partner.with_options(deadline=0.3).me)
        while not network.received:
            pass
        assert partner.me().client_id == "cli_till"
        assert isinstance(hasty.exception(), APITimeoutError)


def test_waiting_for_another_threads_login_ends_at_the_deadline(network: ScriptedNetwork) -> None:
    network.will("POST", "/oauth/token", Reply(body=shapes.token("token-0", 600), delay=1.0))
    with (
        Partner(base_url=network.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET) as partner,
        ThreadPoolExecutor(1) as pool,
    ):
        network._valid_tokens.add("token-0")
        slow = pool.submit(partner.me)
        while not network.received:
            pass
        with pytest.raises(APITimeoutError, match="another thread is still logging in"):
            partner.with_options(deadline=0.1).me()
        assert slow.result().client_id == "cli_till"
