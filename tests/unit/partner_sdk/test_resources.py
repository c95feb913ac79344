"""Each method: what it sends, and what it makes of the answer."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

import partner_sdk
from partner_sdk import CardProof, ConsentProof, Partner, TillCodeProof
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.scripted_network import Reply, ScriptedNetwork, problem

MakePartner = Callable[..., Partner]
TEN_O_CLOCK = datetime(2017, 1, 3, 10, tzinfo=UTC)


def test_the_first_call_logs_in_and_says_who_is_calling(partner: Partner, network: ScriptedNetwork) -> None:
    me = partner.me()
    assert (me.client_id, me.partner.code, me.scopes, me.livemode) == (
        "cli_till",
        "bakery",
        ("points:earn", "points:read"),
        False,
    )
    login, call = network.received
    assert (login.method, login.path, login.form) == ("POST", "/oauth/token", {"grant_type": "client_credentials"})
    assert call.headers["authorization"] == "Bearer token-1"
    python = ".".join(str(part) for part in __import__("sys").version_info[:3])
    assert call.headers["user-agent"] == f"partner-sdk/{partner_sdk.__version__} python/{python}"
    assert "application/problem+json" in call.headers["accept"]


def test_enrolling_sends_what_is_given_and_tells_the_new_card(partner: Partner, network: ScriptedNetwork) -> None:
    member = partner.members.enrol(phone="+989121234567", name="Sara")
    request = network.calls()[0]
    assert (request.method, request.path) == ("POST", "/v1/members")
    assert request.json == {"phone": "+989121234567", "name": "Sara"}
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"]
    assert member.card_number == "6274000000004821"
    assert member.enrolled_at == TEN_O_CLOCK
    assert member.request_id == "req_1"


def test_text_travels_in_utf_8(partner: Partner, network: ScriptedNetwork) -> None:
    partner.members.enrol(name="سارا")
    assert network.calls()[0].json == {"name": "سارا"}
    assert "سارا".encode() in network.calls()[0].content


def test_a_lookup_carries_nothing_personal_in_its_address(partner: Partner, network: ScriptedNetwork) -> None:
    assert partner.members.lookup(card_number="6274000000004821").id == "mbr_1"
    assert partner.members.lookup(phone="+989121234567").id == "mbr_1"
    by_card, by_phone = network.calls()
    assert (by_card.path, by_card.query, by_card.json) == (
        "/v1/members/lookup",
        {},
        {"card_number": "6274000000004821"},
    )
    assert by_phone.json == {"phone": "+989121234567"}
    assert "idempotency-key" not in by_card.headers


def test_a_member_is_read_by_id_or_by_the_member_itself(partner: Partner, network: ScriptedNetwork) -> None:
    member = partner.members.get("mbr_1")
    assert partner.members.get(member) == member
    assert [request.path for request in network.calls()] == ["/v1/members/mbr_1"] * 2


def test_a_balance_tells_what_can_be_spent_and_what_expires(partner: Partner) -> None:
    balance = partner.members.balance("mbr_1")
    assert (balance.available, balance.pending, balance.held, balance.debt) == (700, 50, 20, 0)
    assert balance.as_of == datetime(2017, 2, 1, tzinfo=UTC)
    (soon,) = balance.expiring
    assert (soon.points, soon.expires_at) == (100, datetime(2018, 1, 3, tzinfo=UTC))


def test_a_statement_is_asked_for_by_days_and_sums_up_what_others_did(
    partner: Partner, network: ScriptedNetwork
) -> None:
    told = partner.members.statement("mbr_1", first=date(2017, 1, 1), last=date(2017, 1, 31))
    assert (told.opening.available, told.closing.available) == (712, 700)
    assert (told.elsewhere_points, told.expired_points, len(told.entries)) == (-3, 10, 1)
    assert (told.raw["from"], told.raw["to"]) == ("2017-01-01", "2017-01-31")


def test_a_quote_asks_about_an_amount_or_about_points(partner: Partner, network: ScriptedNetwork) -> None:
    quote = partner.quotes.create(member="mbr_1", amount_minor=1250, currency="USD", points=None)
    assert (quote.earn_points, quote.redeemable_points, quote.redeemable_minor, quote.sufficient) == (
        12,
        700,
        700,
        None,
    )
    partner.quotes.create(member="mbr_1", points=500, currency="USD")
    first, second = network.calls()
    assert first.json == {"member": "mbr_1", "amount_minor": 1250, "currency": "USD"}
    assert second.json == {"member": "mbr_1", "points": 500, "currency": "USD"}


def test_an_earn_tells_its_lots_and_the_balance_after(partner: Partner, network: ScriptedNetwork) -> None:
    earn = partner.earns.create(
        member=partner.members.get("mbr_1"),
        amount_minor=1250,
        currency="USD",
        occurred_at=datetime(2017, 1, 3, 13, 30, tzinfo=timezone(timedelta(hours=3, minutes=30))),
        receipt="A-17",
        store=None,
    )
    assert network.calls()[-1].json == {
        "member": "mbr_1",
        "amount_minor": 1250,
        "currency": "USD",
        "occurred_at": "2017-01-03T10:00:00Z",
        "receipt": "A-17",
    }
    assert (earn.id, earn.points, earn.lots[0].points, earn.store) == ("ern_1", 12, 12, None)
    assert earn.balance is not None
    assert earn.balance.available == 712
    assert earn.posted_at - earn.occurred_at == timedelta(seconds=1.25)
    assert partner.earns.get("ern_1") == earn


def test_an_earn_for_a_member_who_showed_no_card_has_no_balance(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("POST", "/v1/earns", Reply(201, {**shapes.EARN, "balance": None}))
    assert partner.earns.create(member="mbr_1", amount_minor=1250, currency="USD").balance is None


def test_points_that_never_expire_have_no_expiry(partner: Partner, network: ScriptedNetwork) -> None:
    lot = {"id": "lot_1", "points": 12, "activates_at": "2017-01-03T10:00:00Z", "expires_at": None}
    network.will("POST", "/v1/earns", Reply(201, {**shapes.EARN, "lots": [lot]}))
    assert partner.earns.create(member="mbr_1", amount_minor=1250, currency="USD").lots[0].expires_at is None


def test_a_quote_to_one_who_may_not_see_the_balance_leaves_it_out(partner: Partner, network: ScriptedNetwork) -> None:
    hidden = {**shapes.QUOTE, "redeemable_points": None, "redeemable_minor": None}
    network.will("POST", "/v1/quotes", Reply(body=hidden))
    quote = partner.quotes.create(member="mbr_1", amount_minor=1250, currency="USD")
    assert (quote.earn_points, quote.redeemable_points, quote.redeemable_minor) == (12, None, None)


def test_a_redemption_shows_the_card_as_proof(partner: Partner, network: ScriptedNetwork) -> None:
    redemption = partner.redemptions.create(
        member="mbr_1",
        points=500,
        currency="USD",
        proof=CardProof(card_number="6274000000004821"),
        occurred_at=TEN_O_CLOCK,
        receipt="A-18",
        store="lab",
    )
    assert network.calls()[0].json == {
        "member": "mbr_1",
        "points": 500,
        "currency": "USD",
        "proof": {"type": "card", "card_number": "6274000000004821"},
        "capture": True,
        "occurred_at": "2017-01-03T10:00:00Z",
        "receipt": "A-18",
        "store": "lab",
    }
    assert (redemption.status, redemption.points, redemption.value_minor) == ("captured", 500, 500)
    assert partner.redemptions.get("rdm_1") == redemption


def test_the_households_pool_is_a_source_and_part_of_the_balance(partner: Partner, network: ScriptedNetwork) -> None:
    card = CardProof(card_number="6274000000004821")
    paid = partner.redemptions.create(member="mbr_1", points=5, currency="USD", proof=card, source="pool")
    assert network.calls()[0].json["source"] == "pool"
    assert paid.source == "own", "what the network answers, not what was asked"
    pool = partner.members.balance("mbr_1").pool
    assert pool is not None
    assert (pool.available, pool.spendable) == (300, 250)
    network.will("GET", "/v1/members/mbr_1/balance", Reply(body={**shapes.BALANCE, "pool": None}))
    assert partner.members.balance("mbr_1").pool is None


def test_settlements_are_listed_without_and_read_with_their_lines(partner: Partner) -> None:
    (listed,) = partner.settlements.list()
    settlement = partner.settlements.get(listed.id)
    assert settlement.net_minor == settlement.redemption_minor - settlement.issue_minor - settlement.deferred_minor
    assert [(line.leg, line.counterparty, line.amount_minor) for line in settlement.lines] == [
        ("issue", "operator", -1150)
    ]
    assert not hasattr(listed, "lines")


def test_a_settlement_as_a_document_is_the_bytes_that_were_sent(partner: Partner, network: ScriptedNetwork) -> None:
    assert partner.settlements.document("stm_1", format="json", locale="fa") == b'{"number": "fuel-2017-0001"}'
    call = network.calls()[0]
    assert (call.path, call.query) == ("/v1/settlements/stm_1/document", {"format": "json", "locale": "fa"})
    raw = partner.settlements.with_raw_response.document("stm_1")
    assert (raw.status_code, raw.parse()) == (200, b'{"number": "fuel-2017-0001"}')


@pytest.mark.parametrize("odd", ["ern/../../oauth", "a b", "é", "x?y=1", "x#y", "%2e%2e"])
def test_an_odd_id_stays_one_segment_of_the_path(odd: str, partner: Partner, network: ScriptedNetwork) -> None:
    with pytest.raises(partner_sdk.NotFoundError):
        partner.earns.get(odd)
    path = network.calls()[0].path
    assert path.startswith("/v1/earns/")
    assert path.count("/") == 3
    assert network.calls()[0].query == {}


def test_a_partner_behind_a_path_keeps_the_path(network: ScriptedNetwork, make_partner: MakePartner) -> None:
    network.will("POST", "/peyvand/oauth/token", Reply(body=shapes.token("token-0", 600)))
    network.will("GET", "/peyvand/v1/me", Reply(body=shapes.ME))
    assert make_partner(base_url=f"{network.url}/peyvand/").me().client_id == "cli_till"


def test_scopes_are_asked_for_when_given(network: ScriptedNetwork, make_partner: MakePartner) -> None:
    make_partner(scopes=["points:earn", "points:read"]).me()
    assert network.received[0].form == {"grant_type": "client_credentials", "scope": "points:earn points:read"}


def test_a_missing_member_is_not_found(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("POST", "/v1/members/lookup", problem(404, "member_not_found"))
    with pytest.raises(partner_sdk.NotFoundError) as caught:
        partner.members.lookup(card_number="6274000000000000")
    assert caught.value.code == "member_not_found"


@pytest.mark.parametrize(
    ("proof", "sent"),
    [
        (TillCodeProof(code="46119246", phone="+98912"), {"type": "till_code", "code": "46119246", "phone": "+98912"}),
        (ConsentProof("apr_1"), {"type": "consent", "approval": "apr_1"}),
        (CardProof("6274000000004821"), {"type": "card", "card_number": "6274000000004821"}),
    ],
)
def test_each_proof_is_sent_as_what_it_is(
    partner: Partner, network: ScriptedNetwork, proof: Any, sent: dict[str, str]
) -> None:
    partner.redemptions.create(member="mbr_1", points=500, currency="USD", proof=proof)
    assert network.calls()[0].json["proof"] == sent


def test_a_code_goes_with_one_key_and_a_strange_qr_is_none() -> None:
    for keys in ({}, {"phone": "+98912", "alias": "0123456789AB"}):
        with pytest.raises(ValueError, match="exactly one"):
            TillCodeProof(code="46119246", **keys)
    with pytest.raises(ValueError, match="not the QR"):
        TillCodeProof.from_qr("6274000000004821")
