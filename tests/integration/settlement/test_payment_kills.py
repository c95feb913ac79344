"""A step that pays is killed, or waits; still there is one payment, and nobody waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from flask import Flask

from network.payments.chosen import init_payments
from network.payments.domain import Order
from network.payments.fake_gateway import FakeGateway
from network.settings import Settings
from network.settlement import service as settlement
from network.settlement.domain import Progress, State
from tests.camt import booked
from tests.integration.settlement.ledger import Ledger, broken, count
from tests.integration.settlement.paying import IBANS, cycle, paid, payments, tell_accounts

_STEPS = """
import sys
from uuid import UUID
from network.app import create_app
from network.settings import Settings
from network.settlement import service

with create_app(Settings.from_environment()).app_context():
    if sys.argv[1] == "instruct":
        service.instruct(UUID(sys.argv[2]))
    elif sys.argv[1] == "reissue":
        service.reissue(sys.argv[2], person="sara", reason="their account was closed")
    else:
        service.reconcile(open(sys.argv[2], "rb").read())
"""


def killed(settings: Settings, failpoint: str, *command: str) -> None:
    """Run a step in a process of its own, which dies at the failpoint."""
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_PAYMENTS": "fake",
        "PEYVAND_FAILPOINT": failpoint,
    }
    done = subprocess.run(
        [sys.executable, "-c", _STEPS, *command], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == -signal.SIGKILL, (failpoint, done.stderr)


def test_killed_at_every_step_there_is_one_file_one_payment_and_one_match(
    january: UUID, ledger: Ledger, app: Flask, settings: Settings, tmp_path: Path
) -> None:
    tell_accounts(ledger, "operator", "grocer", "coffee")
    settlement.record_bank_details(
        ledger.partner("fuel"), person="sara", holder="Fuel", gateway_account=f"acct_{january.hex}"
    )
    for failpoint in ("in_files", "in_instructed"):
        killed(settings, f"settlement.{failpoint}", "instruct", str(january))
        assert count("SELECT count(*) FROM payment_instruction") == count("SELECT count(*) FROM settlement_file") == 0
    killed(settings, "settlement.after_instructed", "instruct", str(january))
    assert count("SELECT count(*) FROM payment_instruction") == 3
    killed(settings, "settlement.in_payment", "instruct", str(january))
    assert payments(ledger)["fuel"].progress is Progress.PREPARED
    init_payments(app, replace(settings, payments="fake"))
    try:
        settlement.instruct(january)
    finally:
        init_payments(app, settings)
    made = payments(ledger)
    assert made["fuel"].progress is Progress.SETTLED
    twin = FakeGateway(settings.state_folder / "fake-payments").payments()
    assert [each.amount_minor for each in twin if each.destination == f"acct_{january.hex}"] == [310_00]
    assert count("SELECT count(*) FROM settlement_file") == 2

    file = tmp_path / "statement.xml"
    file.write_bytes(booked(paid(made["grocer"]), paid(made["coffee"])))
    killed(settings, "settlement.in_closed", "reconcile", str(file))
    assert count("SELECT count(*) FROM bank_booking") == count("SELECT count(*) FROM payment_match") == 0
    killed(settings, "settlement.after_reconciliation", "reconcile", str(file))
    assert settlement.reconcile(file.read_bytes())[0].is_new is False
    assert (count("SELECT count(*) FROM payment_match"), cycle().state) == (2, State.CLOSED)
    assert broken() == {}


def test_a_payment_anew_that_was_killed_is_made_by_whoever_comes_next(
    january: UUID, ledger: Ledger, settings: Settings
) -> None:
    tell_accounts(ledger, *IBANS)
    settlement.instruct(january)
    fuel = payments(ledger)["fuel"]
    settlement.reconcile(booked(paid(fuel)))
    settlement.reconcile(booked(paid(fuel, 310_00, end_to_end_id=fuel.end_to_end_id, text=None), number="S-2"))
    killed(settings, "settlement.in_reissue", "reissue", fuel.end_to_end_id)
    assert count("SELECT count(*) FROM payment_instruction") == 3
    assert (
        settlement.reissue(fuel.end_to_end_id, person="sara", reason="their account was closed").amount_minor == 310_00
    )
    assert count("SELECT count(*) FROM payment_instruction") == 4


class _Waiting(FakeGateway):
    """One that looks, while it is asked, for transactions that would hold a cut back."""

    held_back: int | None = None

    def pay(self, order: Order) -> str:
        self.held_back = count("SELECT count(*) FROM pg_stat_activity WHERE backend_xid IS NOT NULL"
                               " AND datname = current_database()")  # fmt: skip
        return super().pay(order)


def test_no_cut_waits_for_the_payment_service(
    january: UUID, ledger: Ledger, app: Flask, settings: Settings, tmp_path: Path
) -> None:
    tell_accounts(ledger, "operator", "grocer", "coffee")
    settlement.record_bank_details(ledger.partner("fuel"), person="sara", holder="Fuel", gateway_account="acct_fuel")
    app.extensions["peyvand.payments"] = service = _Waiting(tmp_path)
    try:
        settlement.instruct(january)
    finally:
        init_payments(app, settings)
    assert (service.held_back, payments(ledger)["fuel"].progress) == (0, Progress.SETTLED)
