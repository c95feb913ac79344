"""Trying again: when, how often, after how long, until when."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partner_sdk import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    ConflictError,
    Partner,
    RateLimitError,
    ServerError,
)
from partner_sdk._exchange import Headers
from partner_sdk._hooks import Hooks
from partner_sdk._retry import asked_wait, own_wait
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.conftest import Time
from tests.unit.partner_sdk.scripted_network import CLIENT_ID, CLIENT_SECRET, Reply, ScriptedNetwork, problem

MakePartner = Callable[..., Partner]


@pytest.fixture
def on_loopback_time(network: ScriptedNetwork) -> Partner:
    """A Partner whose time is the real one, and who waits briefly."""
    hooks = Hooks(sleep=lambda seconds: time.sleep(seconds / 100))
    return Partner(base_url=network.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, _hooks=hooks)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_passing_failure_is_tried_again(status: int, partner: Partner, network: ScriptedNetwork, time_: Time) -> None:
    network.will("GET", "/v1/me", Reply(status), Reply(status))
    assert partner.me().client_id == "cli_till"
    assert time_.slept == [0.5, 1.0]


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 413, 415, 422])
def test_a_lasting_refusal_is_not(status: int, partner: Partner, network: ScriptedNetwork, time_: Time) -> None:
    network.will("GET", "/v1/me", problem(status, "some_code"))
    with pytest.raises(APIStatusError):
        partner.me()
    assert (len(network.calls()), time_.slept) == (1, [])


def test_a_conflict_is_tried_again_only_while_the_first_try_is_in_flight(
    partner: Partner, network: ScriptedNetwork
) -> None:
    network.will("POST", "/v1/members", problem(409, "idempotency_in_flight"), problem(409, "account_exists"))
    with pytest.raises(ConflictError):
        partner.members.enrol(phone="+989121234567")
    assert len(network.calls()) == 2


def test_a_dropped_connection_is_tried_again(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("POST", "/v1/quotes", Reply(drop=True), Reply(cut=True, body=shapes.QUOTE))
    assert partner.quotes.create(member="mbr_1", currency="USD").earn_points == 12
    assert len(network.calls()) == 3


def test_retries_are_counted_to_the_network(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", Reply(503), Reply(503))
    partner.me()
    assert [call.headers.get("retry-count") for call in network.calls()] == [None, "1", "2"]


def test_retries_end_after_two_with_the_last_error(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", Reply(500), Reply(502), Reply(504), Reply(503))
    with pytest.raises(ServerError) as caught:
        partner.me()
    assert caught.value.status_code == 504
    assert len(network.calls()) == 3


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_the_number_of_retries_is_the_callers(
    retries: int, partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    network.will("GET", "/v1/me", *[Reply(drop=True)] * 10)
    with pytest.raises(APIConnectionError):
        partner.with_options(max_retries=retries, deadline=None).me()
    assert len(network.calls()) == retries + 1
    assert time_.slept == [0.5, 1.0, 2.0, 4.0, 8.0][:retries]


def test_the_networks_advice_comes_before_the_rules(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", Reply(503, headers={"Should-Retry": "false"}))
    with pytest.raises(ServerError):
        partner.me()
    network.will("GET", "/v1/me", problem(400, "try_again", headers={"Should-Retry": "true"}))
    assert partner.me().client_id == "cli_till"
    assert len(network.calls()) == 3


def test_advice_to_retry_for_ever_ends_all_the_same(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", *[Reply(400, headers={"Should-Retry": "true"})] * 9)
    with pytest.raises(APIStatusError):
        partner.me()
    assert len(network.calls()) == 3


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"Retry-After": "0"}, 0.0),
        ({"Retry-After": "Fri, 14 Jul 2017 02:40:07 GMT"}, 7.0),
        ({"Retry-After": "Fri, 14 Jul 2017 02:39:00 GMT"}, 0.0),
        ({"Retry-After": "Mon, 01 Jan 2018 00:00:09 GMT", "Date": "Mon, 01 Jan 2018 00:00:05 GMT"}, 4.0),
        ({"Retry-After": "shortly"}, 0.5),
        ({"Retry-After": "-3"}, 0.5),
        ({"Retry-After": "nan"}, 0.5),
        ({"Retry-After": "inf"}, 0.5),
        ({"Retry-After": ""}, 0.5),
    ],
)
def test_the_wait_the_network_asks_for_is_kept(
    headers: dict[str, str], slept: float, partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    network.will("GET", "/v1/me", Reply(503, headers=headers))
    partner.me()
    assert time_.slept == [pytest.approx(slept)]


def test_a_wait_beyond_a_minute_is_told_and_not_sat_out(
    make_partner: MakePartner, network: ScriptedNetwork, time_: Time
) -> None:
    partner = make_partner(deadline=None)
    network.will("GET", "/v1/me", Reply(429, headers={"Retry-After": "60"}), Reply(429, headers={"Retry-After": "61"}))
    with pytest.raises(RateLimitError) as caught:
        partner.me()
    assert caught.value.retry_after == 61
    assert time_.slept == [60.0]


def test_a_wait_that_would_outlast_the_deadline_is_not_begun(
    partner: Partner, network: ScriptedNetwork, time_: Time
) -> None:
    network.will("GET", "/v1/me", Reply(429, headers={"Retry-After": "20"}), Reply(429, headers={"Retry-After": "20"}))
    with pytest.raises(RateLimitError) as caught:
        partner.me()
    assert caught.value.retry_after == 20
    assert time_.slept == [20.0]


def test_the_deadline_covers_logging_in_as_well(partner: Partner, network: ScriptedNetwork, time_: Time) -> None:
    network.will("POST", "/oauth/token", Reply(503, headers={"Retry-After": "25"}))
    network.will("GET", "/v1/me", Reply(503, headers={"Retry-After": "10"}))
    with pytest.raises(ServerError):
        partner.me()
    assert time_.slept == [25.0]


def test_a_slow_answer_times_out_and_is_tried_again(on_loopback_time: Partner, network: ScriptedNetwork) -> None:
    with on_loopback_time as partner:
        partner.me()
        network.will("GET", "/v1/me", Reply(body=shapes.ME, delay=0.6))
        assert partner.with_options(timeout=0.2).me().client_id == "cli_till"
        assert len(network.calls()) == 3


def test_a_network_that_stays_slow_is_a_timeout(on_loopback_time: Partner, network: ScriptedNetwork) -> None:
    with on_loopback_time as partner:
        partner.me()
        network.will("GET", "/v1/me", *[Reply(body=shapes.ME, delay=0.5)] * 3)
        with pytest.raises(APITimeoutError, match=r"GET /v1/me: no answer in time \(ReadTimeout\)"):
            partner.with_options(timeout=0.1).me()


def test_the_deadline_shortens_the_timeout_of_the_last_try(on_loopback_time: Partner, network: ScriptedNetwork) -> None:
    with on_loopback_time as partner:
        partner.me()
        network.will("GET", "/v1/me", *[Reply(body=shapes.ME, delay=1.5)] * 3)
        began = time.monotonic()
        with pytest.raises(APITimeoutError):
            partner.with_options(deadline=0.3).me()
        assert time.monotonic() - began < 1.0


def test_an_answer_that_trickles_ends_at_the_deadline(on_loopback_time: Partner, network: ScriptedNetwork) -> None:
    with on_loopback_time as partner:
        partner.me()
        network.will("GET", "/v1/me", Reply(body=shapes.ME, trickle=0.05))
        began = time.monotonic()
        with pytest.raises(APITimeoutError, match=r"no answer within the deadline of 0\.5 s"):
            partner.with_options(timeout=0.4, deadline=0.5).me()
        assert time.monotonic() - began < 1.5


def test_a_pool_without_a_free_connection_says_what_to_do(network: ScriptedNetwork) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with (
        Partner(base_url=network.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, max_connections=1) as partner,
        ThreadPoolExecutor(1) as pool,
    ):
        partner.me()
        network.will("GET", "/v1/members/mbr_1", Reply(body=shapes.MEMBER, delay=1.0))
        slow = pool.submit(partner.members.get, "mbr_1")
        while len(network.calls()) < 2:
            pass
        with pytest.raises(APITimeoutError, match="Raise max_connections, or use fewer threads"):
            partner.with_options(timeout=0.1, max_retries=0).me()
        assert slow.result().id == "mbr_1"


@given(retries=st.integers(0, 10_000), random=st.floats(0, 1, exclude_max=True))
def test_own_waits_double_up_to_eight_seconds_less_a_quarter_at_most(retries: int, random: float) -> None:
    full = min(8.0, 0.5 * 2.0 ** min(retries, 20))
    assert full * 0.75 <= own_wait(retries, random) <= full


odd_text = st.text("0123456789-+.eE :,FriJulGMT", max_size=40) | st.sampled_from(["Fri, 14 Jul 2017 02:40:07", "1e400"])


@given(text=odd_text, sent=odd_text)
def test_no_retry_after_however_odd_raises_or_is_negative(text: str, sent: str) -> None:
    wait = asked_wait(Headers({"Retry-After": text, "Date": sent}), 0.0)
    assert wait is None or wait >= 0
