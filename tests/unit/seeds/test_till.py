"""Through the real SDK; only its transport is replaced, by one that answers from a table and remembers the requests."""

import json
from typing import Any

import httpx2
import pytest

from network.seeds.phone import Shown
from network.seeds.till import Card, PartnerTill, TillRefused
from partner_sdk import Partner, ServerError
from tests.unit.seeds.visits import visit

CARD = Card("6274000000000017", "mbr_1")
AT = "2017-01-02T17:00:00Z"
MEMBER = {"id": "mbr_1", "status": "active", "enrolled_at": AT, "card_number": CARD.number}
MOVED = {"member": "mbr_1", "currency": "USD", "occurred_at": AT, "posted_at": AT}
QUOTE = {"member": "mbr_1", "currency": "USD", "redeemable_points": 640, "redeemable_minor": 640, "as_of": AT}


class Network(httpx2.BaseTransport):
    """Answers each route with what the test has laid down for it: (status, body)."""

    def __init__(self, answers: dict[str, tuple[int, dict[str, Any]]]) -> None:
        self.answers = {
            "/oauth/token": (200, {"access_token": "t", "token_type": "Bearer", "expires_in": 600})
        } | answers
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        path = request.url.path
        if path.startswith("/v1"):
            self.asked.append((path, json.loads(request.read())))
        status, body = self.answers[path]
        return httpx2.Response(status, json=body)


class Shows:
    """A phone that shows what the test says."""

    def __init__(self, shown: Shown) -> None:
        self._shown = shown

    def show(self, member: str, partner_code: str, points: int) -> Shown:
        assert (member, points) == ("mbr_1", 300) or points == 10
        return self._shown


def till(network: Network, shown: Shown = Shown(code="46119246")) -> PartnerTill:  # noqa: B008 - a frozen value
    partner = Partner(base_url="http://127.0.0.1:1", client_id="c", client_secret="s", transport=network, max_retries=0)
    return PartnerTill(partner, Shows(shown))


def test_a_member_is_enrolled_without_any_personal_data() -> None:
    network = Network({"/v1/members": (201, MEMBER)})
    assert till(network).enrol(visit()) == CARD
    assert network.asked == [("/v1/members", {})]


def test_a_card_is_shown_by_its_number() -> None:
    network = Network({"/v1/members/lookup": (200, MEMBER)})
    till(network).recognise(CARD)
    assert network.asked == [("/v1/members/lookup", {"card_number": CARD.number})]


def test_a_purchase_is_reported_with_its_own_time_and_a_receipt_that_leads_back_to_the_data_set() -> None:
    network = Network({"/v1/earns": (201, {"id": "ern_1", "points": 12, "amount_minor": 1_250, "lots": [], **MOVED})})
    assert till(network).earn(CARD, visit("fuel", 1_250, basket=31_198_570_044)) == 12
    _, body = network.asked[0]
    assert (body["amount_minor"], body["occurred_at"], body["receipt"]) == (1_250, AT, "7-31198570044")


def test_a_burn_proves_that_the_member_wants_it_by_what_its_phone_shows() -> None:
    answer = {"id": "rdm_1", "points": 300, "value_minor": 300, "status": "captured", **MOVED}
    network = Network({"/v1/redemptions": (201, answer), "/v1/quotes": (200, QUOTE)})
    fuel = till(network)
    assert fuel.redeemable(CARD, visit("fuel", 5_000)) == 640
    assert fuel.burn(CARD, visit("fuel", 5_000), 300) == 300
    code = {"type": "till_code", "code": "46119246", "card_number": CARD.number}
    assert network.asked[1][1]["proof"] == code
    assert till(network, Shown(approval="apr_1")).burn(CARD, visit("fuel", 5_000), 300) == 300
    assert network.asked[2][1]["proof"] == {"type": "consent", "approval": "apr_1"}


def test_a_no_of_the_network_carries_its_code() -> None:
    network = Network({"/v1/redemptions": (402, {"code": "insufficient_points", "detail": "Too few.", "status": 402})})
    with pytest.raises(TillRefused) as refusal:
        till(network).burn(CARD, visit(), 10)
    assert refusal.value.code == "insufficient_points"


def test_a_failure_of_the_network_is_no_refusal() -> None:
    network = Network({"/v1/earns": (500, {"code": "internal_error", "status": 500})})
    with pytest.raises(ServerError):
        till(network).earn(CARD, visit())
