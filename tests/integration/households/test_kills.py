"""`kill -9` in the middle of a transfer: both wallets have it, or none; and a till that asks again gets its answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from uuid import UUID

import pytest
from flask import Flask

from network.cli.ledger import check_everything
from network.households import service as households
from network.infrastructure.database import drop_statement_connection
from network.settings import Settings
from tests.fixtures import Customer, Till
from tests.integration.households.people import own, pool, spend

_CONTRIBUTE = """
import sys
from uuid import UUID
from network.app import create_app
from network.households.service import contribute, leave
from network.settings import Settings

with create_app(Settings.from_environment()).app_context():
    member_id = UUID(sys.argv[2])
    print(contribute(member_id, 30) if sys.argv[1] == "contribute" else leave(member_id, person="Laleh"))
"""
_RETURN = """
import sys
from network.app import create_app
from network.settings import Settings

app = create_app(Settings.from_environment())
headers = {"Authorization": f"Bearer {sys.argv[1]}", "Idempotency-Key": sys.argv[3]}
print(app.test_client().post(f"/v1/earns/{sys.argv[2]}/reverse", json={}, headers=headers).status_code)
"""
FAILPOINTS = ("transfer.between_saves", "transfer.between_saves@2", "transfer.before_commit", "transfer.after_commit")


def run(settings: Settings, script: str, *arguments: str, failpoint: str) -> int:
    """The exit status of a process of its own."""
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode in (0, -signal.SIGKILL), done.stdout + done.stderr
    return done.returncode


def sound() -> bool:
    return all(finding.holds for finding in check_everything())


@pytest.mark.parametrize("failpoint", FAILPOINTS[:3])
@pytest.mark.parametrize("verb", ["contribute", "leave"])
def test_a_move_killed_before_its_commit_has_not_happened(
    settings: Settings, grocer: Till, sara: Customer, home: UUID, verb: str, failpoint: str
) -> None:
    households.contribute(sara.member_id, 20)
    status = run(settings, _CONTRIBUTE, verb, str(sara.member_id), failpoint=failpoint)
    assert status == -signal.SIGKILL
    assert (own(grocer, sara), pool(home)) == (80, 20)
    assert sound()
    assert households.household_of(sara.member_id) == home
    assert run(settings, _CONTRIBUTE, verb, str(sara.member_id), failpoint="") == 0
    assert (own(grocer, sara), pool(home)) == ((50, 50) if verb == "contribute" else (100, 0))


@pytest.mark.parametrize("failpoint", FAILPOINTS)
def test_a_return_across_wallets_killed_anywhere_happens_once_and_is_answered_alike(
    app: Flask, settings: Settings, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID, failpoint: str
) -> None:
    purchase = str(grocer.entries(sara).json["data"][-1]["id"])
    households.contribute(sara.member_id, 70)
    spend(fuel, reza, 45)
    drop_statement_connection()
    status = run(settings, _RETURN, str(grocer.bearer), purchase, "R-1", failpoint=failpoint)
    assert status == -signal.SIGKILL
    assert sound()
    happened = failpoint == "transfer.after_commit"
    assert (own(grocer, sara), pool(home)) == ((0, 0) if happened else (30, 25))
    answers = [grocer.post(f"/v1/earns/{purchase}/reverse", {}, "R-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].data == answers[1].data
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers] == ["true" if happened else None, "true"]
    assert answers[0].json["owed_points"] == 45
    assert (own(grocer, sara), pool(home)) == (0, 0)
