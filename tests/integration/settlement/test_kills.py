"""`kill -9` at every step of a close. Whoever comes next goes on where it stands, and the cycle is closed once."""

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
from tests.integration.settlement.ledger import Ledger, broken, close, count, cut_all, month_one

_CLOSER = """
import sys
from uuid import UUID
from network.app import create_app
from network.settings import Settings
from network.settlement.service import close_cycle

with create_app(Settings.from_environment()).app_context():
    print(close_cycle(UUID(sys.argv[1]), patience_seconds=30).state)
"""
STATE_AFTER_KILL = {
    "settlement.after_boundary": State.OPEN,
    "settlement.in_fold": State.OPEN,
    "settlement.in_cut": State.OPEN,
    "settlement.after_cut": State.CUT,
    "settlement.in_net": State.CUT,
    "settlement.after_net": State.NETTED,
    "settlement.in_statements": State.NETTED,
    "settlement.after_statements": State.STATED,
}


def start_closing(settings: Settings, cycle_id: UUID, *, failpoint: str = "") -> subprocess.Popen[str]:
    """Begin to close a cycle in a process of its own, which a failpoint may kill."""
    return start_process(settings, _CLOSER, str(cycle_id), failpoint=failpoint)


def start_process(settings: Settings, program: str, *arguments: str, failpoint: str = "") -> subprocess.Popen[str]:
    """Begin a program of the network's in a process of its own, which a failpoint may kill."""
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def end_of(process: subprocess.Popen[str]) -> tuple[int, str]:
    """A process's exit status and what it wrote."""
    output, errors = process.communicate(timeout=120)
    return process.returncode, output + errors


@pytest.mark.parametrize("failpoint", STATE_AFTER_KILL)
def test_a_close_killed_here_is_finished_by_the_next_and_done_once(
    ledger: Ledger, settings: Settings, failpoint: str
) -> None:
    set_clock(day(1, 3))
    ledger.earn("p", "grocer", 1)
    cut_all()
    month_one(ledger)  # left to the closing cut, so that a kill inside it has something to lose
    set_clock(day(2, 1))
    cycle_id = settlement.get_cycle("2017-01").cycle_id

    status, output = end_of(start_closing(settings, cycle_id, failpoint=failpoint))
    assert status == -signal.SIGKILL, output
    assert settlement.get_cycle(cycle_id).state is STATE_AFTER_KILL[failpoint]
    assert broken() == {}

    assert close("2017-01").state is State.STATED
    assert count("SELECT count(*) FROM settlement_cut WHERE closes_cycle_id IS NOT NULL") == 1
    assert count("SELECT count(*) FROM settlement_line") == 8
    assert count("SELECT count(*) FROM statement") == 3
    assert count("SELECT sum(movements) FROM clearing_slice") == 10
    assert broken() == {}


def test_closing_processes_side_by_side_close_once(ledger: Ledger, settings: Settings) -> None:
    month_one(ledger)
    cut_all()
    set_clock(day(2, 1))
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    processes = [start_closing(settings, cycle_id) for _ in range(3)]
    assert [end_of(process) for process in processes] == [(0, "stated\n")] * 3
    assert count("SELECT count(*) FROM settlement_cut WHERE closes_cycle_id IS NOT NULL") == 1
    assert count("SELECT count(*) FROM settlement_line") == 8
    assert count("SELECT count(*) FROM statement") == 3
    assert broken() == {}
