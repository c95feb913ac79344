"""The same thing done by many threads at once, round after round: how many of each round got through."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask

from network.infrastructure.database import db, drop_statement_connection
from network.kernel.errors import PeyvandError


def winners(
    app: Flask, prepare: Callable[[], Any], use: Callable[[Any, int], Any], *, threads: int, rounds: int
) -> list[int]:
    """Of each round, in how many threads `use(what was prepared, the thread's number)` was not refused."""
    start = Barrier(threads)

    def once(what: Any, number: int) -> bool:
        with app.app_context():
            start.wait(timeout=60)
            try:
                use(what, number)
            except PeyvandError:
                return False
            finally:
                db.session.remove()
        return True

    def leave(_number: int) -> None:
        start.wait(timeout=60)
        with app.app_context():
            drop_statement_connection()

    counted = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(rounds):
            what = prepare()
            counted.append(sum(pool.map(lambda number, what=what: once(what, number), range(threads))))
        list(pool.map(leave, range(threads)))
    return counted
