"""People of the operator in the storm: adjustments, merges, contributions, cycles; two approve at once.

`python -m tests.storm.office` reads its orders as JSON from standard input, and prints, as JSON, what it was told of:
the adjustments that were posted, the merges that were made, the cycles that were approved, and how often points were
put into a pool.
"""

import json
import random
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import sqlalchemy.exc
from flask import Flask

from network.adjustments import service as adjustments
from network.adjustments.domain import DEFAULT_LIMIT_POINTS
from network.adjustments.errors import AlreadyDecided
from network.cli.context import application
from network.households import service as households
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import read
from network.members import service as members
from network.members.errors import MergeOver
from network.partners.service import list_partners
from network.settlement import service as settlement
from network.settlement.domain import State
from network.settlement.errors import AmountsDiffer, SubmissionDecided
from network.wallet.errors import WalletBusy
from tests.storm.term import Term

_AWAY = (psycopg.Error, sqlalchemy.exc.DBAPIError, sqlalchemy.exc.TimeoutError, WalletBusy)
_PAUSE_SECONDS = 0.2


class Office:
    """What its people do, one thing after the other."""

    def __init__(self, app: Flask, orders: dict[str, Any]) -> None:
        self.told: dict[str, Any] = {"adjustments": [], "merges": [], "approvals": [], "contributions": 0}
        self._app = app
        self._orders = orders
        self._term = Term(**orders["term"])
        self._homes = [read("mbr", each) for each in orders["homes"]]
        self._pairs = [(read("mbr", one), read("mbr", other)) for one, other in orders["pairs"]]
        self._issuers = [each.partner_id for each in list_partners()]

    def work(self) -> None:
        while not self._term.is_over:
            thing = random.choices([self._adjust, self._contribute, self._settle, self._merge], [6, 3, 2, 1])[0]
            try:
                with self._app.app_context():  # whose end gives a broken session up, as that of a request does
                    thing()
            except _AWAY:  # it may have been done; nobody was told, so nobody knows
                time.sleep(_PAUSE_SECONDS)
            except PeyvandError:  # refused: fewer points than are to be taken, a cap, a hold
                time.sleep(0.01)

    def _adjust(self) -> None:
        is_large = random.random() < 0.7
        points = random.choice([5, 20, -5]) + (DEFAULT_LIMIT_POINTS if is_large else 0)
        made = adjustments.propose(
            wallet_id=members.wallet_of_member(read("mbr", random.choice(self._orders["members"]))),
            issuer_id=random.choice(self._issuers),
            currency="USD",
            points=points,
            reason="goodwill" if points > 0 else "correction",
            person="maryam",
        )
        if is_large:
            self._decide(lambda who: adjustments.approve(made.adjustment_id, person=who), AlreadyDecided)
        self.told["adjustments"].append(str(made.adjustment_id))

    def _contribute(self) -> None:
        households.contribute(random.choice(self._homes), random.randint(1, 50))
        self.told["contributions"] += 1

    def _merge(self) -> None:
        if self._pairs:
            one, other = self._pairs[-1]
            made = members.propose_merge(one, other, reason="the same person", person="maryam")
            self._pairs.pop()
            self._decide(lambda who: members.approve_merge(made.merge_id, person=who), MergeOver)
            self.told["merges"].append(str(made.merge_id))

    def _settle(self) -> None:
        """A stated cycle is submitted, and rejected or approved; its amounts are measured again each time."""
        stated = [each for each in settlement.cycles() if each.state is State.STATED]
        waiting = [each for each in stated if settlement.submission_of(each) is None]
        if not waiting:
            return
        cycle = random.choice(waiting)
        try:
            settlement.submit(cycle.cycle_id, person="maryam")
            if random.random() < 0.3:
                settlement.reject(cycle.cycle_id, person="reza", reason="it rains")
                return
            self._decide(lambda who: settlement.approve(cycle.cycle_id, person=who), SubmissionDecided)
        except AmountsDiffer as failure:
            raise AssertionError(failure.detail) from failure
        self.told["approvals"].append(str(cycle.cycle_id))

    def _decide(self, approve: Callable[[str], object], over: type[PeyvandError]) -> None:
        """Two people approve at once, each until it is known to be decided."""

        def insist(person: str) -> None:
            while True:
                try:
                    with self._app.app_context():
                        approve(person)
                    return
                except over:
                    return
                except AmountsDiffer:  # which the verdict finds, as nobody approves
                    raise
                except (*_AWAY, PeyvandError):  # a hold that is open now will be over in a second
                    time.sleep(_PAUSE_SECONDS)

        people = [threading.Thread(target=insist, args=(person,)) for person in ("reza", "laleh")]
        for person in people:
            person.start()
        for person in people:
            person.join()


def main() -> None:
    orders, app = json.load(sys.stdin), application()
    with app.app_context():
        office = Office(app, orders)
        office.work()
    print(json.dumps(office.told))


if __name__ == "__main__":
    main()
