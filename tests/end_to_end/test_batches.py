"""Files of lines in an installation of processes: killed anywhere, and larger than the memory that they take."""

import random
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import network
from tests.end_to_end._processes import Installation, Process, send, victims_of, wait_until
from tests.end_to_end._till import Request, Till, batch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="processes are counted in /proc"),
]

_HORSE_KILLED = "terminated unexpectedly"
_MIB = 1024  # KiB
_SOURCES = Path(str(network.__file__)).parent / "batches"
_LINES = 5_000


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with Installation(tmp_path) as made:
        yield made


class Partner:
    """A partner with some members, and the files of its tills."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        (client,) = installation.found(1)
        self.till: Till = installation.till(client)
        self._members = [self.till.enrol()["id"] for _ in range(20)]
        self.files = 0

    def send(self, lines: int = _LINES) -> str:
        """Hand in a file of earns of ten points, the last a return of the first; its id."""
        self.files += 1
        name = f"F{self.files}"
        usual = {"till": name, "operation": "earn", "amount_minor": 1000, "currency": "USD"}
        told: list[dict[str, Any]] = [
            {**usual, "sequence": n, "member": self._members[n % 20], "occurred_at": "2017-01-09T12:00:00Z"}
            for n in range(lines - 1)
        ]
        first = {"till": name, "sequence": 0}
        told.append({"till": name, "sequence": lines, "operation": "reversal", "of": first})
        reply = self.till.insist(batch(told, name))
        assert reply.status == 202, reply
        return str(reply.json["id"])

    def wait_for(self, batch_id: str, lines: int = _LINES) -> None:
        """Until the file is posted, each of its lines once."""

        def told() -> dict[str, Any]:
            found: dict[str, Any] = self.till.insist(Request(f"/v1/batches/{batch_id}", b"")).json
            return found

        wait_until(lambda: told()["completed_at"], "a batch isn't completed", lambda: str(told()), seconds=240)
        assert (told()["posted"], told()["duplicates"], told()["refused"]) == (lines, 0, 0)

    def entries(self) -> int:
        """Of the whole journal."""
        return int(self.installation.value("SELECT count(*) FROM journal"))

    def verify(self) -> None:
        """Every line made an entry, and no line two."""
        value = self.installation.value
        earns = value("SELECT count(*) FROM journal WHERE operation = 'earn'")
        assert earns == self.files * (_LINES - 1)
        assert value("SELECT count(*) FROM journal WHERE operation = 'earn_reversal'") == self.files
        assert value("SELECT sum(available) FROM wallet") == 10 * (earns - self.files)
        self.installation.check()


def failpoints() -> list[str]:
    code = "".join(path.read_text() for path in sorted(_SOURCES.rglob("*.py")))
    return sorted(re.findall(r'failpoint\("(batches\.\w+)"\)', code))


def test_a_worker_killed_at_any_step_of_a_batch_leaves_it_whole_to_the_next_one(installation: Installation) -> None:
    names = failpoints()
    assert len(names) >= 3
    installation.serve()
    partner = Partner(installation)
    scheduler = installation.start("scheduler")
    for name in names:
        armed = installation.start("worker", failpoint=name)
        batch_id = partner.send()
        wait_until(lambda armed=armed: _HORSE_KILLED in armed.said(), f"nobody died at {name}", armed.said)  # type: ignore[misc]
        armed.kill()
        worker = installation.start("worker")
        partner.wait_for(batch_id)
        worker.kill()
    assert scheduler.status is None, scheduler.said()
    partner.verify()


def test_whatever_is_killed_while_a_batch_is_worked_on_each_line_is_posted_once(installation: Installation) -> None:
    up = installation.start("up", "--port", str(installation.port), "--workers", "2", "--web", "1")
    installation.wait_until_up(up)
    partner, dice = Partner(installation), random.Random(20_170_101)
    for kind in ("worker", "postgres", "valkey", "scheduler", "worker", "granian", "worker"):
        batch_id = partner.send()
        before = partner.entries()
        wait_until(lambda before=before: partner.entries() > before, "no part is posted", up.said)  # type: ignore[misc]
        wait_until(lambda kind=kind: kind in victims_of(installation, up), f"there is no {kind}", up.said)  # type: ignore[misc]
        send(dice.choice(victims_of(installation, up)[kind]), signal.SIGKILL)
        partner.wait_for(batch_id)
    assert up.status is None, up.said()
    partner.verify()


def test_memory_does_not_grow_with_the_file(installation: Installation) -> None:
    web, worker = installation.serve(), installation.start("worker")
    partner = Partner(installation)
    small, large = 4 * _MIB, 96 * _MIB
    for size in (small, small):
        _send_bulk(partner, size)
    before = _peak(web), _peak(worker)
    _send_bulk(partner, large)
    after = _peak(web), _peak(worker)
    assert after[0] - before[0] < 64 * _MIB, (before, after)
    assert after[1] - before[1] < 32 * _MIB, (before, after)


def _send_bulk(partner: Partner, kib: int) -> None:
    """Hand in a file of so many KiB whose lines are refused, each for an unknown currency; wait for its end."""
    partner.files += 1
    line = f'{{"till":"B{partner.files}","sequence":%d,"operation":"earn","member":"mbr_{"0" * 26}",{" " * 700}'
    line += '"amount_minor":1,"currency":"USD","occurred_at":"2017-01-09T12:00:00Z"}\n'
    body = b"".join((line % number).encode() for number in range(kib))  # a line is somewhat less than one
    reply = partner.till.insist(Request("/v1/batches", body, f"B{partner.files}", "application/x-ndjson"), 240)
    assert reply.status == 202, reply
    told: Any = {}

    def is_done() -> bool:
        nonlocal told
        told = partner.till.insist(Request(f"/v1/batches/{reply.json['id']}", b"")).json
        return told["completed_at"] is not None

    wait_until(is_done, "a batch isn't completed", lambda: str(told), seconds=240)
    assert told["refused"] == kib


def _peak(process: Process) -> int:
    """KiB of the largest process that this command runs, at its largest."""
    peaks = []
    for pid in process.members():
        told = Path(f"/proc/{pid}/status").read_text()
        peaks += [int(found) for found in re.findall(r"VmHWM:\s+(\d+) kB", told)]
    return max(peaks)
