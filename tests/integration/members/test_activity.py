"""Where members go, counted from the ledger's facts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Flask

from network.infrastructure.database import unit_connection
from network.infrastructure.outbox import announce, drain, insert_facts, rows_for_many
from network.infrastructure.transaction import transaction
from network.members.domain import Activity
from network.members.service import activity_of
from network.wallet.events import PointsBurned, PointsEarned
from tests.integration.partners.side_by_side import in_own_session, side_by_side, wait_for_lock

WALLET, OTHER = UUID(int=1), UUID(int=2)
GROCER, FUEL = UUID(int=11), UUID(int=12)
NOON = datetime(2017, 1, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _earned(wallet_id: UUID, partner_id: UUID, at: datetime, sequence: int = 1) -> PointsEarned:
    return PointsEarned(wallet_id=wallet_id, sequence=sequence, partner_id=partner_id, points=5, posted_at=at)


def _burned(wallet_id: UUID, partner_id: UUID, at: datetime) -> PointsBurned:
    return PointsBurned(wallet_id=wallet_id, sequence=1, partner_id=partner_id, points=5, posted_at=at)


def _announce(*facts: PointsEarned | PointsBurned) -> None:
    with transaction():
        announce(*facts)


def test_earns_and_burns_are_counted_by_wallet_and_partner(app: Flask) -> None:
    _announce(
        _earned(WALLET, GROCER, NOON),
        _burned(WALLET, FUEL, NOON + 2 * HOUR),
        _earned(WALLET, GROCER, NOON + HOUR),
        _earned(OTHER, FUEL, NOON),
    )
    drain()
    assert activity_of(WALLET) == [
        Activity(WALLET, FUEL, 0, 1, NOON + 2 * HOUR),
        Activity(WALLET, GROCER, 2, 0, NOON + HOUR),
    ]
    assert activity_of(OTHER) == [Activity(OTHER, FUEL, 1, 0, NOON)]


def test_later_batches_add_up_and_an_old_fact_does_not_turn_time_back(app: Flask) -> None:
    for at in (NOON + HOUR, NOON):
        _announce(_earned(WALLET, GROCER, at), _burned(WALLET, GROCER, at))
        drain()
    assert activity_of(WALLET) == [Activity(WALLET, GROCER, 2, 2, NOON + HOUR)]


def test_thousands_of_facts_that_lie_in_lists_are_counted_as_if_each_lay_alone(app: Flask) -> None:
    alike = {"partner_id": str(GROCER), "posted_at": NOON.isoformat()}
    facts = [f'["{UUID(int=number % 1_500).hex}",{number + 1},5]' for number in range(16_000)]
    rows = rows_for_many(PointsEarned, alike, ("wallet_id", "sequence", "points"), facts)
    assert len(rows) < len(facts) / 50
    with transaction():
        insert_facts(unit_connection(), rows)
        announce(_earned(WALLET, GROCER, NOON + HOUR))
    assert drain() == len(rows) + 1
    assert activity_of(WALLET) == [Activity(WALLET, GROCER, 12, 0, NOON + HOUR)]
    assert activity_of(UUID(int=1_499)) == [Activity(UUID(int=1_499), GROCER, 10, 0, NOON)]


def test_each_fact_counts_once_though_several_workers_drain(app: Flask) -> None:
    for batch in range(6):
        _announce(*(_earned(wallet, partner, NOON, batch) for wallet in (WALLET, OTHER) for partner in (FUEL, GROCER)))

    def drain_all() -> None:
        while drain(most=3):
            pass

    side_by_side(app, [drain_all] * 4)
    drain_all()
    counted = {(each.wallet_id, each.partner_id): each.earns for each in [*activity_of(WALLET), *activity_of(OTHER)]}
    assert counted == {(wallet, partner): 6 for wallet in (WALLET, OTHER) for partner in (FUEL, GROCER)}


def test_a_drain_waits_for_the_one_before_it_so_that_none_waits_for_each_other(app: Flask) -> None:
    _announce(_earned(WALLET, GROCER, NOON), _burned(OTHER, GROCER, NOON))
    with ThreadPoolExecutor(1) as worker:
        with transaction():
            assert drain() == 2
            late = worker.submit(in_own_session, app, drain)
            wait_for_lock()
        assert late.result() == 0
    assert activity_of(WALLET) == [Activity(WALLET, GROCER, 1, 0, NOON)]
