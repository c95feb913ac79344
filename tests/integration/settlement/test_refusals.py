"""A payment service that refuses: asked again later, with its reason kept, and at last when a person says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from network.infrastructure.database import db
from network.infrastructure.network_clock import network_now, set_clock
from network.infrastructure.transaction import transaction
from network.payments.chosen import init_payments
from network.payments.domain import Order
from network.payments.errors import PaymentRefused, PaymentServiceAway
from network.payments.fake_gateway import FakeGateway
from network.settings import Settings
from network.settlement import service as settlement
from network.settlement.domain import Outcome, Progress
from network.settlement.errors import NothingToRetry
from network.settlement.jobs import pay
from tests.integration.settlement.ledger import Ledger, broken, count
from tests.integration.settlement.paying import cycle, payments, tell_accounts


class _Moody(FakeGateway):
    """One that says what it is told to say."""

    mood: Exception | None = PaymentRefused("The account is restricted.")
    asked = 0

    def pay(self, order: Order) -> str:
        self.asked += 1
        if self.mood is not None:
            raise self.mood
        return super().pay(order)


@pytest.fixture
def moody(january: UUID, ledger: Ledger, app: Flask, settings: Settings, tmp_path: Path) -> Iterator[_Moody]:
    tell_accounts(ledger, "operator", "grocer", "coffee")
    settlement.record_bank_details(ledger.partner("fuel"), person="sara", holder="Fuel", gateway_account="acct_fuel")
    app.extensions["peyvand.payments"] = made = _Moody(tmp_path)
    yield made
    init_payments(app, settings)


def later(hours: float) -> None:
    set_clock(network_now() + timedelta(hours=hours))


def test_a_refusal_is_kept_asked_again_later_and_at_last_left_to_a_person(
    moody: _Moody, january: UUID, ledger: Ledger
) -> None:
    with pytest.raises(PaymentRefused):
        settlement.instruct(january)
    (refused,) = settlement.refusals_of(cycle()).values()
    assert (refused.outcome, refused.detail, refused.number) == (Outcome.REFUSED, "The account is restricted.", 1)
    settlement.instruct(january)  # before its time: nobody is asked
    assert (moody.asked, pay()) == (1, 0)
    for hours in (1, 6, 25):
        later(hours)
        assert settlement.due_to_instruct() == [january]
        with pytest.raises(PaymentRefused):
            settlement.instruct(january)
    later(1_000)
    assert (settlement.due_to_instruct(), moody.asked) == ([], 4)
    number = payments(ledger)["fuel"].end_to_end_id
    assert settlement.trail_of(january)[-1].what == "refused for good"
    settlement.retry_payment(number, person="sara")
    with pytest.raises(NothingToRetry):
        settlement.retry_payment(number, person="sara")
    with pytest.raises(NothingToRetry):
        settlement.retry_payment(payments(ledger)["coffee"].end_to_end_id, person="sara")
    moody.mood = None
    assert settlement.due_to_instruct() == [january]
    settlement.instruct(january)
    assert payments(ledger)["fuel"].progress is Progress.SETTLED
    assert (settlement.refusals_of(cycle()), len(moody.payments())) == ({}, 1)
    assert [each.who for each in settlement.trail_of(january) if each.what == "retried"] == ["sara"]
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(text("DELETE FROM payment_attempt"))
    assert broken() == {}


def test_a_service_that_is_away_is_asked_again_within_minutes_and_pays_once(
    moody: _Moody, january: UUID, ledger: Ledger
) -> None:
    moody.mood = PaymentServiceAway()
    with pytest.raises(PaymentServiceAway):
        settlement.instruct(january)
    assert settlement.due_to_instruct() == []
    later(1 / 60)
    moody.mood = None
    settlement.instruct(january)
    assert payments(ledger)["fuel"].progress is Progress.SETTLED
    assert count("SELECT count(*) FROM payment_attempt") == 1
