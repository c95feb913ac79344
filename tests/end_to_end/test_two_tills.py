"""Several tills at once over real HTTP: points are spent once, and every request is answered as if it were alone."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from network.auth.service import suspend_client
from network.cli.ledger import check_everything
from partner_sdk import (
    AuthenticationError,
    CardProof,
    Earn,
    InsufficientPointsError,
    NotFoundError,
    Partner,
    PermissionDeniedError,
    Redemption,
    ValidationError,
)
from tests.fixtures import Coalition, Customer, Till
from tests.live import Installation

TILLS = 6


@pytest.fixture
def tills(coalition: Coalition) -> dict[str, Till]:
    return {code: coalition.join(code) for code in ("grocer", "fuel")}


@pytest.fixture
def partners(tills: dict[str, Till], installation: Installation) -> Iterator[dict[str, Partner]]:
    """The partners' own software."""
    with ExitStack() as open_until_then:
        yield {code: open_until_then.enter_context(installation.partner(till.client)) for code, till in tills.items()}


@pytest.fixture
def sara(coalition: Coalition, tills: dict[str, Till], partners: dict[str, Partner]) -> Customer:
    """With 100 points of the grocer's; both partners know her card."""
    found = coalition.enrol(tills["grocer"])
    partners["fuel"].members.lookup(card_number=found.card_number)
    partners["grocer"].earns.create(member=found.id, amount_minor=100_00, currency="USD")
    return found


def at_once(*calls: Callable[[], object]) -> list[object]:
    """What calls that start in the same moment return, or raise, in their order."""
    start = threading.Barrier(len(calls))

    def call(function: Callable[[], object]) -> object:
        start.wait(timeout=30)
        try:
            return function()
        except Exception as failure:
            return failure

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def burn(partner: Partner, customer: Customer, points: int) -> Callable[[], Redemption]:
    proof = CardProof(customer.card_number)
    return lambda: partner.redemptions.create(member=customer.id, points=points, currency="USD", proof=proof)


def sound() -> bool:
    return all(finding.holds for finding in check_everything())


def test_two_tills_burning_the_same_points_at_once_gives_one_winner(
    partners: dict[str, Partner], sara: Customer
) -> None:
    outcomes = at_once(*(burn(partners[("grocer", "fuel")[number % 2]], sara, 100) for number in range(TILLS)))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InsufficientPointsError"] * (TILLS - 1) + [
        "Redemption"
    ]
    losers = [outcome for outcome in outcomes if isinstance(outcome, InsufficientPointsError)]
    assert {(loser.status_code, loser.body["available"]) for loser in losers} == {(402, 0)}
    assert partners["grocer"].members.balance(sara.id).available == 0
    assert sound()


def test_many_tills_share_what_there_is_and_no_more(partners: dict[str, Partner], sara: Customer) -> None:
    outcomes = at_once(*(burn(partners["fuel"], sara, 30) for _ in range(TILLS)))
    assert sum(isinstance(outcome, Redemption) for outcome in outcomes) == 3
    assert sum(isinstance(outcome, InsufficientPointsError) for outcome in outcomes) == TILLS - 3
    assert partners["fuel"].members.balance(sara.id).available == 10
    assert sound()


def test_twins_of_one_request_happen_once_and_are_answered_alike(partners: dict[str, Partner], sara: Customer) -> None:
    def twin() -> tuple[bytes, str | None]:
        partner = partners["grocer"].with_options(idempotency_key="receipt-17")
        raw = partner.earns.with_raw_response.create(member=sara.id, amount_minor=700, currency="USD")
        return raw.content, raw.headers.get("Idempotent-Replayed")

    outcomes = at_once(*[twin] * TILLS)
    assert len({content for content, _ in outcomes}) == 1  # type: ignore[misc]
    assert sorted(str(replayed) for _, replayed in outcomes) == ["None"] + ["true"] * (TILLS - 1)  # type: ignore[misc]
    assert partners["grocer"].members.balance(sara.id).available == 107
    assert sound()


def test_earns_and_burns_at_once_all_count(partners: dict[str, Partner], sara: Customer) -> None:
    def earn() -> Earn:
        return partners["grocer"].earns.create(member=sara.id, amount_minor=5_00, currency="USD")

    outcomes = at_once(*[earn] * 3, *[burn(partners["fuel"], sara, 20)] * 3)
    assert [outcome for outcome in outcomes if isinstance(outcome, Exception)] == []
    assert partners["fuel"].members.balance(sara.id).available == 100 + 15 - 60
    assert len(partners["grocer"].members.entries(sara.id).data) == 4
    assert sound()


def test_the_ladder_holds_over_real_http(
    coalition: Coalition, tills: dict[str, Till], partners: dict[str, Partner], sara: Customer
) -> None:
    stranger = coalition.enrol(tills["grocer"])
    for refused, kind, code in (
        (lambda: partners["fuel"].members.balance(stranger.id), NotFoundError, "member_not_found"),
        (burn(partners["fuel"], Customer(sara.id, stranger.card_number), 1), PermissionDeniedError, "proof_refused"),
        (burn(partners["fuel"], sara, 101), InsufficientPointsError, "insufficient_points"),
        (
            lambda: partners["fuel"].earns.create(member=sara.id, amount_minor=1, currency="EUR"),
            ValidationError,
            "wrong_currency",
        ),
        (
            lambda: partners["fuel"].settlements.get("stm_01jd0000000000000000000000"),
            NotFoundError,
            "settlement_not_found",
        ),
    ):
        with pytest.raises(kind) as failure:
            refused()
        assert failure.value.code == code
        assert failure.value.request_id
        assert failure.value.request_id == failure.value.body["request_id"]


@pytest.mark.parametrize("framing", ["Content-Length: 4\r\nTransfer-Encoding: chunked", "Transfer-Encoding: x"])
def test_no_second_request_hides_in_one_with_two_lengths(installation: Installation, framing: str) -> None:
    """Read by its chunks, or refused; never by the shorter length, after which the rest would be one of its own."""
    hidden = "GET /v1/hidden HTTP/1.1\r\nHost: x\r\n\r\n"
    whole = f"POST /v1/quotes HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n{len(hidden):x}\r\n{hidden}\r\n0\r\n\r\n"
    host, _, port = installation.url.removeprefix("http://").partition(":")
    answers = b""
    with socket.create_connection((host, int(port)), timeout=5) as wire:
        wire.sendall(whole.encode())
        with contextlib.suppress(TimeoutError):
            while part := wire.recv(65536):
                answers += part
                wire.settimeout(1)  # for the answer to what was hidden
    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.startswith((b"HTTP/1.1 401 ", b"HTTP/1.1 400 ", b"HTTP/1.1 501 "))


def test_a_suspended_client_is_out_though_its_token_lives(
    tills: dict[str, Till], partners: dict[str, Partner], sara: Customer
) -> None:
    assert partners["fuel"].me().partner.code == "fuel"
    suspend_client(tills["fuel"].client.client_id)
    with pytest.raises(AuthenticationError):
        burn(partners["fuel"], sara, 1)()
    assert partners["grocer"].members.balance(sara.id).available == 100
