"""Getting in by a key, and as a terminal, when the network dawdles, refuses and forgets."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from partner_sdk import ConfigurationError, Partner, Terminal
from partner_sdk._hooks import Hooks
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.conftest import Time
from tests.unit.partner_sdk.scripted_network import CLIENT_ID, Received, Reply, ScriptedNetwork, problem

MakePartner = Callable[..., Partner]
ISSUER = "https://network.example"
METADATA = "/.well-known/oauth-authorization-server"


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def proof_of(request: Received) -> dict[str, Any]:
    return claims_of(request.headers["dpop"])


@pytest.fixture(autouse=True)
def _who_the_network_is(network: ScriptedNetwork) -> None:
    network.will("GET", METADATA, Reply(body={"issuer": ISSUER}))


@pytest.fixture
def terminal(network: ScriptedNetwork, time_: Time, tmp_path: Path) -> Terminal:
    """One that was let in."""
    file = tmp_path / "till.json"
    kept = {"key": dict(ECKey.generate_key("P-256").as_dict(private=True)), "issuer": ISSUER, "refresh_token": "r-0"}
    file.write_text(json.dumps(kept))
    hooks = Hooks(sleep=time_.sleep, random=lambda: 0.0, monotonic=lambda: time_.now)
    return Terminal(file, base_url=network.url, client_id=CLIENT_ID, _hooks=hooks)


def token(number: int, network: ScriptedNetwork) -> Reply:
    network._valid_tokens.add(f"t-{number}")
    return Reply(body=shapes.token(f"t-{number}", 600) | {"token_type": "DPoP", "refresh_token": f"r-{number}"})


def test_each_try_of_a_login_is_signed_anew_for_an_assertion_is_good_once(
    make_partner: MakePartner, network: ScriptedNetwork
) -> None:
    network.will("POST", "/oauth/token", Reply(503, {"error": "temporarily_unavailable"}))
    key = ECKey.generate_key("P-256")
    make_partner(client_secret=None, private_key=key, scopes=["points:read"]).me()
    first, second = (request.form for request in network.requests("/oauth/token"))
    assert first["scope"] == second["scope"] == "points:read"
    told = [claims_of(each["client_assertion"]) for each in (first, second)]
    assert [each["aud"] for each in told] == [ISSUER, ISSUER]
    assert {each["iss"] for each in told} == {each["sub"] for each in told} == {CLIENT_ID}
    assert told[0]["jti"] != told[1]["jti"]
    assert len(network.requests(METADATA)) == 1


def test_a_secret_that_is_given_wins_over_a_key_in_the_environment(
    make_partner: MakePartner, network: ScriptedNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTNER_PRIVATE_KEY", "/nowhere.pem")
    make_partner().me()
    assert network.received[0].basic[0] == CLIENT_ID
    with pytest.raises(ConfigurationError, match="private_key"):
        make_partner(client_secret=None)


def test_a_refresh_token_is_kept_before_its_access_token_is_used(
    make_partner: MakePartner, network: ScriptedNetwork, terminal: Terminal, tmp_path: Path
) -> None:
    network.will("POST", "/oauth/token", Reply(drop=True), token(1, network))
    network.will("GET", "/v1/me", Reply(drop=True))
    make_partner(terminal=terminal).me()
    lost, found = network.requests("/oauth/token")
    assert lost.form == found.form == {"grant_type": "refresh_token", "refresh_token": "r-0", "client_id": CLIENT_ID}
    assert json.loads((tmp_path / "till.json").read_text())["refresh_token"] == "r-1"
    proofs = [proof_of(each) for each in network.received]
    assert len({each["jti"] for each in proofs}) == len(proofs) == 4
    assert [each["htu"] for each in proofs] == [f"{ISSUER}/oauth/token"] * 2 + [f"{ISSUER}/v1/me"] * 2
    assert ["ath" in each for each in proofs] == [False, False, True, True]
    assert network.received[-1].headers["authorization"] == "DPoP t-1"


def test_a_nonce_is_taken_from_the_network_without_a_wait(
    make_partner: MakePartner, network: ScriptedNetwork, terminal: Terminal, time_: Time
) -> None:
    network.will("POST", "/oauth/token", Reply(400, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": "n-1"}))
    network.will("POST", "/oauth/token", token(1, network))
    network.will("GET", "/v1/me", problem(401, "use_dpop_nonce", headers={"DPoP-Nonce": "n-2"}))
    partner = make_partner(terminal=terminal)
    partner.me()
    partner.me()
    assert [proof_of(each).get("nonce") for each in network.received] == [None, "n-1", "n-1", "n-2", "n-2"]
    assert time_.slept == []
    network.will("GET", "/v1/me", *[problem(401, "use_dpop_nonce")] * 2)
    with pytest.raises(Exception, match="use_dpop_nonce"):  # said twice, it is no longer believed
        partner.me()


def test_a_till_whose_clock_is_wrong_proves_by_the_networks(
    make_partner: MakePartner, network: ScriptedNetwork, terminal: Terminal
) -> None:
    date = {"Date": "Fri, 14 Jul 2017 03:40:00 GMT"}  # an hour after the till's 02:40:00
    network.will("POST", "/oauth/token", Reply(400, {"error": "use_dpop_nonce"}, {"DPoP-Nonce": "n", **date}))
    network.will("POST", "/oauth/token", token(1, network))
    make_partner(terminal=terminal).me()
    assert [proof_of(each)["iat"] - 1_500_000_000 for each in network.received] == [0, 3600, 3600]


def test_a_terminal_is_renewed_with_patience_even_ahead_of_time(
    make_partner: MakePartner, network: ScriptedNetwork, terminal: Terminal, time_: Time
) -> None:
    network.will("POST", "/oauth/token", token(1, network), Reply(drop=True), token(2, network))
    partner = make_partner(terminal=terminal)
    partner.me()
    time_.pass_by(570)
    partner.me()
    assert [each.form["refresh_token"] for each in network.requests("/oauth/token")] == ["r-0", "r-1", "r-1"]
    assert terminal.refresh_token() == "r-2"


def test_a_file_that_is_none_or_of_another_terminal_is_refused(network: ScriptedNetwork, tmp_path: Path) -> None:
    file = tmp_path / "till.json"
    for content in ("{", "[]", json.dumps({"client_id": "cli_other"})):
        file.write_text(content)
        with pytest.raises(ConfigurationError):
            Terminal(file, base_url=network.url, client_id=CLIENT_ID)
