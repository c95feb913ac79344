"""`kill -9` in the middle of a decision. Whoever comes next goes on where it stands, and it is taken once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from uuid import UUID

import pytest

from network.infrastructure.network_clock import set_clock
from network.settings import Settings
from network.settlement import service as settlement
from network.settlement.domain import State
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due, count, month_one

_DECIDER = """
import sys
from uuid import UUID
from network.app import create_app
from network.settings import Settings
from network.settlement import service

with create_app(Settings.from_environment()).app_context():
    named = {} if sys.argv[1].startswith("mark") else {"person": "reza"}
    getattr(service, sys.argv[1])(UUID(sys.argv[2]), **named, **({"reason": "no"} if sys.argv[1] == "reject" else {}))
"""


def killed(settings: Settings, use_case: str, cycle_id: UUID, failpoint: str) -> None:
    """Decide in a process of its own, which the failpoint kills."""
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-c", _DECIDER, use_case, str(cycle_id)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
def january(ledger: Ledger) -> UUID:
    """January of worked example A, submitted; its id."""
    month_one(ledger)
    set_clock(day(2, 1))
    close_due()
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    settlement.submit(cycle_id, person="maryam")
    return cycle_id


def test_an_approval_and_an_instruction_that_were_killed_have_not_happened_and_happen_once(
    january: UUID, settings: Settings
) -> None:
    killed(settings, "approve", january, "settlement.in_approval")
    assert settlement.get_cycle(january).state is State.STATED
    assert settlement.approve(january, person="sara").state is State.APPROVED
    killed(settings, "mark_instructed", january, "settlement.in_instructed")
    assert settlement.get_cycle(january).state is State.APPROVED
    assert settlement.mark_instructed(january).state is State.INSTRUCTED
    told = [(each.who, each.what) for each in settlement.trail_of(january)]
    assert told[3:] == [("maryam", "submitted"), ("sara", "approved"), ("network", "instructed")]
    assert broken() == {}


def test_a_rejection_that_was_killed_before_its_netting_is_finished_by_the_next_tick(
    january: UUID, settings: Settings
) -> None:
    killed(settings, "reject", january, "settlement.after_rejection")
    assert settlement.get_cycle(january).state is State.CUT
    assert broken() == {}
    close_due()
    stated = settlement.get_cycle(january)
    assert (stated.state, stated.version) == (State.STATED, 2)
    assert count("SELECT count(*) FROM statement") == 6
    assert broken() == {}
