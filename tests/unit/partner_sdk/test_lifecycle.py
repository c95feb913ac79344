"""A Partner from its making to its end: settings, threads, forks, secrets."""

import logging
import os
import re
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from partner_sdk import APIStatusError, CardProof, ConfigurationError, Partner, PeyvandError
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.scripted_network import CLIENT_ID, CLIENT_SECRET, Reply, ScriptedNetwork, problem

MakePartner = Callable[..., Partner]
CARD = "6274000000004821"
GIVEN: dict[str, Any] = {"base_url": "https://network.example", "client_id": "cli_1", "client_secret": "s"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PARTNER_BASE_URL", "PARTNER_CLIENT_ID", "PARTNER_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_is_enough(network: ScriptedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_BASE_URL", network.url)
    monkeypatch.setenv("PARTNER_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("PARTNER_CLIENT_SECRET", CLIENT_SECRET)
    with Partner() as partner:
        assert partner.me().client_id == "cli_till"


def test_an_argument_comes_before_the_environment(network: ScriptedNetwork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_BASE_URL", "https://elsewhere.example")
    with Partner(base_url=network.url, client_id=CLIENT_ID, client_secret=CLIENT_SECRET) as partner:
        assert partner.me().client_id == "cli_till"


def test_what_is_missing_is_named_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNER_CLIENT_ID", "  ")
    with pytest.raises(ConfigurationError) as caught:
        Partner(base_url="https://network.example")
    assert str(caught.value) == (
        "Partner needs client_id= (or PARTNER_CLIENT_ID), client_secret= (or PARTNER_CLIENT_SECRET): "
        "pass it, or set the environment variable."
    )


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("network.example", "must look like https://"),
        ("ftp://network.example", "must look like https://"),
        ("https://", "must look like https://"),
        ("https://network.example:port", "is no address"),
        ("https://[::1", "is no address"),
        ("https://me:secret@network.example", "must not hold credentials"),
        ("https://network.example/v1", "without /v1"),
        ("https://network.example/v1/", "without /v1"),
        ("https://network.example?x=1", "without /v1, query"),
    ],
)
def test_an_unusable_address_is_refused_at_once(base_url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        Partner(**{**GIVEN, "base_url": base_url})
    assert "secret@" not in str(caught.value)


def test_a_pool_of_no_connections_is_refused() -> None:
    with pytest.raises(ValueError, match="max_connections is 1 or more"):
        Partner(**GIVEN, max_connections=0)


def test_one_string_is_not_a_list_of_scopes() -> None:
    with pytest.raises(TypeError, match="list of strings"):
        Partner(**GIVEN, scopes="points:earn")


def test_a_secret_on_an_open_road_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    Partner(**{**GIVEN, "base_url": "http://network.example"}).close()
    assert "unencrypted" in caplog.text
    caplog.clear()
    for safe in ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000", "https://network.example"):
        Partner(**{**GIVEN, "base_url": safe}).close()
    assert caplog.text == ""


def test_a_closed_partner_says_so(partner: Partner, network: ScriptedNetwork) -> None:
    partner.me()
    view = partner.with_options(timeout=3)
    with view:
        view.me()
    assert partner.me().client_id == "cli_till", "a view closes nothing"
    partner.close()
    partner.close()
    for closed in (partner, view):
        with pytest.raises(ConfigurationError, match="This Partner is closed"):
            closed.me()


def test_views_share_connections_and_token(partner: Partner, network: ScriptedNetwork) -> None:
    for number in range(5):
        partner.with_options(timeout=3, max_retries=number).me()
    assert len(network.requests("/oauth/token")) == 1


def test_one_partner_serves_many_threads(partner: Partner, network: ScriptedNetwork) -> None:
    def buy(number: int) -> str:
        earn = partner.with_options(idempotency_key=f"receipt-{number}").earns.create(
            member="mbr_1", amount_minor=number, currency="USD"
        )
        return earn.id

    with ThreadPoolExecutor(32) as pool:
        assert list(pool.map(buy, range(300))) == ["ern_1"] * 300
    sent = {
        request.headers["idempotency-key"]: request.json["amount_minor"] for request in network.requests("/v1/earns")
    }
    assert sent == {f"receipt-{number}": number for number in range(300)}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_parent_and_child_of_a_fork_both_go_on(partner: Partner, network: ScriptedNetwork) -> None:
    partner.me()
    lock = partner._transport._credentials._lock
    lock.acquire()  # as if another thread were logging in at this moment
    child = os.fork()
    if child == 0:
        try:
            ok = partner.earns.create(member="mbr_1", amount_minor=1250, currency="USD").id == "ern_1"
            partner._transport._credentials._token = None
            ok = ok and partner.me().client_id == "cli_till"
            partner.close()
        except BaseException:
            traceback.print_exc()
            ok = False
        os._exit(0 if ok else 1)
    lock.release()
    for _ in range(20):
        assert partner.members.get("mbr_1").id == "mbr_1"
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert partner.me().client_id == "cli_till"


def test_a_transport_can_be_swapped() -> None:
    def handle(request: httpx2.Request) -> httpx2.Response:
        body = shapes.token("t", 600) if request.url.path == "/oauth/token" else shapes.ME
        return httpx2.Response(200, json=body)

    with Partner(**GIVEN, transport=httpx2.MockTransport(handle)) as partner:
        assert partner.me().client_id == "cli_till"


def test_neither_secret_token_nor_person_appears_in_repr_log_or_error(
    make_partner: MakePartner, network: ScriptedNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    partner = make_partner()
    network.will("POST", "/v1/earns", Reply(503), problem(401, "invalid_token"), Reply(drop=True))
    network.will("POST", "/v1/redemptions", problem(403, "proof_refused"))
    partner.members.enrol(name="Sara Secret", phone="+989121234567", email="sara@mail.example")
    partner.members.lookup(card_number=CARD)
    partner.earns.create(member="mbr_1", amount_minor=1250, currency="USD", receipt="A-17")
    said = [repr(partner), repr(partner.with_options(idempotency_key="k")), repr(vars(partner)), repr(partner.earns)]
    try:
        partner.redemptions.create(member="mbr_1", points=5, currency="USD", proof=CardProof(CARD))
    except PeyvandError as error:
        said += [str(error), repr(error), "".join(traceback.format_exception(error))]
    said += [record.getMessage() for record in caplog.records]
    assert {record.name.split(".")[0] for record in caplog.records} >= {"partner_sdk", "httpx2"}
    everything = "\n".join(said)
    for secret in (CLIENT_SECRET, "token-1", "token-2", "Sara", "989121234567", "mail.example", CARD):
        assert secret not in everything
    basic = network.received[0].headers["authorization"].removeprefix("Basic ")
    assert basic not in everything


def test_the_sdks_log_names_routes_and_requests_and_no_ids(
    partner: Partner, network: ScriptedNetwork, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "partner_sdk")
    network.will("GET", "/v1/members/mbr_1/balance", Reply(503))
    partner.members.balance("mbr_1")
    own = [record.getMessage() for record in caplog.records if record.name == "partner_sdk"]
    assert "GET /v1/members/{member}/balance: 503 (request req_1)" in own
    assert "retry 1 of GET /v1/members/{member}/balance in 0.50 s" in own
    assert not any(re.search("mbr_1", line) for line in own)


def test_without_a_handler_the_sdk_is_quiet(
    capfd: pytest.CaptureFixture[str], partner: Partner, network: ScriptedNetwork
) -> None:
    network.will("GET", "/v1/me", problem(404, "not_found"))
    with pytest.raises(APIStatusError):
        partner.me()
    assert capfd.readouterr() == ("", "")
