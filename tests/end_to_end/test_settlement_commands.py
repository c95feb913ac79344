"""What an operator types about a closed month; each command is a process of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from network.infrastructure.network_clock import set_clock
from network.settlement import service as settlement
from tests.fixtures import Coalition, day, next_key
from tests.integration.settlement.ledger import Ledger, close_due
from tests.staffing import at_shell

if TYPE_CHECKING:
    from tests.live import Installation


@pytest.fixture
def ledger(coalition: Coalition) -> Ledger:
    """A month in which fuel took 400 of the grocer's points; it says that there were 500."""
    made = Ledger(coalition)
    made.join("grocer", "fuel")
    set_clock(day(1, 10))
    made.earn("p", "grocer", 1_000)
    made.burn("p", "fuel", 400)
    set_clock(day(2, 1))
    close_due()
    return made


def test_a_month_is_submitted_and_decided_on_by_another_person(installation: Installation, ledger: Ledger) -> None:
    at_shell("maryam", "reza")
    assert "waits for a second person" in installation.run("settlement", "submit", "USD-2017-01", "--by", "maryam")
    installation.run("settlement", "approve", "USD-2017-01", "--by", "Maryam", status=1)
    assert settlement.get_cycle("2017-01").state.value == "stated"
    installation.run("settlement", "reject", "2017-01", "--reason", "fuel's rates", "--by", "reza")
    told = installation.run("settlement", "trail", "2017-01")
    assert all(words in told for words in ("network", "Maryam", "submitted", "Reza", "rejected"))


def test_a_dispute_is_listed_and_granted_and_is_in_the_dry_run(installation: Installation, ledger: Ledger) -> None:
    till = ledger.tills["fuel"]
    (statement,) = till.get("/v1/settlements").json["data"]
    claim = {"leg": "redemption", "counterparty": "grocer", "claimed_minor": 90, "reason": "a hundred are missing"}
    held = till.post(f"/v1/settlements/{statement['id']}/disputes", claim, next_key()).json["id"]
    assert "hundred" in installation.run("settlement", "disputes")
    at_shell("reza")
    granted = installation.run("settlement", "accept-dispute", held, "--answer", "so it was", "--by", "reza")
    assert f"{held}: accepted; 0.90 USD in the cycle that is open" in granted.replace("\n", " ")
    assert "0.90" in installation.run("settlement", "preview", "2017-02")


def test_statements_are_written_as_files_named_by_their_numbers(
    installation: Installation, ledger: Ledger, tmp_path: Path
) -> None:
    drafts = installation.run("settlement", "document", "2017-01", "--format", "csv", "--to", str(tmp_path))
    assert sorted(Path(each).name for each in drafts.split()) == [
        "fuel-USD-2017-01-draft.csv",
        "grocer-USD-2017-01-draft.csv",
    ]
    cycle_id = settlement.get_cycle("2017-01").cycle_id
    settlement.submit(cycle_id, person="maryam")
    settlement.approve(cycle_id, person="reza")
    command = ("settlement", "document", "USD-2017-01", "--partner", "fuel", "--locale", "fa", "--to", str(tmp_path))
    assert installation.run(*command).split() == [str(tmp_path / "fuel-2017-0001.pdf")]
    (statement,) = ledger.tills["fuel"].get("/v1/settlements").json["data"]
    served = ledger.tills["fuel"].get(f"/v1/settlements/{statement['id']}/document", format="pdf", locale="fa")
    assert (tmp_path / "fuel-2017-0001.pdf").read_bytes() == served.data
    installation.run("settlement", "document", "2017-01", "--partner", "coffee", "--to", str(tmp_path), status=1)
