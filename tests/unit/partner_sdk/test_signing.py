"""Requests that the SDK signs with the partner's own key; what it sends is read as docs/proof.md has it."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from partner_sdk import CardProof, ConfigurationError, Partner, Redemption
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.conftest import Time
from tests.unit.partner_sdk.scripted_network import CLIENT_ID, Received, Reply, ScriptedNetwork

MakePartner = Callable[..., Partner]
KEY = ECKey.generate_key("P-256")
PEM = KEY.as_pem(private=True).decode()
CARD = "9900000000000010"
RETURNED = {
    "id": "rev_1", "original": "rdm_1", "member": "mbr_1", "points": 4, "owed_points": 0, "amount_minor": 4,
    "currency": "USD", "receipt": None, "posted_at": "2017-01-03T10:00:00Z", "balance": None,
}  # fmt: skip


def read(call: Received) -> tuple[bytes, dict[str, Any], dict[str, Any]]:
    """Salt, header and statement of a signed request, its signature checked."""
    salt, _, document = call.headers["request-signature"].partition(".")
    signed = jws.deserialize_compact(document, KEY, algorithms=["ES256"])
    return base64.urlsafe_b64decode(salt + "=="), signed.headers(), json.loads(signed.payload or b"")


def redeem(partner: Partner, **more: Any) -> Redemption:
    return partner.redemptions.create(
        member="mbr_1", points=500, currency="USD", proof=CardProof(CARD), receipt="قهوه", **more
    )


@pytest.fixture
def signing(make_partner: MakePartner) -> Partner:
    return make_partner(signing_key=PEM)


def test_a_redemption_is_signed_by_a_statement_that_binds_it_and_names_nobody(
    signing: Partner, network: ScriptedNetwork
) -> None:
    redeem(signing.with_options(idempotency_key="receipt-17"))
    (call,) = network.calls()
    salt, header, told = read(call)
    body = json.dumps(call.json, sort_keys=True, separators=(",", ":"))
    asked = sha256(f"POST /v1/redemptions\n{body}".encode()).hexdigest()
    assert header == {"alg": "ES256", "kid": KEY.thumbprint(), "typ": "peyvand-request+jws"}
    assert told == {
        "format": "request/1",
        "kind": "redemption",
        "points": 500,
        "currency": "USD",
        "request": sha256(f"{salt.hex()}\n{CLIENT_ID}\nreceipt-17\n{asked}".encode()).hexdigest(),
        "signed_at": "2017-07-14T02:40:00Z",
    }
    assert len(salt) == 16


def test_a_request_has_one_salt_however_often_it_is_sent(
    signing: Partner, make_partner: MakePartner, network: ScriptedNetwork, time_: Time
) -> None:
    """Or the network could drop an answer, and hold two requests that the partner vouches for."""
    network.will("POST", "/v1/redemptions", Reply(503), Reply(drop=True))
    redeem(signing.with_options(idempotency_key="receipt-17"))
    redeem(make_partner(signing_key=KEY).with_options(idempotency_key="receipt-17"))  # after a restart
    redeem(signing.with_options(idempotency_key="receipt-18"))
    salts = [read(call)[0] for call in network.calls()]
    assert len(salts) == 5
    assert len(set(salts[:4])) == 1
    assert salts[4] != salts[0]


def test_holds_captures_and_returns_are_signed_and_nothing_else(signing: Partner, network: ScriptedNetwork) -> None:
    for verb, answer in (("capture", shapes.REDEMPTION), ("reverse", RETURNED), ("void", shapes.REDEMPTION)):
        network.will("POST", f"/v1/redemptions/rdm_1/{verb}", Reply(201, answer))
    found = redeem(signing, capture=False)
    signing.redemptions.capture(found, points=40)
    signing.redemptions.reverse(found, points=4)
    signing.redemptions.void(found)
    signing.earns.create(member="mbr_1", amount_minor=1, currency="USD")
    signing.redemptions.get(found.id)
    *signed, void, earn, got = network.calls()
    told = [read(call)[2] for call in signed]
    assert [(each["kind"], each["points"], each["currency"]) for each in told] == [
        ("hold", 500, "USD"),
        ("capture", 40, "USD"),
        ("return", 4, "USD"),
    ]
    assert not any("request-signature" in call.headers for call in (void, earn, got))


def test_what_is_signed_says_its_points_and_currency(signing: Partner, network: ScriptedNetwork) -> None:
    found = redeem(signing)
    for redemption, points in ((found, None), (found.id, 4)):
        with pytest.raises(ValueError, match="needs points= and the Redemption itself"):
            signing.redemptions.reverse(redemption, points=points)
    assert len(network.calls()) == 1


def test_the_key_comes_as_text_bytes_a_file_or_from_the_environment(
    make_partner: MakePartner, network: ScriptedNetwork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "till.pem"
    file.write_text(PEM)
    for key in (PEM, PEM.encode(), file, str(file), KEY):
        redeem(make_partner(signing_key=key))
    for key in (PEM, str(file)):
        monkeypatch.setenv("PARTNER_SIGNING_KEY", key)
        redeem(make_partner())
    assert {read(call)[1]["kid"] for call in network.calls()} == {KEY.thumbprint()}
    assert len(network.calls()) == 7


@pytest.mark.parametrize(
    "key",
    [
        "nowhere.pem",
        KEY.as_pem(private=False),
        ECKey.generate_key("P-384"),
        RSAKey.generate_key(2048).as_pem(private=True),
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
        17,
    ],
    ids=["no file", "the public half", "another curve", "another kind", "nonsense", "a number"],
)
def test_what_is_no_private_key_on_the_curve_is_refused_at_once(make_partner: MakePartner, key: Any) -> None:
    with pytest.raises(ConfigurationError, match="signing_key") as refused:
        make_partner(signing_key=key)
    assert "c2VjcmV0" not in str(refused.value)


def test_without_joserfc_it_says_what_to_install(make_partner: MakePartner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "joserfc", None)
    with pytest.raises(ConfigurationError, match=r"partner-sdk\[signing\]"):
        make_partner(signing_key=PEM)


def test_a_till_that_does_not_sign_loads_none_of_it(network: ScriptedNetwork, partner: Partner) -> None:
    redeem(partner)
    assert "request-signature" not in network.calls()[0].headers
