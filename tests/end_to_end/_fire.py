"""Many clients at once, every request sent twice: the program that test_fire.py runs in several processes.

Reads its orders as JSON from standard input, and writes what it saw as JSON: operations by outcome, the keys that were
accepted and refused, and every pair whose replies differ.
"""

import json
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.end_to_end._till import Client, Reply, Request, Till, balance, earn, quote, redemption

_MOST_POINTS = 400  # of a burn: now and then more than there is, so that some are refused


@dataclass
class Seen:
    """What one client saw."""

    replies: Counter[str] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)

    def add(self, other: "Seen") -> None:
        self.replies += other.replies
        self.accepted += other.accepted
        self.refused += other.refused
        self.strange += other.strange


def fire(till: Till, members: list[dict[str, Any]], name: str, until: float, least: int) -> Seen:
    """Send one request after the other, and its twin with it or just after, until the time is up.

    Goes on to `least` requests if they are not reached by then, for the other tests may share the machine.
    """
    dice, seen, number = random.Random(name), Seen(), 0
    while time.time() < until or number < least:
        number += 1
        member, kind, key = dice.choice(members), dice.random(), f"{name}-{number}"
        if kind < 0.50:
            _fire_keyed(till, earn(member, dice.randint(100, 20_000), key), dice, seen)
        elif kind < 0.94:
            _fire_keyed(till, redemption(member, dice.randint(1, _MOST_POINTS), key), dice, seen)
        else:
            reads = quote(member, 1250) if kind < 0.97 else balance(member)
            _fire_read(till, reads, seen)
    return seen


def _fire_keyed(till: Till, request: Request, dice: random.Random, seen: Seen) -> None:
    if dice.random() < 0.5:
        first, second = till.send_twins(request)
    else:
        first, second = till.send(request), till.send(request)
    seen.replies[f"{request.path} {first.status}"] += 1
    if (first.status, first.body) != (second.status, second.body):
        seen.strange.append(f"{request.key}: {first} differs from {second}")
    assert request.key is not None
    if first.status == 201:
        seen.accepted.append(request.key)
    else:
        seen.refused.append(request.key)
        if first.status != 402:
            seen.strange.append(f"{request.key}: {first}")


def _fire_read(till: Till, request: Request, seen: Seen) -> None:
    replies: tuple[Reply, Reply] = till.send_twins(request)
    for reply in replies:
        seen.replies[f"reads {reply.status}"] += 1
        if reply.status != 200:
            seen.strange.append(f"{request.path}: {reply}")


def main() -> None:
    orders = json.load(sys.stdin)
    clients = [Client(**each) for each in orders["clients"]]
    total, lock = Seen(), threading.Lock()
    sys.setswitchinterval(0.001)

    def run(number: int) -> None:
        till = Till(orders["url"], clients[number % len(clients)])
        seen = fire(till, orders["members"], f"{orders['name']}-{number}", orders["until"], orders["least"])
        till.close()
        with lock:
            total.add(seen)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(orders["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cpu_seconds = time.process_time()
    json.dump({**vars(total), "cpu_seconds": cpu_seconds}, sys.stdout)


if __name__ == "__main__":
    main()
