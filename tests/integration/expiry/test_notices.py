"""Notices ahead of the end: each once, whoever runs the job how often and is killed where."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import datetime

import pytest
from sqlalchemy import text

from network.expiry.events import PointsExpiringSoon
from network.expiry.jobs import tell
from network.expiry.service import notices as service
from network.infrastructure.database import db
from network.infrastructure.outbox import drain
from network.kernel.events import Fact
from network.members.service import forget, wallet_of_member
from network.settings import Settings
from network.wallet.jobs import sweep
from tests.fixtures import Coalition, Customer, Till, day
from tests.integration.expiry.conftest import Decide
from tests.integration.partners.listening import listen

_TELLER = """
from network.app import create_app
from network.expiry.events import PointsExpiringSoon
from network.expiry.jobs import tell
from network.infrastructure.outbox import subscribe
from network.settings import Settings

app = create_app(Settings.from_environment())
subscribe(PointsExpiringSoon, lambda facts: None)
with app.app_context():
    print(tell())
"""


@pytest.fixture
def florist(coalition: Coalition) -> Till:
    """Its points live three months."""
    return coalition.join("florist", months=3)


@pytest.fixture
def omid(coalition: Coalition, florist: Till) -> Customer:
    """With 100 points, the last day of which is 1 April."""
    found = coalition.enrol(florist)
    florist.earn(found, 100_00)
    return found


@pytest.fixture
def heard(coalition: Coalition, monkeypatch: pytest.MonkeyPatch) -> list[Fact]:
    return listen(monkeypatch, PointsExpiringSoon)


def told(heard: list[Fact]) -> list[tuple[int, int]]:
    """(days ahead, points) of what has been heard since the last look."""
    drain()
    facts = [(each.notice_days, each.points) for each in heard if isinstance(each, PointsExpiringSoon)]
    heard.clear()
    return facts


def noted() -> list[tuple[datetime, int, int]]:
    db.session.rollback()
    query = "SELECT expires_at, notice_days, points FROM expiry_notice ORDER BY noticed_at, expires_at, notice_days"
    return [tuple(row) for row in db.session.execute(text(query))]


def test_members_are_told_at_sixty_thirty_and_seven_days(
    coalition: Coalition, omid: Customer, heard: list[Fact]
) -> None:
    calendar = {day(1, 31): 0, day(2, 2): 60, day(2, 20): 0, day(3, 4): 30, day(3, 26): 7, day(4, 1): 0, day(4, 3): 0}
    for instant, days in calendar.items():
        coalition.at(instant)
        assert tell() == (1 if days else 0)
        assert tell() == 0
        assert told(heard) == ([(days, 100)] if days else [])


def test_the_fact_names_member_points_and_instant(coalition: Coalition, omid: Customer, heard: list[Fact]) -> None:
    coalition.at(day(3, 26))
    tell()
    drain()
    assert heard == [
        PointsExpiringSoon(
            wallet_id=wallet_of_member(omid.member_id),
            member_id=omid.member_id,
            points=100,
            expires_at=day(4, 2, 0),
            notice_days=7,
            noticed_at=day(3, 26),
        )
    ]


def test_points_that_were_spent_are_not_told_of(
    coalition: Coalition, florist: Till, omid: Customer, heard: list[Fact]
) -> None:
    florist.redeem(omid, 30)
    florist.redeem(omid, 20, capture=False, hold_seconds=604_800)
    coalition.at(day(1, 5))
    florist.redeem(omid, 10)
    coalition.at(day(3, 26))
    sweep()  # the hold has lapsed
    assert tell() == 1
    assert told(heard) == [(7, 60)]
    florist.redeem(omid, 60)
    coalition.at(day(4, 1))
    assert tell() == 0


def test_an_owner_who_was_seen_is_told_of_the_date_that_this_makes(
    coalition: Coalition, decide: Decide, heard: list[Fact]
) -> None:
    decide("inactivity", 3, programme="club", notice_days=(14,))
    club = coalition.join("club", programme="club")
    omid = coalition.enrol(club)
    club.earn(omid, 100_00)
    coalition.at(day(3, 1))
    club.redeem(omid, 1)
    coalition.at(day(3, 20))
    assert tell() == 0
    coalition.at(day(5, 20))
    assert tell() == 1
    assert told(heard) == [(14, 99)]
    assert noted() == [(day(6, 2, 0), 14, 99)]


def test_every_policy_has_notices_of_its_own(coalition: Coalition, decide: Decide, heard: list[Fact]) -> None:
    decide("months_from_earning", 6, programme="long", notice_days=(90, 1))
    decide("months_from_earning", 6, programme="quiet", notice_days=())
    for programme in ("long", "quiet"):
        till = coalition.join(programme, programme=programme)
        till.earn(coalition.enrol(till), 10_00)
    coalition.at(day(4, 4))
    assert tell() == 1
    assert told(heard) == [(90, 10)]


def test_the_forgotten_are_not_told(coalition: Coalition, omid: Customer) -> None:
    forget(omid.member_id)
    coalition.at(day(3, 26))
    assert tell() == 0


def test_many_wallets_are_told_in_chunks(
    coalition: Coalition, florist: Till, omid: Customer, heard: list[Fact], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(6):
        florist.earn(coalition.enrol(florist), 1_00)
    monkeypatch.setattr(service, "_WALLETS_AT_ONCE", 2)
    coalition.at(day(3, 26))
    assert tell() == 7
    assert sorted(told(heard)) == [(7, 1)] * 6 + [(7, 100)]
    assert tell() == 0


def run_job(settings: Settings, failpoint: str = "") -> subprocess.Popen[str]:
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-c", _TELLER]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("failpoint", "left"), [("expiry.in_notices", 1), ("expiry.after_notices", 0)])
def test_a_job_that_is_killed_has_told_all_or_nothing(
    coalition: Coalition, omid: Customer, heard: list[Fact], settings: Settings, failpoint: str, left: int
) -> None:
    coalition.at(day(3, 26))
    killed = run_job(settings, failpoint)
    assert killed.wait(120) == -signal.SIGKILL, killed.communicate()
    killed.communicate()
    assert len(noted()) == 1 - left
    assert tell() == left
    assert told(heard) == [(7, 100)]


def test_jobs_side_by_side_tell_once(
    coalition: Coalition, florist: Till, omid: Customer, heard: list[Fact], settings: Settings
) -> None:
    for _ in range(5):
        florist.earn(coalition.enrol(florist), 1_00)
    coalition.at(day(3, 26))
    jobs = [run_job(settings) for _ in range(3)]
    outputs = [job.communicate(timeout=120) for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0, 0], outputs
    assert sum(int(output) for output, _ in outputs) == 6
    assert sorted(told(heard)) == [(7, 1)] * 5 + [(7, 100)]
