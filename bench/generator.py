"""Our own load generator, over raw sockets: `python -m bench.generator '<json>'` prints what came of it as JSON.

Closed loop (each connection asks again when it is answered), or with `rate` a constant number of requests a second,
whatever the answers do: a request that finds no free connection waits, and its waiting counts as latency.
"""

import json
import random
import selectors
import socket
import sys
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STEP = 7  # between the partners that know a member
_MEMBER = 30
_HEAD_END = b"\r\n\r\n"


@dataclass(slots=True)
class _Connection:
    socket: socket.socket
    due: float = 0.0
    answer: bytes = b""


class Tills:
    """Makes requests, each with its own member, key and body."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        self._members = Path(options["members"]).read_text()
        self._line = self._members.index("\n") + 1
        self._count = len(self._members) // self._line
        path = "/v1/earns" if options["kind"] == "earn" else "/v1/redemptions"
        self._heads = [
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{options['port']}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {token}\r\nIdempotency-Key: "
            for token in Path(options["tokens"]).read_text().split()
        ]
        self._random = random.Random(options["seed"])  # noqa: S311 - load, no secrets
        self._asked = 0

    def request(self) -> bytes:
        """The next request."""
        options, draw = self._options, self._random
        self._asked += 1
        index = int(draw.random() * self._count)
        at = index * self._line
        partner = 0
        if options["partner"] != "first":
            partner = (index + STEP * int(draw.random() * options["known"])) % len(self._heads)
        member, card = self._members[at : at + _MEMBER], self._members[at + _MEMBER + 1 : at + self._line - 1]
        rest = f'"currency":"USD","receipt":"{options["seed"]}-{self._asked}"}}'
        if options["kind"] == "earn":
            body = f'{{"member":"{member}","amount_minor":{options["amount"]},{rest}'
        else:
            proof = f'"proof":{{"type":"card","card_number":"{card}"}}'
            body = f'{{"member":"{member}","points":{options["points"]},{proof},{rest}'
        key = f"{draw.getrandbits(64):016x}-{options['seed']}-{self._asked}"
        return f"{self._heads[partner]}{key}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


class Loop:
    """Some connections, until the time is over or so many requests are answered."""

    def __init__(self, options: dict[str, Any]) -> None:
        self._tills = Tills(options)
        self._rate: float | None = options.get("rate")
        self._most: int | None = options.get("most")
        self._seconds: float = options["seconds"]
        self._selector = selectors.DefaultSelector()
        self._free: deque[_Connection] = deque()
        self._failed = 0
        self._latencies: list[float] = []
        for _ in range(options["connections"]):
            opened = socket.create_connection(("127.0.0.1", options["port"]), timeout=10)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = _Connection(opened)
            self._selector.register(opened, selectors.EVENT_READ, connection)
            self._free.append(connection)

    def run(self) -> dict[str, Any]:
        """Send until the end, wait for what is under way, and tell."""
        began = time.perf_counter()
        end, sent, busy = began + self._seconds, 0, 0
        total = len(self._free)
        while True:
            now = time.perf_counter()
            over = now >= end or (self._most is not None and sent >= self._most)
            if over and busy == 0:
                break
            if now > end + 30:
                self._failed += busy
                break
            while self._free and not over:
                due = now if self._rate is None else began + sent / self._rate
                if due > now or due >= end:
                    break
                self._send(self._free.popleft(), due)
                sent += 1
                if self._most is not None and sent >= self._most:
                    break
            wait = 0.05
            if self._rate is not None and self._free and not over:
                wait = max(0.0, min(wait, began + sent / self._rate - time.perf_counter()))
            for key, _ in self._selector.select(wait):
                self._receive(key.data)
            busy = total - len(self._free)
        return self._told(time.perf_counter() - began)

    def _send(self, connection: _Connection, due: float) -> None:
        connection.due = due
        connection.answer = b""
        connection.socket.sendall(self._tills.request())

    def _receive(self, connection: _Connection) -> None:
        chunk = connection.socket.recv(65536)
        if not chunk:
            raise ConnectionError("the server closed a connection")
        connection.answer += chunk
        head, found, body = connection.answer.partition(_HEAD_END)
        if not found:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        if len(body) < int(lower[at : lower.find(b"\r", at) % (len(lower) + 1)]):
            return
        self._latencies.append(time.perf_counter() - connection.due)
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            self._failed += 1
        self._free.append(connection)

    def _told(self, seconds: float) -> dict[str, Any]:
        return {
            "requests": len(self._latencies),
            "seconds": seconds,
            "refused": self._failed,
            "latencies_us": [round(each * 1e6) for each in self._latencies],
        }


def main() -> None:
    """Options as JSON in the first argument."""
    options = json.loads(sys.argv[1])
    json.dump(Loop(options).run(), sys.stdout)


if __name__ == "__main__":
    main()
