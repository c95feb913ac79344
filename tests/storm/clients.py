"""Tills in the storm: every operation, each request sent twice under its key, and again until it is answered.

`python -m tests.storm.clients` reads its orders as JSON from standard input, and writes what it saw as JSON.
"""

import hashlib
import json
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any

from tests.end_to_end._till import Client, Reply, Request, Till
from tests.storm.term import Term

PATIENCE_SECONDS = 240.0  # until a service that is killed again and again has answered
_LOST = (OSError, HTTPException)
_KEPT = (201, 402, 409)  # answers that are kept under their key, to the last byte
_LATE = 25  # requests of each till that are sent once more when all is over
_MOST_REMEMBERED = 40
_MOST_LINES = 30


@dataclass
class Seen:
    """What the tills saw. `accepted`: by key, what was done and how the answer names it; `batches`: by id, how many
    lines they had.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    accepted: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)
    late: int = 0
    batches: dict[str, int] = field(default_factory=dict)

    def add(self, other: "Seen") -> None:
        self.outcomes += other.outcomes
        self.accepted |= other.accepted
        self.refused += other.refused
        self.strange += other.strange
        self.lost += other.lost
        self.late += other.late
        self.batches |= other.batches


class Stubborn:
    """One till that does not give up."""

    def __init__(self, url: str, client: Client, members: list[dict[str, Any]], name: str) -> None:
        self.seen = Seen()
        self._till = Till(url, client)
        self._dice = random.Random(f"{name} {time.time()}")
        self._name = name
        self._members = list(members)
        self._number = 0
        self._now = ""  # the network's time, as the last answer told it
        self._earns: list[dict[str, Any]] = []
        self._burns: list[dict[str, Any]] = []
        self._holds: list[dict[str, Any]] = []
        self._answered: list[tuple[Request, int, bytes]] = []

    def work(self, term: Term, least: int) -> None:
        """One operation after the other, until the storm is over and `least` have been done."""
        verbs = [*_WEIGHTS]
        while not term.is_over or self._number < least:
            getattr(self, self._dice.choices(verbs, [*_WEIGHTS.values()])[0])()
        for request, status, digest in self._dice.sample(self._answered, min(_LATE, len(self._answered))):
            again = self._insist(request)
            self.seen.late += 1
            if (again.status, _digest(again)) != (status, digest) or not again.replayed:
                self.seen.strange.append(f"{request.key}, much later: {again} instead of a {status}")
        self._till.close()

    def enrol(self) -> None:
        made = self._do("enrol", "/v1/members", {})
        if made:
            self._members = [*self._members[-_MOST_REMEMBERED:], made]

    def earn(self) -> None:
        amount = self._dice.randint(100, 20_000)
        body = {"member": self._member()["id"], "amount_minor": amount, "currency": "USD"}
        if self._dice.random() < 0.3:
            body["lines"] = [amount // 2, amount - amount // 2]
        self._keep(self._earns, self._do("earn", "/v1/earns", body | self._late_by(60)))

    def redeem(self) -> None:
        self._keep(self._burns, self._do("redeem", "/v1/redemptions", self._burn()))

    def authorise(self) -> None:
        """Points are held, and mostly paid with or given back at once: a hold of a week is over in a second."""
        body = self._burn() | {"capture": False, "hold_seconds": self._dice.choice([60, 86_400, 604_800])}
        self._keep(self._holds, self._do("authorise", "/v1/redemptions", body))
        if self._dice.random() < 0.7:
            (self.void if self._dice.random() < 0.3 else self.capture)()

    def capture(self) -> None:
        if hold := self._take(self._holds):
            points = self._dice.randint(1, hold["points"])
            body = {} if self._dice.random() < 0.5 else {"points": points}
            self._keep(self._burns, self._do("capture", f"/v1/redemptions/{hold['id']}/capture", body))

    def void(self) -> None:
        if hold := self._take(self._holds):
            self._do("void", f"/v1/redemptions/{hold['id']}/void", {})

    def reverse_redemption(self) -> None:
        if self._burns:
            burned = self._dice.choice(self._burns)
            body = {} if self._dice.random() < 0.3 else {"points": self._dice.randint(1, burned["points"])}
            self._do("reverse_redemption", f"/v1/redemptions/{burned['id']}/reverse", body)

    def reverse_earn(self) -> None:
        if self._earns:
            bought, way = self._dice.choice(self._earns), self._dice.random()
            amount = self._dice.randint(1, bought["amount_minor"])
            body: dict[str, Any] = {} if way < 0.4 else {"lines": [1]} if way < 0.6 else {"amount_minor": amount}
            self._do("reverse_earn", f"/v1/earns/{bought['id']}/reverse", body)

    def batch(self) -> None:
        """A file of a till that was offline: purchases, and some of them taken back."""
        self._number += 1
        key = f"{self._name}-{self._number}"
        lines = [
            {
                "till": key,
                "sequence": number,
                "operation": "earn",
                "member": self._member()["id"],
                "amount_minor": self._dice.randint(100, 5_000),
                "currency": "USD",
                "occurred_at": self._now or "2017-01-10T12:00:00Z",
                "receipt": f"line-{key}-{number}",
            }
            for number in range(1, self._dice.randint(2, _MOST_LINES))
        ]
        number = len(lines) + 1
        of = {"till": key, "sequence": 1}
        lines.append(
            {"till": key, "sequence": number, "operation": "reversal", "of": of, "receipt": f"line-{key}-{number}"}
        )
        body = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        first, second = self._twice(Request("/v1/batches", body, key, "application/x-ndjson"))
        self.seen.outcomes[f"batch {first.status}"] += 1
        if first.status != 202 or (first.status, first.body) != (second.status, second.body):
            self.seen.strange.append(f"{key}: {first} and {second}")
        else:
            self.seen.batches[first.json["id"]] = len(lines)

    def quote(self) -> None:
        body = {"member": self._member()["id"], "amount_minor": 1_250, "currency": "USD", "points": 5}
        self._read("quote", Request("/v1/quotes", json.dumps(body).encode()))

    def balance(self) -> None:
        self._read("balance", Request(f"/v1/members/{self._member()['id']}/balance", b""))

    def _burn(self) -> dict[str, Any]:
        member = self._member()
        proof = {"type": "card", "card_number": member["card_number"]}
        body = {"member": member["id"], "points": self._dice.randint(1, 300), "currency": "USD", "proof": proof}
        return body | ({"source": "pool"} if self._dice.random() < 0.15 else {})

    def _late_by(self, days: int) -> dict[str, str]:
        """A till that was offline for a while."""
        if not self._now or self._dice.random() < 0.8:
            return {}
        return {
            "occurred_at": (datetime.fromisoformat(self._now) - timedelta(days=self._dice.randint(1, days))).isoformat()
        }

    def _member(self) -> dict[str, Any]:
        return self._dice.choice(self._members)

    def _keep(self, where: list[dict[str, Any]], made: dict[str, Any] | None) -> None:
        if made:
            where.append(made)
            del where[:-_MOST_REMEMBERED]

    def _take(self, where: list[dict[str, Any]]) -> dict[str, Any] | None:
        """The latest mostly, so that it is still there."""
        return where.pop(-1 if self._dice.random() < 0.9 else 0) if where else None

    def _do(self, verb: str, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Ask twice under one key; the answers must be one. What was made, if it was."""
        self._number += 1
        key = f"{self._name}-{self._number}"
        told = body if verb == "enrol" else body | {"receipt": key}
        first, second = self._twice(Request(path, json.dumps(told).encode(), key))
        code = "" if first.status == 201 else str(first.json.get("code"))
        self.seen.outcomes[f"{verb} {first.status} {code}".strip()] += 1
        # what was not valid is not kept: months later it may be refused for another reason
        both_refused = 201 not in (first.status, second.status)
        both_kept = first.status in _KEPT and second.status in _KEPT
        if (first.status, first.body) != (second.status, second.body) and (both_kept or not both_refused):
            self.seen.strange.append(f"{key}: {first} differs from {second}")
        if first.status in _KEPT:
            self._answered.append((Request(path, json.dumps(told).encode(), key), first.status, _digest(first)))
            del self._answered[:-200]
        if first.status != 201:
            self.seen.refused.append(key)
            return None
        made: dict[str, Any] = first.json
        self.seen.accepted[key] = verb, made["id"]
        self._now = made.get("posted_at", self._now)
        return made

    def _read(self, verb: str, request: Request) -> None:
        for reply in self._twice(request):
            self.seen.outcomes[f"{verb} {reply.status}"] += 1
            if reply.status not in (200, 404, 409):
                self.seen.strange.append(f"{request.path}: {reply}")

    def _twice(self, request: Request) -> tuple[Reply, Reply]:
        """Both at once, or one after the other; each until it is answered."""
        replies: list[Reply] = []
        if self._dice.random() < 0.5:
            try:
                replies = [reply for reply in self._till.send_twins(request) if self._is_answer(reply)]
            except _LOST as failure:
                self._till.close()
                self.seen.lost[type(failure).__name__] += 1
        while len(replies) < 2:
            replies.append(self._insist(request))
        return replies[0], replies[1]

    def _insist(self, request: Request) -> Reply:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            try:
                reply = self._till.send(request)
                if self._is_answer(reply):
                    return reply
            except _LOST as failure:
                self._till.close()
                self.seen.lost[type(failure).__name__] += 1
            time.sleep(self._dice.uniform(0.02, 0.3))
        raise AssertionError(f"{request.path} {request.key} is not answered in {PATIENCE_SECONDS} s")

    def _is_answer(self, reply: Reply) -> bool:
        if reply.status < 500:
            return True
        self.seen.lost[str(reply.status)] += 1
        if reply.status != 503:
            self.seen.strange.append(str(reply))
        return False


_WEIGHTS = {
    "earn": 30,
    "redeem": 20,
    "authorise": 20,
    "capture": 2,
    "void": 1,
    "reverse_redemption": 8,
    "reverse_earn": 6,
    "batch": 3,
    "enrol": 1,
    "quote": 2,
    "balance": 2,
}


def _digest(reply: Reply) -> bytes:
    return hashlib.sha256(reply.body).digest()


def main() -> None:
    orders = json.load(sys.stdin)
    clients = [Client(**each) for each in orders["clients"]]
    total, lock, failures = Seen(), threading.Lock(), []

    def run(number: int) -> None:
        till = Stubborn(orders["url"], clients[number % len(clients)], orders["members"], f"{orders['name']}-{number}")
        try:
            till.work(Term(**orders["term"]), orders["least"])
        except BaseException as failure:  # told with the rest
            failures.append(f"{type(failure).__name__}: {failure}")
        with lock:
            total.add(till.seen)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(orders["threads"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total.strange += failures
    json.dump(vars(total), sys.stdout)


if __name__ == "__main__":
    main()
