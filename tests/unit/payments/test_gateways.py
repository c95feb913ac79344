"""The port to payment services: both kinds keep the same promises, Stripe's against an HTTP server of our own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from network.payments.domain import Order
from network.payments.errors import PaymentKeyReused, PaymentRefused, PaymentServiceAway
from network.payments.fake_gateway import FakeGateway
from network.payments.gateway import Gateway
from network.payments.stripe_gateway import StripeGateway

_ORDER = Order(key="PVD1", amount_minor=310_00, currency="USD", destination="acct_fuel", text="Settlement")


class LocalStripe(ThreadingHTTPServer):
    """As much of Stripe as transfers need: idempotency keys, transfer groups, a refusal, and bad days."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.transfers: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[str, int, bytes]] = {}
        self.keys_seen: set[str] = set()
        self.is_down = False
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: LocalStripe

    def do_GET(self) -> None:
        group = parse_qs(urlsplit(self.path).query)["transfer_group"][0]
        found = [each for each in self.server.transfers if each["transfer_group"] == group]
        self._answer(200, {"object": "list", "data": found, "has_more": False, "url": "/v1/transfers"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        key, server = self.headers["Idempotency-Key"], self.server
        self.server.keys_seen.add(str(self.headers["Authorization"]))
        with server.lock:
            if key in server.answers and server.answers[key][0] != body:
                self._answer(400, {"error": {"type": "idempotency_error", "message": "another body"}})
                return
            if key not in server.answers:
                server.answers[key] = (body, *self._transfer({name: each[0] for name, each in parse_qs(body).items()}))
            _, status, answer = server.answers[key]
        self._write(status, answer)

    def _transfer(self, told: dict[str, str]) -> tuple[int, bytes]:
        if told["destination"].startswith("refused"):
            error = {"type": "invalid_request_error", "message": "No such destination"}
            return 400, json.dumps({"error": error}).encode()
        made = {**told, "id": f"tr_{len(self.server.transfers) + 1}", "object": "transfer"}
        made["amount"] = int(told["amount"])  # type: ignore[assignment]
        self.server.transfers.append(made)
        return 200, json.dumps(made).encode()

    def _answer(self, status: int, told: Any) -> None:
        self._write(status, json.dumps(told).encode())

    def _write(self, status: int, body: bytes) -> None:
        self.send_response(503 if self.server.is_down else status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Stripe-Should-Retry", "false")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def stripe() -> Iterator[LocalStripe]:
    with LocalStripe() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(params=["fake", "stripe"])
def gateway(request: pytest.FixtureRequest, tmp_path: Path, stripe: LocalStripe) -> Gateway:
    return FakeGateway(tmp_path) if request.param == "fake" else StripeGateway("sk_test_ours", url=stripe.url)


def test_a_key_is_paid_once_whoever_asks_again(gateway: Gateway) -> None:
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(gateway.pay, [_ORDER] * 8))
    assert len(names) == 1
    assert gateway.pay(replace(_ORDER, key="PVD2")) not in names


def test_a_key_is_of_one_payment_for_ever(gateway: Gateway) -> None:
    gateway.pay(_ORDER)
    with pytest.raises(PaymentKeyReused):
        gateway.pay(replace(_ORDER, amount_minor=1))


def test_a_refusal_is_told_as_one(gateway: Gateway) -> None:
    with pytest.raises(PaymentRefused):
        gateway.pay(replace(_ORDER, destination="refused"))


def test_stripe_is_not_paid_by_twice_when_it_has_forgotten_the_key(stripe: LocalStripe) -> None:
    gateway = StripeGateway("sk_test_ours", url=stripe.url)
    name = gateway.pay(_ORDER)
    stripe.answers.clear()
    assert gateway.pay(_ORDER) == name
    assert len(stripe.transfers) == 1
    assert stripe.keys_seen == {"Bearer sk_test_ours"}


def test_when_stripe_is_away_nobody_knows_and_the_same_order_finds_out(stripe: LocalStripe) -> None:
    gateway = StripeGateway("sk_test_ours", url=stripe.url)
    stripe.is_down = True
    with pytest.raises(PaymentServiceAway):
        gateway.pay(_ORDER)
    stripe.is_down = False
    assert gateway.pay(_ORDER) == "tr_1"
    with pytest.raises(PaymentServiceAway):
        StripeGateway("sk_test_ours", url="http://127.0.0.1:9").pay(_ORDER)
