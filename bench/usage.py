"""Processor time and memory of processes, as Linux tells them; None where it doesn't."""

import os
import resource
from dataclasses import dataclass
from pathlib import Path

import psycopg

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Used:
    """Seconds of processor time since the processes began."""

    web: float
    postgres: float


def used(web_process: int | None, postmaster: int) -> Used | None:
    """What the trees of both processes have used so far."""
    if not _PROC.is_dir():
        return None
    children = _children()
    return Used(0.0 if web_process is None else _tree(web_process, children), _tree(postmaster, children))


def children_seconds() -> float:
    """Processor time of our own children that have ended: load generators."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def postmaster_of(connection: psycopg.Connection) -> int:
    """The process that all backends of the server descend from; 0 where it is on another machine."""
    row = connection.execute("SELECT pg_backend_pid()").fetchone()
    stat = _stat(row[0]) if row else None
    return int(stat[1]) if stat else 0


def resident_kib(process_id: int) -> int:
    """Resident memory of one process."""
    for line in (_PROC / str(process_id) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def workers_of(web_process: int) -> list[int]:
    """The processes below the web server's own that answer requests: the ones that hold most memory."""
    below = _below(web_process, _children())
    return [each for each in below if resident_kib(each) > 40_000]


def _tree(root: int, children: dict[int, list[int]]) -> float:
    ticks = 0
    for process_id in (root, *_below(root, children)):
        stat = _stat(process_id)
        if stat:
            ticks += int(stat[11]) + int(stat[12]) + int(stat[13]) + int(stat[14])
    return ticks / os.sysconf("SC_CLK_TCK")


def _below(root: int, children: dict[int, list[int]]) -> list[int]:
    found = []
    for child in children.get(root, []):
        found += [child, *_below(child, children)]
    return found


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit() and (stat := _stat(int(entry.name))):
            children.setdefault(int(stat[1]), []).append(int(entry.name))
    return children


def _stat(process_id: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat from the state on: state, parent, ..."""
    try:
        return (_PROC / str(process_id) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
