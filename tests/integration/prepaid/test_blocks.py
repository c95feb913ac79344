"""Prepaid blocks: points are issued from what was bought, in order, never more, and not billed again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from network.adjustments import service as adjustments
from network.infrastructure import outbox
from network.infrastructure import prepared as sending
from network.infrastructure.database import db, drop_statement_connection
from network.infrastructure.network_clock import set_clock
from network.partners import service as partners
from network.partners.domain import Block, Stock
from network.partners.errors import NoContract, NotPrepaid, OrderNotFound
from network.partners.events import BlockBought, PrepaidRunsLow, TopUpOrdered
from network.settlement import service as settlement
from network.settlement.domain import Position
from tests.fixtures import Customer, Till, assert_problem, day, next_key
from tests.integration.batches import files
from tests.integration.partners.listening import listen
from tests.integration.settlement.ledger import Ledger, close_due
from tests.integration.settlement.recompute import recompute


def buy(ledger: Ledger, points: int, **more: Any) -> Block:
    return partners.buy_block(ledger.partner("kiosk"), "USD", points, person="maryam", **more)


def stock(ledger: Ledger) -> Stock:
    return partners.stock_of(ledger.partner("kiosk"), "USD")


def left(ledger: Ledger) -> list[int]:
    """What is left of each block, as they were bought."""
    db.session.rollback()
    return [points for _, points in partners.list_blocks(ledger.partner("kiosk"))]


def customer(ledger: Ledger, code: str = "kiosk") -> tuple[Till, Customer]:
    till = ledger.tills[code]
    return till, ledger.coalition.enrol(till)


def test_blocks_are_used_up_as_they_were_bought_and_the_reserve_after_all_others(ledger: Ledger) -> None:
    buy(ledger, 50, is_reserve=True)
    assert buy(ledger, 100).amount_minor == 1_15
    buy(ledger, 100)
    till, member = customer(ledger)
    for points, expected in ((60, [50, 40, 100]), (60, [50, 0, 80]), (100, [30, 0, 0]), (30, [0, 0, 0])):
        assert till.earn(member, points * 100).status_code == 201
        assert left(ledger) == expected
    assert_problem(till.earn(member, 100), 403, "prepaid_used_up")
    assert files.broken() == []


def test_earning_that_was_refused_goes_on_when_more_is_bought_and_burning_never_stopped(ledger: Ledger) -> None:
    till, member = customer(ledger)
    assert_problem(till.earn(member, 500, key="again"), 403, "prepaid_used_up")
    assert till.earn(member, 99).status_code == 201, "a purchase too small for a point takes none"
    buy(ledger, 5)
    assert till.earn(member, 500, key="again").status_code == 201
    assert till.earn(member, 500, key="again").headers["Idempotent-Replayed"] == "true"
    assert stock(ledger) == Stock(0, 0)
    assert till.redeem(member, 5).status_code == 201
    assert files.broken() == []


def test_a_return_gives_points_back_to_the_block_they_came_from(ledger: Ledger) -> None:
    buy(ledger, 100)
    buy(ledger, 100)
    till, member = customer(ledger)
    earned = till.earn(member, 150_00).json["id"]
    assert left(ledger) == [0, 50]
    assert till.post(f"/v1/earns/{earned}/reverse", {"amount_minor": 70_00}, "part").status_code == 201
    assert left(ledger) == [20, 100]
    assert till.redeem(member, 80).status_code == 201
    assert till.post(f"/v1/earns/{earned}/reverse", {}, "rest").status_code == 201
    assert left(ledger) == [20, 100], "what was spent is a debt of the member's, not a point of the block's"
    assert files.broken() == []


def test_points_from_blocks_are_not_billed_again_in_the_cycle(ledger: Ledger) -> None:
    """900 points were bought for 10.35; 400 of them burn at the grocer's at 0.0090, and cost the kiosk nothing more."""
    buy(ledger, 900)
    set_clock(day(1, 10))
    ledger.earn("p", "kiosk", 900)
    ledger.earn("q", "grocer", 100)
    ledger.burn("p", "grocer", 400)
    ledger.burn("p", "kiosk", 100)
    set_clock(day(2, 1))
    close_due()
    (cycle,) = settlement.cycles("USD")[:1]
    report = {each.partner: (each.issue_minor, each.net_minor) for each in settlement.cycle_report(cycle).positions}
    assert report == {"grocer": (1_15, 2_45), "kiosk": (0, 90)}
    assert settlement.list_statements(ledger.partner("kiosk"))[0].position == Position(redemption_minor=90)
    computed, stated = recompute(settlement.export_cycle(cycle.cycle_id))
    assert computed == stated
    assert files.broken() == []


def test_adjustments_take_from_blocks_and_give_back_too(ledger: Ledger) -> None:
    buy(ledger, 100)
    till, member = customer(ledger)
    kiosk, wallet_id = ledger.partner("kiosk"), wallet_of(member)
    adjustments.propose(
        wallet_id=wallet_id, issuer_id=kiosk, currency="USD", points=70, reason="goodwill", person="maryam"
    )
    assert left(ledger) == [30]
    adjustments.propose(
        wallet_id=wallet_id, issuer_id=kiosk, currency="USD", points=-20, reason="correction", person="maryam"
    )
    assert left(ledger) == [50]
    assert till.balance(member).json["available"] == 50
    assert files.broken() == []


def test_a_batch_takes_from_blocks_line_by_line_and_names_the_lines_that_found_none(ledger: Ledger) -> None:
    set_clock(day(1, 4))
    buy(ledger, 25)
    till, member = customer(ledger)
    lines = [files.earn(number, member=member.id, amount_minor=10_00) for number in range(1, 5)]
    batch = files.post(till, lines)
    assert files.counts(batch) == (2, 0, 2)
    assert [(each["line"], each["code"]) for each in files.errors(till, batch)] == [
        (3, "prepaid_used_up"),
        (4, "prepaid_used_up"),
    ]
    assert left(ledger) == [5]
    buy(ledger, 100)
    assert files.counts(files.post(till, [*lines, files.reversal(5, 1)])) == (3, 2, 0)
    assert stock(ledger).points == 95
    assert files.broken() == []


def test_sixteen_tills_issue_exactly_what_was_bought(ledger: Ledger, app: Flask) -> None:
    """Each earns as fast as it can, 1 to 7 points at a time, until there are none; then one by one."""
    buy(ledger, 700)
    buy(ledger, 333)
    buy(ledger, 200, is_reserve=True)
    till = ledger.tills["kiosk"]
    members = [ledger.coalition.enrol(till) for _ in range(16)]

    def earn_on(number: int) -> int:
        issued = 0
        with app.app_context():
            for points in (*(1 + (number + turn) % 7 for turn in range(300)), *(1 for _ in range(20))):
                answer = till.earn(members[number], points * 100)
                if answer.status_code == 201:
                    issued += points
                elif points == 1:
                    break
                assert answer.status_code in (201, 403), answer.text
            drop_statement_connection()
        return issued

    with ThreadPoolExecutor(16) as pool:
        issued = list(pool.map(earn_on, range(16)))
    assert sum(issued) == 1_233
    assert left(ledger) == [0, 0, 0]
    assert count_points("SELECT sum(issued) FROM lot") == 1_233
    assert files.broken() == []


def test_earns_and_returns_at_once_and_a_batch_between_them_lose_no_point(ledger: Ledger, app: Flask) -> None:
    """So little is left that everybody has to put rests together, and waits for what others give back."""
    set_clock(day(1, 4))
    buy(ledger, 30)
    buy(ledger, 30)
    till = ledger.tills["kiosk"]
    members = [ledger.coalition.enrol(till) for _ in range(8)]

    def come_and_go(number: int) -> None:
        with app.app_context():
            for turn in range(12):
                earned = till.earn(members[number], (5 + (number + turn) % 9) * 100)
                assert earned.status_code in (201, 403), earned.text
                if earned.status_code == 201 and turn < 11:
                    returned = till.post(f"/v1/earns/{earned.json['id']}/reverse", {}, next_key())
                    assert returned.status_code == 201, returned.text
            drop_statement_connection()

    def send_files(number: int) -> None:
        with app.app_context():
            member, name = members[number].id, f"T{number}"
            lines = [files.earn(turn, till=name, member=member, amount_minor=7_00) for turn in range(1, 6)]
            back = [files.reversal(10 + turn, turn, till=name) for turn in range(1, 6)]
            batch = files.post(till, [*lines, *back])
            assert {each["code"] for each in files.errors(till, batch)} <= {"prepaid_used_up", "entry_not_found"}
            drop_statement_connection()

    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(send_files if number > 5 else come_and_go, number) for number in range(8)]
        for each in done:
            each.result()
    out = count_points("SELECT coalesce(sum(remaining), 0) FROM lot")
    assert sum(left(ledger)) == 60 - out
    assert files.broken() == []


def test_blocks_that_run_low_are_told_of_once_and_ordered_anew(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    bought = listen(monkeypatch, BlockBought)
    told, ordered = listen(monkeypatch, PrepaidRunsLow), listen(monkeypatch, TopUpOrdered)
    buy(ledger, 1_000)
    buy(ledger, 500, is_reserve=True)
    assert watch() == 0
    for points in (700, 50, 160):  # to 300, 250 and 90
        ledger.earn("p", "kiosk", points)
        watch()
        watch()
    assert [(each.level, each.points, each.reserve_points) for each in told] == [
        ("low", 300, 500),
        ("critical", 90, 500),
    ]
    (order,) = partners.open_orders()
    assert [(each.order_id, each.points, each.amount_minor) for each in ordered] == [(order.order_id, 1_000, 11_50)]
    assert partners.fill_order(order.order_id, person="reza").points == 1_000
    assert (watch(), partners.open_orders()) == (0, [])
    assert len(bought) == 3
    with pytest.raises(OrderNotFound):
        partners.fill_order(order.order_id, person="reza")
    ledger.earn("p", "kiosk", 900)
    assert watch() == 2, "critical again, and ordered again"
    partners.cancel_order(partners.open_orders()[0].order_id)


def test_only_prepaid_partners_buy_blocks(ledger: Ledger) -> None:
    with pytest.raises(NotPrepaid):
        partners.buy_block(ledger.partner("grocer"), "USD", 100, person="maryam")
    with pytest.raises(NoContract):
        partners.buy_block(ledger.partner("kiosk"), "EUR", 100, person="maryam")


def test_a_contract_that_is_not_prepaid_asks_nothing_more_of_the_database(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plain hot path: one statement to read, one to write."""
    till, member = customer(ledger, "grocer")
    assert till.earn(member, 100).status_code == 201
    statements = listen_to_statements(monkeypatch)
    assert till.earn(member, 100).status_code == 201
    assert [each.split()[0] for each in statements] == ["SELECT", "WITH"]
    assert not any("allowance" in each or "prepaid" in each for each in statements)


def wallet_of(member: Customer) -> Any:
    return db.session.execute(
        text("SELECT wallet_id FROM member WHERE member_id = :id"), {"id": member.member_id}
    ).scalar_one()


def listen_to_statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of all statements from now on, by whichever way they are sent."""
    statements: list[str] = []
    prepared, plain = sending._result, psycopg.Cursor.execute

    def send_prepared(connection: Any, statement: str, *rest: Any) -> Any:
        statements.append(statement.strip())
        return prepared(connection, statement, *rest)

    def send_plain(cursor: Any, query: Any, *rest: Any, **more: Any) -> Any:
        statements.append(str(query).strip())
        return plain(cursor, query, *rest, **more)

    monkeypatch.setattr(sending, "_result", send_prepared)
    monkeypatch.setattr(psycopg.Cursor, "execute", send_plain)
    return statements


def watch() -> int:
    made = partners.watch_blocks()
    outbox.drain()
    return made


def count_points(query: str) -> int:
    db.session.rollback()
    return int(db.session.execute(text(query)).scalar_one())
