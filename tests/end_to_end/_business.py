"""Months of the same business: what partners and members do again and again, and how a month must have been settled."""

import itertools
import threading
import time
import uuid
from typing import Any

from tests.end_to_end._processes import Installation, wait_until
from tests.end_to_end._till import Reply, Request, Till, earn, redemption

_STATED = "SELECT count(*) FROM cycle WHERE name = %s AND state = 'stated'"
_LINES = """
SELECT l.version, l.leg, i.code AS issuer, r.code AS redeemer, l.points, l.amount_minor
FROM settlement_line l JOIN cycle c USING (cycle_id)
LEFT JOIN partner i ON i.partner_id = l.issuer_id LEFT JOIN partner r ON r.partner_id = l.redeemer_id
WHERE c.name = %s ORDER BY 1, 2, 3, 4
"""
_ONCE = """
SELECT (SELECT count(*) FROM settlement_cut s WHERE s.closes_cycle_id = c.cycle_id) AS cuts,
       (SELECT count(*) FROM statement s WHERE s.cycle_id = c.cycle_id) AS statements,
       (SELECT count(DISTINCT partner_id) FROM statement s WHERE s.cycle_id = c.cycle_id) AS partners,
       (SELECT sum(movements)::int FROM clearing_slice s WHERE s.cycle_id = c.cycle_id) AS movements
FROM cycle c WHERE c.name = %s
"""


class Business:
    """Two partners and a member in months from January 2017 on; each month earns and burns the same."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.tills = [installation.till(client) for client in installation.found(2)]
        self.member = self.tills[0].enrol()
        self.tills[1].recognise(self.member)
        self._months = itertools.count(1)
        self.month = ""
        self.begin_month()

    def begin_month(self) -> None:
        """Move the clock into the next month: the one before is due now."""
        number = next(self._months)
        self.month = f"2017-{number:02d}"
        self.installation.stand_clock_at(f"{self.month}-02T12:00:00Z")

    def trade(self) -> None:
        """Earn at both partners, burn all of it at the second."""
        first, second = self.tills
        for till, request in (
            (first, earn(self.member, 50_000, _key())),
            (second, earn(self.member, 10_000, _key())),
            (second, redemption(self.member, 500, _key())),
            (first, redemption(self.member, 100, _key())),
        ):
            reply = till.insist(request)
            assert reply.status == 201, reply

    def wait_until_stated(self, month: str) -> None:
        name = f"USD {month}"
        told = "SELECT name, state, waiting_reason FROM cycle ORDER BY starts_at"
        wait_until(
            lambda: self.installation.value(_STATED, name),
            f"{name} isn't stated",
            lambda: str(self.installation.rows(told)),
            seconds=100,
        )

    def settled(self, month: str) -> list[tuple[Any, ...]]:
        """The lines of a month, which has been closed once: one cut, one netting, a statement for each partner."""
        (once,) = self.installation.rows(_ONCE, f"USD {month}")
        assert once == {"cuts": 1, "statements": 2, "partners": 2, "movements": 4}, (month, once)
        return [tuple(row.values()) for row in self.installation.rows(_LINES, f"USD {month}")]


class Traffic:
    """Members who earn and burn all the time, and tills that ask under the same key until they are answered."""

    def __init__(self, installation: Installation, tills: int = 4, members: int = 3) -> None:
        self.installation = installation
        clients = installation.found(2)
        self._tills = [installation.till(clients[number % 2]) for number in range(tills)]
        self._members = [self._tills[0].enrol() for _ in range(members)]
        for member in self._members:
            self._tills[1].recognise(member)
        for member in self._members:
            assert self._tills[0].send(earn(member, 100_000_00, _key())).status == 201
        self.first_entries = members
        self.answers: list[tuple[Till, Request, Reply]] = []
        self._failures: list[BaseException] = []
        self._ends = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(tills)]

    def __enter__(self) -> "Traffic":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        for thread in self._threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    @property
    def lost(self) -> int:
        """Tries that had no answer, or 503."""
        return sum(till.lost for till in self._tills)

    def wait_for_answers(self, more: int) -> None:
        """Until so many more requests have been answered."""
        until = len(self.answers) + more
        wait_until(lambda: len(self.answers) >= until or self._failures, "no answers")

    def verify(self) -> None:
        """Nothing but success, refusal and "later" was answered; every acknowledged burn is there, once; keys keep
        their answers; the ledger is sound.
        """
        assert set().union(*(till.statuses for till in self._tills)) <= {201, 402, 503}
        accepted = {request.key for _, request, reply in self.answers if reply.status == 201}
        entries = self.installation.rows("SELECT receipt FROM journal WHERE operation IN ('earn', 'redemption')")
        receipts = [row["receipt"] for row in entries]
        assert len(receipts) == len(set(receipts)) == len(accepted) + self.first_entries
        assert accepted <= set(receipts)
        for till, request, reply in self.answers[-30:]:
            again = till.insist(request)
            assert (again.status, again.body) == (reply.status, reply.body)
            assert again.replayed
        self.installation.check()

    def _run(self, number: int) -> None:
        till = self._tills[number]
        try:
            for turn in itertools.count():
                if self._ends.is_set():
                    return
                member = self._members[(number + turn) % len(self._members)]
                request = earn(member, 1_000, _key()) if turn % 4 == 0 else redemption(member, 3, _key())
                self.answers.append((till, request, till.insist(request)))
                time.sleep(0.01)
        except BaseException as failure:  # told by the thread that waits
            self._failures.append(failure)


def states_of(installation: Installation) -> dict[str, str]:
    """Every cycle's state, by its name."""
    return {row["name"]: row["state"] for row in installation.rows("SELECT name, state FROM cycle")}


def check_activity(installation: Installation) -> None:
    """Every fact was handled, and once: the read model counts what the journal counts."""
    wait_until(lambda: not installation.value("SELECT count(*) FROM outbox"), "the outbox isn't drained")
    counted = installation.value("SELECT coalesce(sum(earns + burns), 0)::int FROM member_activity")
    assert counted == installation.value(
        "SELECT count(*)::int FROM journal WHERE operation IN ('earn', 'redemption') AND points > 0"
    )


def _key() -> str:
    return str(uuid.uuid4())
