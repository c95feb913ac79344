"""The same thing done by many threads at once, round after round: what of each round got through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import cycle, islice
from threading import Barrier
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import create_engine

from network.infrastructure.database import db, drop_statement_connection, statement_connection
from network.kernel.errors import PeyvandError

Outcome = TypeVar("Outcome")

SIZES = (8, 16, 24, 32)
"""How many race, in one round after another."""

ROUNDS = [pytest.param(len(SIZES), id="few"), pytest.param(100, id="hundred", marks=pytest.mark.storm)]
"""Each size once; and a hundred rounds, which cost a minute or more and run with the storms."""

_SECONDS = 60  # that a thread waits for the others to be there


def sizes_of(rounds: int) -> Iterator[int]:
    """How many race in each of so many rounds."""
    return islice(cycle(SIZES), rounds)


class Racers:
    """Threads that start at the same moment. They and their connections stay from round to round."""

    def __init__(self, app: Flask, pool: ThreadPoolExecutor) -> None:
        self._app = app
        self._pool = pool

    def race(self, action: Callable[[int], Outcome], times: int) -> list[Outcome]:
        """What `action(the racer's number)` gives, done so many times at once."""
        start = Barrier(times)

        def run(number: int) -> Outcome:
            with self._app.app_context():
                start.wait(_SECONDS)
                try:
                    return action(number)
                finally:
                    db.session.remove()

        return list(self._pool.map(run, range(times)))


@contextmanager
def racing(app: Flask, most: int = max(SIZES)) -> Iterator[Racers]:
    """Racers with two connections each, opened beforehand: one for statements, one for units of work."""
    engines: Any = db.engines  # Flask-SQLAlchemy keeps them in a dictionary, one for each name
    usual = engines[None]
    options = app.config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]
    engines[None] = create_engine(usual.url, pool_size=most, max_overflow=0, connect_args=options)
    try:
        with ThreadPoolExecutor(most) as pool:
            racers = Racers(app, pool)
            try:
                racers.race(lambda _: (db.session.connection(), statement_connection()), most)
                yield racers
            finally:
                racers.race(lambda _: drop_statement_connection(), most)
    finally:
        db.session.remove()  # of this thread, which has used the racers' connections too
        engines[None].dispose()
        engines[None] = usual


def winners(
    app: Flask, prepare: Callable[[], Any], use: Callable[[Any, int], Any], sizes: Sequence[int] | Iterator[int]
) -> list[int]:
    """Of each round, of this size, in how many threads `use(what was prepared, the number)` was not refused."""

    def is_let_through(what: Any, number: int) -> bool:
        try:
            use(what, number)
        except PeyvandError:
            return False
        return True

    counted = []
    with racing(app) as racers:
        for size in sizes:
            what = prepare()
            counted.append(sum(racers.race(lambda number, what=what: is_let_through(what, number), size)))  # type: ignore[misc]
    return counted
