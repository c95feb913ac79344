"""Points that live longer: for a member, or for all of an issuer's; two people where it is large; each wallet once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from network.adjustments import service
from network.adjustments.domain import Decision, Extension
from network.adjustments.errors import (
    AlreadyDecided,
    BadExtension,
    NothingToExtend,
    SamePerson,
    UnknownReason,
)
from network.adjustments.jobs import extend
from network.cli.ledger import check_everything
from network.infrastructure.database import db
from network.kernel.identifiers import show
from network.members.service import wallet_of_member
from network.settings import Settings
from network.wallet.jobs import sweep
from tests.fixtures import Coalition, Customer, Till, day

_JOB = """
from network.adjustments.jobs import extend
from network.app import create_app
from network.settings import Settings

with create_app(Settings.from_environment()).app_context():
    print(extend())
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


@pytest.fixture(autouse=True)
def _sound_afterwards(coalition: Coalition) -> Iterator[None]:
    yield
    assert {each.check.name: each.rows for each in check_everything() if not each.holds} == {}


def propose(
    *, till: Till | None = None, customer: Customer | None = None, person: str = "Omid", **more: Any
) -> Extension:
    """Let points of the second quarter be good to the end of the year."""
    window: dict[str, Any] = {"expires_after": day(4, 1, 0), "expires_by": day(7, 1, 0), "extended_to": day(12, 31, 0)}
    return service.propose_extension(
        wallet_id=wallet_of_member(customer.member_id) if customer else None,
        issuer_id=till.partner_id if till else None,
        person=person,
        **window | {"reason": "relief"} | more,
    )


def expiring(till: Till, customer: Customer) -> list[tuple[int, str]]:
    return [(each["points"], each["expires_at"]) for each in till.balance(customer).json["expiring"]]


def journal() -> list[tuple[str, int, str | None]]:
    db.session.rollback()
    rows = db.session.execute(text("SELECT operation, points, receipt FROM journal ORDER BY wallet_id, sequence"))
    return [tuple(row) for row in rows]


def test_a_few_points_of_a_member_are_extended_at_once_as_an_entry_that_names_the_reason(
    florist: Till, omid: Customer
) -> None:
    made = propose(customer=omid, reason="goodwill")
    assert (made.decision, made.points) == (Decision.POSTED, 100)
    assert journal()[1:] == [("extension", 100, show("ext", made.extension_id))]
    assert expiring(florist, omid) == [(100, "2017-12-31T00:00:00Z")]


def test_extended_points_outlive_their_first_date_and_not_the_second(
    coalition: Coalition, florist: Till, omid: Customer
) -> None:
    propose(customer=omid)
    coalition.at(day(12, 30, 23))
    sweep()
    assert florist.redeem(omid, 10).status_code == 201
    coalition.at(day(12, 31, 0))
    assert sweep() == 1
    assert florist.balance(omid).json["available"] == 0


def test_only_points_of_the_window_and_of_the_issuer_are_extended(
    coalition: Coalition, florist: Till, omid: Customer
) -> None:
    other = coalition.join("other", months=4)
    other.post("/v1/members/lookup", {"card_number": omid.card_number})
    other.earn(omid, 20_00)
    coalition.at(day(1, 15))
    coalition.join("late", months=24).post("/v1/members/lookup", {"card_number": omid.card_number})
    propose(customer=omid, till=florist)
    assert expiring(florist, omid) == [(20, "2017-05-02T00:00:00Z"), (100, "2017-12-31T00:00:00Z")]
    propose(customer=omid)
    assert expiring(florist, omid) == [(120, "2017-12-31T00:00:00Z")]
    with pytest.raises(NothingToExtend):
        propose(customer=omid)


def test_points_beyond_a_persons_limit_wait_for_another(coalition: Coalition, florist: Till) -> None:
    rich = coalition.enrol(florist)
    florist.earn(rich, 1_001_00)
    made = propose(customer=rich)
    assert made.decision is Decision.PROPOSED
    assert [each.extension_id for each in service.waiting_extensions()] == [made.extension_id]
    with pytest.raises(SamePerson):
        service.approve_extension(made.extension_id, person="omid")
    assert expiring(florist, rich) == [(1_001, "2017-04-02T00:00:00Z")]
    assert service.approve_extension(made.extension_id, person="Reza").decision is Decision.POSTED
    assert expiring(florist, rich) == [(1_001, "2017-12-31T00:00:00Z")]
    with pytest.raises(AlreadyDecided):
        service.approve_extension(made.extension_id, person="Reza")


def test_what_is_rejected_does_not_happen(florist: Till, omid: Customer) -> None:
    made = propose(till=florist)
    service.reject_extension(made.extension_id, person="Reza")
    assert extend() == 0
    assert expiring(florist, omid) == [(100, "2017-04-02T00:00:00Z")]


def test_all_of_an_issuers_points_are_extended_by_the_job_once_somebody_else_agrees(
    coalition: Coalition, florist: Till, omid: Customer
) -> None:
    others = [coalition.enrol(florist) for _ in range(4)]
    for each in others:
        florist.earn(each, 5_00)
    florist.redeem(others[0], 5)
    made = propose(till=florist)
    assert (made.decision, extend()) == (Decision.PROPOSED, 0)
    service.approve_extension(made.extension_id, person="Reza")
    assert extend() == 4
    assert extend() == 0
    assert service.waiting_extensions() == []
    assert counted(made) == ("posted", 4, 115)
    assert [expiring(florist, each) for each in others] == [[]] + [[(5, "2017-12-31T00:00:00Z")]] * 3
    assert [row for row in journal() if row[0] == "extension"].count(
        ("extension", 5, show("ext", made.extension_id))
    ) == 3


def counted(extension: Extension) -> tuple[str, int, int]:
    db.session.rollback()
    query = text("SELECT decision, wallets, points FROM extension WHERE extension_id = :id")
    return tuple(db.session.execute(query, {"id": extension.extension_id}).one())  # type: ignore[return-value]


def start_job(settings: Settings, failpoint: str = "") -> subprocess.Popen[str]:
    environment = os.environ | {
        "DATABASE_URL": str(settings.database_url),
        "REDIS_URL": str(settings.redis_url),
        "PEYVAND_STATE": str(settings.state_folder),
        "PEYVAND_FAILPOINT": failpoint,
    }
    command = [sys.executable, "-c", _JOB]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("passage", ["@1", "@3"])
def test_a_job_that_is_killed_is_finished_by_the_next_and_no_wallet_extended_twice(
    coalition: Coalition, florist: Till, omid: Customer, settings: Settings, passage: str
) -> None:
    for _ in range(4):
        florist.earn(coalition.enrol(florist), 5_00)
    made = propose(till=florist)
    service.approve_extension(made.extension_id, person="Reza")
    killed = start_job(settings, f"adjustments.in_extension{passage}")
    assert killed.wait(120) == -signal.SIGKILL, killed.communicate()
    killed.communicate()
    assert counted(made)[0] == "approved"
    jobs = [start_job(settings) for _ in range(2)]
    outputs = [job.communicate(timeout=120) for job in jobs]
    assert [job.returncode for job in jobs] == [0, 0], outputs
    assert counted(made) == ("posted", 5, 120)
    assert len([row for row in journal() if row[0] == "extension"]) == 5


def test_a_timer_of_inactivity_is_extended_too(coalition: Coalition, florist: Till, omid: Customer) -> None:
    from network.expiry.domain import ExpiryPolicy, PolicyVersion, Rule
    from network.expiry.service import set_policy
    from network.infrastructure.network_clock import network_zone

    policy = ExpiryPolicy(rule=Rule.INACTIVITY, months=3, zone=network_zone())
    set_policy(PolicyVersion(programme="club", jurisdiction="", valid_from=day(1, 1, 0), policy=policy))
    club = coalition.join("club", programme="club")
    club.post("/v1/members/lookup", {"card_number": omid.card_number})
    club.earn(omid, 7_00)
    propose(customer=omid, till=club)
    assert (7, "2017-12-31T00:00:00Z") in expiring(club, omid)
    coalition.at(day(12, 1))
    club.redeem(omid, 1)
    assert expiring(club, omid) == [(6, "2018-03-02T00:00:00Z")]


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("expires_by", {"expires_after": day(7, 1, 0)}),
        ("extended_to", {"extended_to": day(7, 1, 0)}),
        ("extended_to", {"expires_after": day(1, 1, year=2015), "expires_by": day(1, 1, year=2016),
                         "extended_to": day(6, 1, year=2016)}),
    ],
)  # fmt: skip
def test_windows_that_make_no_sense_are_refused(
    florist: Till, omid: Customer, field: str, wrong: dict[str, datetime]
) -> None:
    with pytest.raises(BadExtension) as refusal:
        propose(till=florist, **wrong)
    assert refusal.value.field == field
    with pytest.raises(UnknownReason):
        propose(till=florist, reason="whim")
    with pytest.raises(BadExtension):
        propose()
