"""Transfers in the journal: time travel, the tamper drill, the auditor's file."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.households import service as households
from network.infrastructure.database import db
from network.members.service import wallet_of_member
from network.settlement import service as settlement
from network.wallet.domain import Operation
from network.wallet.timetravel import wallet_at, wallet_statement
from tests.fixtures import START, Coalition, Customer, Till
from tests.integration.households.people import follow, own, pool, spend
from tests.integration.settlement.recompute import recompute

EDITED = {
    "who the other half is": "UPDATE journal_side SET other_wallet_id = wallet_id WHERE other_wallet_id IS NOT NULL",
    "who has spent": "UPDATE journal_side SET bearer_id = gen_random_uuid() WHERE bearer_id IS NOT NULL",
    "where a lot came from": "UPDATE transfer_leg SET other_lot_id = gen_random_uuid()",
    "as what it was issued": "UPDATE transfer_leg SET root_lot_id = gen_random_uuid()",
    "when it was issued": "UPDATE transfer_leg SET issued_at = issued_at - interval '1 day'",
    "a leg that is gone": "DELETE FROM transfer_leg",
    "a side that is gone": "DELETE FROM journal_side",
}
FORGED = {
    "a leg of a movement that was no transfer": (
        "INSERT INTO transfer_leg SELECT wallet_id, sequence, line, lot_id, lot_id, lot_id, posted_at FROM movement"
        " WHERE kind = 'issue'"
    ),
    "points that came in and went out nowhere": ("UPDATE movement SET points = points + 1 WHERE kind = 'transfer_in'"),
    "another issuer's points": "UPDATE movement SET issuer_id = gen_random_uuid() WHERE kind = 'transfer_in'",
    "half a transfer": "UPDATE journal SET operation = 'earn' WHERE operation = 'transfer_in'",
}


@pytest.fixture(autouse=True)
def _sound_afterwards() -> None:
    """Instead of the room's own: here some are made unsound on purpose."""


def broken() -> set[str]:
    return {finding.check.name for finding in check_everything() if not finding.holds}


def past_the_triggers(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text(statement))


def test_own_and_pool_of_any_instant_can_be_asked(
    coalition: Coalition, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    def day(number: int) -> None:
        coalition.at(START + timedelta(days=number))

    wallet_id, pool_id = wallet_of_member(sara.member_id), households.get_household(home)[0].wallet_id
    households.contribute(sara.member_id, 60)
    day(9)
    spend(fuel, reza, 25)
    day(11)
    households.leave(sara.member_id, person="Laleh")
    day(13)
    told = [
        tuple(wallet_at(each, START + timedelta(days=number)).balance.available for each in (wallet_id, pool_id))
        for number in (6, 8, 10, 12)
    ]
    assert told == [(100, 0), (40, 60), (40, 35), (75, 0)]
    statement = wallet_statement(wallet_id, START + timedelta(days=1), START + timedelta(days=13))
    assert [entry.operation for entry in statement.entries] == [Operation.TRANSFER_OUT, Operation.TRANSFER_IN]
    assert (statement.opening.available, statement.closing.available) == (100, 75)
    assert broken() == set()


@pytest.mark.parametrize("statement", EDITED.values(), ids=EDITED.keys())
def test_an_edit_of_what_ties_two_wallets_together_breaks_the_chain(
    fuel: Till, sara: Customer, reza: Customer, home: UUID, statement: str
) -> None:
    households.contribute(sara.member_id, 60)
    spend(fuel, reza, 25)
    assert broken() == set()
    past_the_triggers(statement)
    assert "hash chain is whole" in broken()


@pytest.mark.parametrize("statement", FORGED.values(), ids=FORGED.keys())
def test_halves_that_do_not_fit_are_found(sara: Customer, home: UUID, statement: str) -> None:
    households.contribute(sara.member_id, 60)
    past_the_triggers(statement)
    assert "what goes out comes in" in broken()


@pytest.mark.parametrize("table", ["journal_side", "transfer_leg"])
def test_what_ties_two_wallets_together_can_not_be_edited_by_mistake(sara: Customer, home: UUID, table: str) -> None:
    households.contribute(sara.member_id, 60)
    with pytest.raises(Exception, match="append-only"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.rollback()


def test_a_cycle_with_pools_in_it_is_computed_again_from_its_export(
    coalition: Coalition, grocer: Till, fuel: Till, sara: Customer, reza: Customer, home: UUID
) -> None:
    households.contribute(sara.member_id, 90)
    paid = spend(fuel, reza, 50).json["id"]
    coalition.at(START + timedelta(days=40))
    spend(grocer, reza, 30)
    follow(fuel, paid, "reverse", points=20)
    households.leave(sara.member_id, person="Laleh")
    fuel.redeem(sara, 40)
    assert (own(grocer, sara), pool(home)) == (0, 0)
    coalition.at(START + timedelta(days=70))
    settlement.cut()
    settlement.open_cycles()
    for cycle in settlement.due_cycles():
        settlement.close_cycle(cycle.cycle_id)
    for name in ("USD-2017-01", "USD-2017-02"):
        lines = list(settlement.export_cycle(name))
        computed, stated = recompute(lines)
        assert computed == stated
        assert sum('"type":"lot"' in line for line in lines) == 2, "lots as they were issued, wherever they lie"
    assert broken() == set()


def test_points_that_lie_with_a_stranger_are_found(sara: Customer, reza: Customer, home: UUID) -> None:
    households.contribute(sara.member_id, 60)
    past_the_triggers(f"UPDATE household_member SET standing = 'left' WHERE member_id = '{sara.member_id}'")
    assert {"moved points are their owner's, or in its pool", "member in a household = its membership"} <= broken()
