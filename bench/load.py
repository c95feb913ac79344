"""Load from tills: `Load` says what, `run` sends it and tells what came of it. Any refused request spoils the run."""

import itertools
import json
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bench.plan import Plan
from bench.web import Web

_GRACE_SECONDS = 60
_THREADS = 2
_seeds = itertools.count(time.time_ns() // 1_000_000)  # keys of one run never meet those of another


class Spoiled(RuntimeError):
    """Requests were refused or broken: the round measured something else."""


@dataclass(frozen=True, slots=True)
class Load:
    """What the tills send. `partner`: `spread` over those that know the member, or all from the `first` one."""

    kind: str
    partner: str = "spread"
    known: int = 3
    amount_minor: int = 1000
    points: int = 250


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a round. Latencies in ms."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def closed_loop(web: Web, load: Load, plan: Plan, *, connections: int, seconds: float) -> Outcome:
    """Each connection asks again as soon as it is answered. By wrk, or by our own generator without it."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return _by_generator(web, load, connections=connections, seconds=seconds)
    arguments = {
        "kind": load.kind,
        "members": web.members,
        "tokens": web.tokens,
        "known": load.known,
        "partner": load.partner,
        "amount": load.amount_minor,
        "points": load.points,
        "seed": next(_seeds),
    }
    threads = min(_THREADS, connections)
    command = [wrk, f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s"]
    command += ["-s", str(Path(__file__).with_name("till.lua")), f"http://127.0.0.1:{web.port}", "--"]
    command += [f"{name}={value}" for name, value in arguments.items()]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + _GRACE_SECONDS)
    told = json.loads(done.stdout.splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise Spoiled(f"{load.kind}: {told['refused']} refused, {told['broken']} broken of {told['requests']}")
    return Outcome(told["requests"], told["seconds"], told["p50_ms"], told["p99_ms"])


def own_closed_loop(web: Web, load: Load, *, connections: int, seconds: float) -> Outcome:
    """The same by our own generator, wrk or not: a peak of what `constant_rate` then asks a part of."""
    return _by_generator(web, load, connections=connections, seconds=seconds)


def constant_rate(
    web: Web, load: Load, *, rate: float, connections: int, seconds: float, processes: int = 2
) -> Outcome:
    """So many requests a second, whatever the answers do; latency counts from when a request was due."""
    return _by_generator(web, load, connections=connections, seconds=seconds, rate=rate, processes=processes)


def so_many(web: Web, load: Load, *, requests: int, connections: int, seconds: float) -> Outcome:
    """So many requests in a closed loop, in at most so many seconds."""
    outcome = _by_generator(web, load, connections=connections, seconds=seconds, most=requests, processes=1)
    if outcome.requests < requests:
        raise Spoiled(f"{load.kind}: {outcome.requests} of {requests} requests in {seconds:.0f} seconds")
    return outcome


def _by_generator(
    web: Web,
    load: Load,
    *,
    connections: int,
    seconds: float,
    rate: float | None = None,
    most: int | None = None,
    processes: int = 2,
) -> Outcome:
    processes = min(processes, connections)
    options = {
        "port": web.port,
        "kind": load.kind,
        "members": str(web.members),
        "tokens": str(web.tokens),
        "known": load.known,
        "partner": load.partner,
        "amount": load.amount_minor,
        "points": load.points,
        "connections": connections // processes,
        "seconds": seconds,
        "rate": rate and rate / processes,
        "most": most and most // processes,
    }
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.generator", json.dumps(options | {"seed": next(_seeds)})],
            cwd=Path(__file__).resolve().parents[1],
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    try:
        told = [json.loads(process.communicate(timeout=seconds + _GRACE_SECONDS)[0] or "null") for process in running]
    finally:
        for process in running:
            if process.poll() is None:
                process.kill()
                process.wait()
    if any(each is None or each["refused"] for each in told):
        raise Spoiled(f"{load.kind}: {sum(each['refused'] for each in told if each)} refused, or a generator ended")
    latencies = sorted(latency for each in told for latency in each["latencies_us"])
    requests = len(latencies)
    return Outcome(
        requests,
        max(each["seconds"] for each in told),
        latencies[requests // 2] / 1000,
        latencies[min(requests - 1, requests * 99 // 100)] / 1000,
    )
