"""Postings that are asked for at the same time, in one process: what they share, and what stays each one's own."""

from __future__ import annotations

import asyncio
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import psycopg
import pytest
import uvloop
from flask import Flask
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from network.infrastructure.database import connect_for_groups, drop_statement_connection, statement_connection
from network.infrastructure.together import MOST_TOGETHER, Together
from network.wallet.repository import lock_wallet
from tests.fixtures import Coalition, Customer, Till

Request = Callable[[], Any]


@pytest.fixture
def till(app: Flask) -> Till:
    return Coalition(app).join("grocer")


@pytest.fixture
def other(app: Flask) -> Iterator[psycopg.Connection]:
    with psycopg.connect(app.config["PEYVAND_CONNINFO"]) as connection:
        yield connection


class Relay:
    """Stands between one client and PostgreSQL. It can begin to pass on an answer, and then reset the connection."""

    def __init__(self, app: Flask) -> None:
        told = conninfo_to_dict(app.config["PEYVAND_CONNINFO"])
        self._upstream = f"{told['host']}/.s.PGSQL.{told.get('port', 5432)}"
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.conninfo = make_conninfo(**told | {"host": "127.0.0.1", "port": self._listener.getsockname()[1]})
        self.resets = 0
        threading.Thread(target=self._serve, daemon=True).start()

    def reset_next(self) -> None:
        self.resets += 1
        asyncio.get_running_loop().call_later(0.05, time.sleep, 0.3)

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        server = socket.socket(socket.AF_UNIX)
        server.connect(self._upstream)
        other = {client: server, server: client}
        with client, server:
            while True:
                for end in select.select(list(other), [], [])[0]:
                    said = end.recv(65536)
                    if not said:
                        return
                    if end is server and self.resets:
                        time.sleep(0.15)  # both come while the loop sleeps: it is told of them at once
                        client.sendall(said[:7])
                        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        return
                    other[end].sendall(said)


def _side_by_side(
    app: Flask,
    *requests: Request,
    connect: Callable[[], psycopg.Connection] | None = None,
    run: Callable[[Coroutine[Any, Any, list[Any]]], list[Any]] = asyncio.run,
) -> list[Any]:
    """What each request is answered, all of them begun in one turn of an event loop."""

    async def answers() -> list[Any]:
        together = Together(connect or (lambda: connect_for_groups(app)))
        futures = [asyncio.get_running_loop().create_future() for _ in requests]
        try:
            for request, future in zip(requests, futures, strict=True):
                together.run(lambda request=request, future=future: future.set_result(request()))  # type: ignore[misc]
            return await asyncio.wait_for(asyncio.gather(*futures), 20)
        finally:
            together.close()

    return run(answers())


def _known(coalition: Coalition, till: Till, count: int) -> list[Customer]:
    """Members whose partner's terms and token this process has read before."""
    customers = [coalition.enrol(till) for _ in range(count)]
    assert till.earn(coalition.enrol(till), 500).status_code == 201
    return customers


def _transactions(other: psycopg.Connection) -> set[str]:
    """Those that wrote the journal's entries."""
    rows = other.execute("SELECT DISTINCT xmin::text FROM journal").fetchall()
    other.rollback()
    return {row[0] for row in rows}


def test_earns_of_many_members_are_one_transaction(app: Flask, till: Till, other: psycopg.Connection) -> None:
    customers = _known(Coalition(app), till, MOST_TOGETHER)
    before = _transactions(other)
    answers = _side_by_side(app, *[lambda each=each: till.earn(each, 1000) for each in customers])
    assert [(answer.status_code, answer.json["points"]) for answer in answers] == [(201, 10)] * MOST_TOGETHER
    assert [till.balance(each).json["available"] for each in customers] == [10] * MOST_TOGETHER
    assert len(_transactions(other) - before) == 1


def test_earns_and_burns_of_different_sizes_are_written_together(
    app: Flask, till: Till, other: psycopg.Connection
) -> None:
    coalition = Coalition(app)
    baker = coalition.join("baker")
    rich, poor, new = _known(coalition, till, 3)
    for _ in range(3):
        till.earn(rich, 1000)
    till.earn(poor, 1000)
    till.redeem(coalition.enrol(till), 1)
    baker.earn(new, 100)
    before = _transactions(other)
    answers = _side_by_side(
        app,
        lambda: till.redeem(rich, 25),
        lambda: till.redeem(poor, 10),
        lambda: till.earn(new, 700),
    )
    assert [answer.status_code for answer in answers] == [201] * 3
    assert [till.balance(each).json["available"] for each in (rich, poor, new)] == [5, 0, 7]
    assert len(_transactions(other) - before) == 1


def test_several_postings_to_one_wallet_all_happen_one_after_the_other(app: Flask, till: Till) -> None:
    customer, *_ = _known(Coalition(app), till, 1)
    answers = _side_by_side(app, *[lambda: till.earn(customer, 1000)] * 7)
    assert [answer.status_code for answer in answers] == [201] * 7
    assert sorted(answer.json["balance"]["available"] for answer in answers) == [10, 20, 30, 40, 50, 60, 70]


def test_twins_are_answered_the_same_and_post_once(app: Flask, till: Till) -> None:
    customer, *_ = _known(Coalition(app), till, 1)
    answers = _side_by_side(app, *[lambda: till.earn(customer, 1000, key="the same")] * 5)
    assert len({answer.text for answer in answers}) == 1
    assert [answer.headers.get("Idempotent-Replayed") for answer in answers].count(None) == 1
    assert till.balance(customer).json["available"] == 10


def test_one_key_for_two_purchases_spoils_neither_the_first_nor_the_neighbours(app: Flask, till: Till) -> None:
    first, second, third = _known(Coalition(app), till, 3)
    answers = _side_by_side(
        app,
        lambda: till.earn(first, 1000, key="reused"),
        lambda: till.earn(second, 1000, key="reused"),
        lambda: till.earn(third, 1000),
    )
    assert sorted(answer.status_code for answer in answers[:2]) == [201, 422]
    assert answers[2].status_code == 201
    available = [till.balance(each).json["available"] for each in (first, second, third)]
    assert sorted(available) == [0, 10, 10]
    assert available[2] == 10


def test_who_is_refused_is_refused_alone(app: Flask, till: Till) -> None:
    rich, poor = _known(Coalition(app), till, 2)
    till.earn(rich, 1000)
    answers = _side_by_side(app, lambda: till.redeem(poor, 5), lambda: till.redeem(rich, 5))
    assert [answer.status_code for answer in answers] == [402, 201]
    assert answers[0].json["code"] == "insufficient_points"


def test_a_wallet_that_somebody_holds_keeps_no_other_waiting(app: Flask, till: Till, other: psycopg.Connection) -> None:
    held, free = _known(Coalition(app), till, 2)
    row = other.execute("SELECT wallet_id FROM member WHERE member_id = %s", (held.member_id,)).fetchone()
    assert row
    lock_wallet(other, row[0])
    answered: list[str] = []

    def earn_of_the_free() -> Any:
        answer = till.earn(free, 1000)
        answered.append("free")
        other.rollback()  # lets go of the held one
        return answer

    def earn_of_the_held() -> Any:
        answer = till.earn(held, 1000)
        answered.append("held")
        return answer

    answers = _side_by_side(app, earn_of_the_free, earn_of_the_held)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answered == ["free", "held"]


def test_a_connection_that_breaks_loses_nothing_and_posts_nothing_twice(app: Flask, till: Till) -> None:
    customers = _known(Coalition(app), till, 6)
    opened: list[psycopg.Connection] = []

    def connect() -> psycopg.Connection:
        opened.append(connect_for_groups(app))
        return opened[-1]

    def earn_and_break(customer: Customer) -> Any:
        answer = till.earn(customer, 1000)
        with psycopg.connect(app.config["PEYVAND_CONNINFO"], autocommit=True) as killer:
            killer.execute("SELECT pg_terminate_backend(%s)", (opened[-1].info.backend_pid,))
        return [answer, till.earn(customer, 1000)]

    requests = [lambda each=each: earn_and_break(each) for each in customers]
    answers = [answer for pair in _side_by_side(app, *requests, connect=connect) for answer in pair]
    assert {answer.status_code for answer in answers} == {201}
    assert [till.balance(each).json["available"] for each in customers] == [20] * 6
    assert len(opened) > 1


def test_an_answer_that_is_cut_off_in_its_middle_is_asked_for_again(app: Flask, till: Till) -> None:
    """As Granian's own event loop does it, which tells of a reset connection but once."""
    customers = _known(Coalition(app), till, 4)
    relay = Relay(app)
    opened: list[psycopg.Connection] = []

    def connect() -> psycopg.Connection:
        opened.append(connect_for_groups(app) if opened else psycopg.connect(relay.conninfo, autocommit=True))
        return opened[-1]

    def earn_twice(customer: Customer) -> list[Any]:
        first = till.earn(customer, 1000)
        if not relay.resets:
            relay.reset_next()
        return [first, till.earn(customer, 1000)]

    requests = [lambda each=each: earn_twice(each) for each in customers]
    answers = [answer for pair in _side_by_side(app, *requests, connect=connect, run=uvloop.run) for answer in pair]
    relay.close()
    assert {answer.status_code for answer in answers} == {201}
    assert [till.balance(each).json["available"] for each in customers] == [20] * 4
    assert relay.resets
    assert len(opened) > 1


def test_who_finds_its_connection_broken_does_not_close_the_one_that_others_have_opened_since(app: Flask) -> None:
    with app.app_context():
        broken = statement_connection()
        broken.close()
        opened = statement_connection()
        drop_statement_connection(broken)
        assert statement_connection() is opened
        assert not opened.closed
        drop_statement_connection(opened)
        assert opened.closed


def test_a_server_that_can_not_be_reached_on_the_shared_connection_is_asked_on_the_other(
    app: Flask, till: Till
) -> None:
    customers = _known(Coalition(app), till, 3)

    def refused() -> psycopg.Connection:
        raise psycopg.OperationalError("too many connections")

    answers = _side_by_side(app, *[lambda each=each: till.earn(each, 1000) for each in customers], connect=refused)
    assert [answer.status_code for answer in answers] == [201] * 3
