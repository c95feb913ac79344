"""Writes that are committed in another order than they began, while cuts run and cycles close: each is cleared once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import pytest

from tests.end_to_end._processes import ROOT, Installation, wait_until
from tests.end_to_end._straggler import POINTS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are found in /proc")

_WRITERS, _SETTLERS = 4, 2
_ENTRIES = "SELECT count(*) FROM journal"
_MOVEMENTS = "SELECT posted_at, xid, kind, points FROM movement WHERE kind IN ('issue', 'draw')"
_CYCLES = "SELECT name, ends_at, closed_at_xid, state FROM cycle ORDER BY starts_at"
_FOLDED = """
SELECT name, kind, sum(points)::bigint AS points, sum(movements)::bigint AS movements
FROM clearing_slice JOIN cycle USING (cycle_id) GROUP BY name, kind
"""
_POSTED = """
SELECT coalesce(sum(points) FILTER (WHERE operation = 'earn'), 0)::bigint AS earned,
       coalesce(sum(points) FILTER (WHERE operation = 'redemption'), 0)::bigint AS burned, count(*) AS writes
FROM journal
"""
_REASON = "SELECT state, coalesce(waiting_reason, '') AS reason FROM cycle WHERE name = %s"
_UNFOLDED = "SELECT count(*) FROM movement WHERE xid >= (SELECT next_xid FROM settlement_horizon)"
_UNSTATED = "SELECT count(*) FROM cycle WHERE ends_at <= (SELECT frozen_at FROM network_clock) AND state <> 'stated'"


@pytest.mark.slow
@pytest.mark.parametrize("writes", [5_000, pytest.param(50_000, marks=pytest.mark.storm)])
def test_cuts_beside_stragglers_lose_no_write_and_count_none_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    monkeypatch.setenv("PEYVAND_PG_SETTINGS", "max_prepared_transactions=5")  # for the servers that it is to hold
    share = writes // 4 // _WRITERS
    with Installation(tmp_path) as installation, ExitStack() as programs:
        installation.hold()
        writers = [programs.enter_context(_Program("_writer", installation, code)) for code in _partners(installation)]
        assert [writer.answer() for writer in writers] == ["ready"] * _WRITERS
        settlers = [programs.enter_context(_Program("_settler", installation)) for _ in range(_SETTLERS)]

        with _open(installation) as named:
            _write_over_the_end_of(installation, "2017-01", writers, share, named)
        with _prepared(installation, "forgotten", "COMMIT") as named:
            _write_over_the_end_of(installation, "2017-02", writers, share, named)
        with _prepared(installation, "given up", "ROLLBACK") as named:
            _write_over_the_end_of(installation, "2017-03", writers, share, named)
        _write_over_the_end_of(installation, "2017-04", writers, share)
        told = [json.loads(writer.end()) for writer in writers]

        wait_until(lambda: not installation.value(_UNFOLDED), "movements aren't folded")
        wait_until(lambda: not installation.value(_UNSTATED), "cycles aren't stated")
        assert min(int(settler.end()) for settler in settlers) >= 5
        _check_what_was_committed_is_there(installation, told)
        _check_everything_is_cleared_once(installation)
        installation.check()
    assert sum(each["rolled_back"]["writes"] for each in told)


def _check_what_was_committed_is_there(installation: Installation, told: list[dict[str, Any]]) -> None:
    """And two of the stragglers, but nothing of what was rolled back."""
    committed: Counter[str] = Counter()
    for each in told:
        committed.update(each["committed"])
    committed.update({"writes": 2, "earned": 2 * POINTS})
    assert installation.rows(_POSTED) == [dict(committed)]


def _check_everything_is_cleared_once(installation: Installation) -> None:
    """Each cycle's sums are those of its own movements: of its month, unless they came after its close."""
    cycles = installation.rows(_CYCLES)
    points: Counter[tuple[str, str]] = Counter()
    movements: Counter[tuple[str, str]] = Counter()
    for row in installation.rows(_MOVEMENTS):
        cycle = next(
            each
            for each in cycles
            if row["posted_at"] < each["ends_at"]
            and (each["closed_at_xid"] is None or row["xid"] < each["closed_at_xid"])
        )
        key = cycle["name"], row["kind"]
        points[key] += row["points"]
        movements[key] += 1
    folded = {(row["name"], row["kind"]): (row["points"], row["movements"]) for row in installation.rows(_FOLDED)}
    assert folded == {key: (points[key], movements[key]) for key in movements}
    assert {name for name, _ in folded} >= {f"USD 2017-0{month}" for month in (1, 2, 3, 4)}
    cuts = installation.rows("SELECT from_xid, to_xid, movements FROM settlement_cut ORDER BY to_xid")
    assert sum(cut["movements"] for cut in cuts) == sum(movements.values())
    assert all(later["from_xid"] >= earlier["to_xid"] for earlier, later in pairwise(cuts))


def _write_over_the_end_of(
    installation: Installation, month: str, writers: list[_Program], share: int, straggler: str | None = None
) -> None:
    """Amid the writing the month ends. If there is a straggler, the close waits for it, and says so."""
    half = installation.value(_ENTRIES) + share * len(writers) // 2
    for writer in writers:
        writer.ask(str(share))
    wait_until(lambda: installation.value(_ENTRIES) >= half, "nobody writes")
    year, number = month.split("-")
    installation.stand_clock_at(f"{year}-{int(number) + 1:02d}-02T12:00:00Z")
    if straggler:
        _wait_until_close_names(installation, f"USD {month}", straggler)
    assert [writer.answer() for writer in writers] == ["written"] * len(writers)


def _wait_until_close_names(installation: Installation, cycle: str, straggler: str) -> None:
    told: list[dict[str, Any]] = []

    def is_named() -> bool:
        told[:] = installation.rows(_REASON, cycle)
        return straggler in told[0]["reason"]

    wait_until(is_named, f"the close doesn't name the {straggler}", lambda: str(told))
    assert told[0]["state"] == "open"


def _partners(installation: Installation) -> list[str]:
    return [client.code for client in installation.found(_WRITERS)]


@contextmanager
def _open(installation: Installation) -> Iterator[str]:
    """A transaction that is open as long as the block runs, then commits; its name."""
    with _Program("_straggler", installation, "open") as straggler:
        yield f"session {straggler.answer()} "
        straggler.end()


@contextmanager
def _prepared(installation: Installation, name: str, ends_with: str) -> Iterator[str]:
    """A prepared transaction that is ended after the block; its name."""
    with _Program("_straggler", installation, "prepared", name) as straggler:
        straggler.answer()
        straggler.end()
    yield f"prepared transaction '{name}'"
    with installation.database() as connection:
        connection.execute(f"{ends_with} PREPARED '{name}'")


class _Program:
    """A program of this folder that is spoken to line by line."""

    def __init__(self, name: str, installation: Installation, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"tests.end_to_end.{name}", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=installation.environment,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.communicate()

    def ask(self, line: str) -> None:
        assert self._process.stdin
        print(line, file=self._process.stdin, flush=True)

    def answer(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def end(self) -> str:
        """The end of its input; its last words."""
        said, _ = self._process.communicate(timeout=120)
        assert self._process.returncode == 0
        return said
