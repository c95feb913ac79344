"""Calls that run at the same moment, each in a thread with a database session of its own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from sqlalchemy import text

from network.infrastructure.database import db, drop_statement_connection
from network.kernel.errors import PeyvandError


def side_by_side(app: Flask, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all calls at once; what each returned, or the named failure it raised, in the order of the calls."""
    start = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        start.wait(timeout=10)
        return in_own_session(app, call)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def in_own_session(app: Flask, call: Callable[[], Any]) -> Any:
    """What a call returned, or the named failure it raised; for threads."""
    with app.app_context():
        try:
            return call()
        except PeyvandError as failure:
            return failure
        finally:
            drop_statement_connection()


def wait_for_lock() -> None:
    """Until somebody waits for a table."""
    waiting = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE NOT granted" + (
        " AND datname = current_database()"
    )
    until = time.monotonic() + 30
    while not db.session.execute(text(waiting)).scalar_one():
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.02)
