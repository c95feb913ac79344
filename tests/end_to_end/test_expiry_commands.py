"""What an operator types about how long points live; each command is a process of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.fixtures import Coalition, Customer, Till, day
from tests.staffing import at_shell

if TYPE_CHECKING:
    from tests.live import Installation


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    """Its points live a month."""
    return coalition.join("grocer", months=1)


@pytest.fixture
def sara(coalition: Coalition, grocer: Till) -> Customer:
    """With 100 points, the last day of which is 10 February."""
    coalition.at(day(1, 10))
    found = coalition.enrol(grocer)
    grocer.earn(found, 100_00, receipt="A-1")
    return found


def test_policies_are_decided_listed_and_withdrawn(installation: Installation, grocer: Till, sara: Customer) -> None:
    decided = installation.run(
        "expiry", "set", "end_of_year", "--jurisdiction", "IR", "--calendar", "jalali", "--time-zone", "Asia/Tehran",
        "--notice-days", "7", "--notice-days", "30",
    )  # fmt: skip
    assert "every programme in IR: end of year, 0 months, jalali Asia/Tehran" in decided
    installation.run("expiry", "set", "inactivity", "--programme", "club", "--months", "18")
    installation.run("expiry", "set", "withdraw", "--programme", "club", "--valid-from", "2017-02-01T00:00:00+00:00")
    told = installation.run("expiry", "list")
    for words in ("end of year", "30, 7", "inactivity, 18 months", "withdrawn"):
        assert words in told
    installation.run("expiry", "set", "never", status=1)
    installation.run("member", "jurisdiction", sara.id, "IR")
    (lot,) = grocer.earn(sara, 1_00, occurred_at="2017-01-10T12:00:02Z").json["lots"]
    assert lot["expires_at"] == "2017-03-20T20:30:00Z"


def test_a_contract_names_its_programme(installation: Installation, grocer: Till) -> None:
    installation.run("expiry", "set", "never", "--programme", "gold")
    installation.run("partner", "add", "jeweller", "Jeweller")
    installation.run(
        "partner", "sign", "jeweller", "--currency", "USD", "--redemption-element", "0.0100", "--service-fee", "0.0015",
        "--reimbursement-rate", "0.0090", "--member-value", "0.0100", "--expiry-programme", "gold",
    )  # fmt: skip
    assert "jeweller" in installation.run("partner", "list")


def test_notices_extensions_breakage_and_a_members_statement(
    installation: Installation, coalition: Coalition, grocer: Till, sara: Customer
) -> None:
    coalition.at(day(2, 5))
    assert "1 notices were given" in installation.run("expiry", "notices")
    assert "0 notices were given" in installation.run("expiry", "notices")

    at_shell("omid", "reza")
    window = ("2017-02-01", "2017-02-28", "2017-04-30", "--reason", "relief", "--by")
    proposed = installation.run("extension", "propose", "--issuer", "grocer", *window, "omid")
    (extension,) = re.findall(r"ext_\w{26}", proposed)
    assert extension in installation.run("extension", "list")
    installation.run("extension", "approve", extension, "--by", "Omid", status=1)
    assert "approved" in installation.run("extension", "approve", extension, "--by", "reza")
    other = installation.run("extension", "propose", "--member", sara.id, *window, "omid")
    assert re.search(r"posted, 100 points", other)

    coalition.at(day(5, 1, 0))
    grocer.earn(sara, 50)  # half a dollar: no point, but whoever posts first writes what has expired
    told = installation.run("member", "statement", sara.id, "--from", "2017-01-01", "--to", "2017-05-01")
    for words in ("A-1", "extension", "expired 100 points at 2017-05-01 00:00 UTC", "closing: 0 available"):
        assert words in told
    installation.run("settlement", "due")
    explained = installation.run("member", "explain", sara.id, "1")
    for words in ("earn, 100 points; cycle USD 2017-01", "rule: 1 points per unit", "issue: grocer"):
        assert words in explained
    installation.run("member", "explain", sara.id, "99", status=1)
    assert re.search(r"2017-05 .*USD .*grocer .*100 .*open", installation.run("settlement", "breakage"))
    assert "Every invariant holds." in installation.run("ledger", "check")
