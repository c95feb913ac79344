"""A file of earns as a partner hands it in: over HTTP, posted by the workers of an installation."""

import json
import os
import random
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bench.coalition import CURRENCY
from bench.load import Spoiled
from bench.servers import Servers, environment_of
from bench.web import Web

_ASK_EVERY_SECONDS = 0.02
_LONGEST_SECONDS = 300.0
_STOP_SECONDS = 20.0
_tills = count(time.time_ns())


@dataclass(frozen=True, slots=True)
class Posted:
    """How long a file took: until it was taken in, and from then until its last line was posted."""

    rows: int
    upload_seconds: float
    work_seconds: float

    @property
    def rate(self) -> float:
        """Rows a second, all in all."""
        return self.rows / (self.upload_seconds + self.work_seconds)


def post_file(web: Web, members: Sequence[str], rows: int, amount_minor: int) -> Posted:
    """Send so many earns of the first partner's, each of another member while there are enough, and wait for them."""
    body = _earns(members, rows, amount_minor)
    token = web.tokens.read_text().split("\n", 1)[0]
    begun = time.perf_counter()
    batch = _ask(web, token, "/v1/batches", body)
    uploaded = time.perf_counter()
    while batch["completed_at"] is None:
        if time.perf_counter() - uploaded > _LONGEST_SECONDS:
            raise Spoiled(f"a batch is at {batch['done']} of {rows} after {_LONGEST_SECONDS:.0f} seconds")
        time.sleep(_ASK_EVERY_SECONDS)
        batch = _ask(web, token, f"/v1/batches/{batch['id']}")
    done = time.perf_counter()
    if batch["posted"] != rows:
        raise Spoiled(f"batch: {batch['posted']} of {rows} posted, {batch['refused']} refused")
    return Posted(rows, uploaded - begun, done - uploaded)


@contextmanager
def workers(servers: Servers, database: str, number: int) -> Iterator[list[int]]:
    """So many `network worker` on a database, until the block ends; their process ids."""
    environment = environment_of(replace(servers.settings, database_url=servers.url(database)))
    with ExitStack() as stack:
        log = stack.enter_context((servers.settings.state_folder / "workers.log").open("w"))
        started = []
        for _ in range(number):
            command = [sys.executable, "-m", "network", "worker"]
            process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log)
            stack.callback(_end, process)
            started.append(process.pid)
        yield started


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _earns(members: Sequence[str], rows: int, amount_minor: int) -> bytes:
    """Lines as a till's software would write them, members in no order."""
    till, at = f"T{next(_tills)}", datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    told = random.sample(members, min(rows, len(members)))
    lines = []
    for number in range(rows):
        line = {
            "till": till,
            "sequence": number,
            "operation": "earn",
            "member": told[number % len(told)],
            "amount_minor": amount_minor,
            "currency": CURRENCY,
            "occurred_at": (at - timedelta(seconds=number)).isoformat().replace("+00:00", "Z"),
            "receipt": f"R-{number}",
        }
        lines.append(json.dumps(line))
    return "\n".join(lines).encode()


def _ask(web: Web, token: str, path: str, body: bytes | None = None) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers |= {"Content-Type": "application/x-ndjson", "Idempotency-Key": f"bench-{next(_tills)}"}
    request = urllib.request.Request(f"http://127.0.0.1:{web.port}{path}", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
        told: dict[str, object] = json.load(answer)
    return told
