"""Whatever moves points happens once."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from partner_sdk import APIConnectionError, CardProof, IdempotencyError, Partner, ResponseError, ServerError
from tests.unit.partner_sdk import shapes
from tests.unit.partner_sdk.scripted_network import Reply, ScriptedNetwork, problem


def keys(network: ScriptedNetwork) -> list[str | None]:
    return [request.headers.get("idempotency-key") for request in network.calls()]


def earn(partner: Partner, amount_minor: int = 1250) -> str:
    return partner.earns.create(member="mbr_1", amount_minor=amount_minor, currency="USD").id


def test_every_write_has_a_key_of_its_own_and_no_read_has_one(partner: Partner, network: ScriptedNetwork) -> None:
    earn(partner)
    earn(partner)
    partner.redemptions.create(member="mbr_1", points=500, currency="USD", proof=CardProof("6274000000004821"))
    partner.members.enrol()
    assert len({uuid.UUID(key) for key in keys(network) if key}) == 4
    before = len(network.calls())
    partner.members.lookup(phone="+989121234567")
    partner.quotes.create(member="mbr_1", currency="USD")
    partner.members.balance("mbr_1")
    assert keys(network)[before:] == [None, None, None]


def test_the_key_and_the_bytes_stay_the_same_over_drops_503s_and_a_new_login(
    partner: Partner, network: ScriptedNetwork
) -> None:
    network.will(
        "POST",
        "/v1/earns",
        Reply(drop=True),
        Reply(503),
        problem(401, "invalid_token"),
        Reply(cut=True, status=201, body=shapes.EARN),
        problem(409, "idempotency_in_flight"),
    )
    assert earn(partner) == "ern_1"
    requests = network.requests("/v1/earns")
    assert len(requests) == 6
    assert len({request.headers["idempotency-key"] for request in requests}) == 1
    assert len({request.content for request in requests}) == 1
    assert len({request.headers["authorization"] for request in requests}) == 2


def test_the_callers_own_key_is_sent_as_it_is(partner: Partner, network: ScriptedNetwork) -> None:
    earn(partner.with_options(idempotency_key="receipt-17"))
    earn(partner)
    assert keys(network)[0] == "receipt-17"
    assert keys(network)[1] != "receipt-17"


def test_the_same_call_may_be_repeated_under_its_key(partner: Partner, network: ScriptedNetwork) -> None:
    keyed = partner.with_options(idempotency_key="receipt-17", max_retries=0)
    network.will("POST", "/v1/earns", Reply(drop=True))
    with pytest.raises(APIConnectionError):
        earn(keyed)
    assert earn(keyed) == "ern_1"
    assert keys(network) == ["receipt-17", "receipt-17"]


@pytest.mark.parametrize(
    "other",
    [
        lambda p: earn(p, 9999),
        lambda p: p.members.enrol(),
        lambda p: p.earns.create(member="mbr_1", amount_minor=1250, currency="USD", occurred_at=datetime.now(UTC)),
    ],
)
def test_another_call_under_a_taken_key_is_refused_before_it_is_sent(
    other: Callable[[Partner], object], partner: Partner, network: ScriptedNetwork
) -> None:
    keyed = partner.with_options(idempotency_key="receipt-17")
    earn(keyed)
    with pytest.raises(ValueError, match="already belongs to another call"):
        other(keyed)
    assert keys(network) == ["receipt-17"]


def test_reads_leave_the_key_for_the_write(partner: Partner, network: ScriptedNetwork) -> None:
    keyed = partner.with_options(idempotency_key="receipt-17")
    member = keyed.members.lookup(phone="+989121234567")
    keyed.earns.create(member=member, amount_minor=1250, currency="USD")
    assert keys(network) == [None, "receipt-17"]


def test_of_two_threads_with_one_key_and_two_purchases_one_is_refused(
    partner: Partner, network: ScriptedNetwork
) -> None:
    keyed = partner.with_options(idempotency_key="receipt-17")

    def attempt(amount_minor: int) -> str:
        try:
            return earn(keyed, amount_minor)
        except ValueError:
            return "refused"

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(attempt, range(1, 9)))
    assert sorted(results) == ["ern_1"] + ["refused"] * 7
    assert len(network.calls()) == 1


def test_a_further_view_does_not_inherit_the_key(partner: Partner, network: ScriptedNetwork) -> None:
    earn(partner.with_options(idempotency_key="receipt-17").with_options(timeout=3))
    assert keys(network) != ["receipt-17"]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(drop=True), APIConnectionError),
        (Reply(500), ServerError),
        (Reply(201, b"<html>"), ResponseError),
        (Reply(201, {"id": "ern_1"}), ResponseError),
    ],
)
def test_an_error_that_leaves_the_outcome_open_tells_the_key_to_repeat_under(
    reply: Reply,
    kind: type[APIConnectionError | ServerError | ResponseError],
    partner: Partner,
    network: ScriptedNetwork,
) -> None:
    network.will("POST", "/v1/earns", reply)
    with pytest.raises(kind) as caught:
        earn(partner.with_options(max_retries=0))
    assert earn(partner.with_options(idempotency_key=caught.value.idempotency_key)) == "ern_1"
    first, second = keys(network)
    assert first == second == caught.value.idempotency_key


def test_a_read_that_fails_has_no_key_to_tell(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("GET", "/v1/me", Reply(500))
    with pytest.raises(ServerError) as caught:
        partner.with_options(max_retries=0).me()
    assert caught.value.idempotency_key is None


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (422, "idempotency_key_reused"),
        (400, "idempotency_key_missing"),
        (400, "idempotency_key_malformed"),
        (409, "idempotency_in_flight"),
    ],
)
def test_trouble_with_the_key_is_an_error_of_its_own(
    status: int, code: str, partner: Partner, network: ScriptedNetwork
) -> None:
    network.will("POST", "/v1/earns", problem(status, code))
    with pytest.raises(IdempotencyError) as caught:
        earn(partner.with_options(max_retries=0))
    assert (caught.value.status_code, caught.value.code) == (status, code)


def test_a_replayed_answer_is_told_by_its_header(partner: Partner, network: ScriptedNetwork) -> None:
    network.will("POST", "/v1/earns", Reply(201, shapes.EARN, {"Idempotent-Replayed": "true"}))
    raw = partner.earns.with_raw_response.create(member="mbr_1", amount_minor=1250, currency="USD")
    assert raw.headers["idempotent-replayed"] == "true"
    assert raw.idempotency_key == keys(network)[0]
