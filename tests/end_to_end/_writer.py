"""Purchases and burns by the product's own use cases, without a web server before them: each is a write.

`python -m tests.end_to_end._writer <partner's code>` makes as many writes as each line of its standard input asks for,
one transaction each, and answers each line when they are made. Beside them a second connection makes writes in
transactions that stay open for seconds, some of which are rolled back. At the end of its input it says what became of
them all, as JSON.
"""

import contextlib
import json
import random
import sys
import threading
from dataclasses import asdict, dataclass
from typing import Self
from uuid import UUID

from flask import Flask
from sqlalchemy import text

from network.auth.domain import Principal
from network.auth.scopes import SCOPES
from network.cli.context import application
from network.earning.commands import Proof, ProofType, RecordPurchase, RedeemPoints
from network.earning.service import record_purchase, redeem_points
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.members.domain import EnrolCommand, KnownMember
from network.members.service import enrol

_MEMBERS = 20
_EARNED, _BURNED = 10, 7  # points of a write
_ONE_BURN_IN = 5
_WRITES_OF_SLOW = 3  # in one transaction
_SECONDS_OPEN = (1.0, 4.0)
_ONE_ROLLBACK_IN = 4
_CLIENT = "SELECT client_id, partner_id FROM oauth_client JOIN partner USING (partner_id) WHERE code = :code LIMIT 1"


@dataclass
class Made:
    """What was written: transactions' worth of entries, and points."""

    writes: int = 0
    earned: int = 0
    burned: int = 0

    def add(self, other: "Made") -> None:
        self.writes += other.writes
        self.earned += other.earned
        self.burned += other.burned


class Writer:
    """A partner's till with members of its own, so that it waits for nobody's wallet."""

    def __init__(self, code: str, members: int = _MEMBERS) -> None:
        client_id, partner_id = db.session.execute(text(_CLIENT), {"code": code}).one()
        self._principal = Principal(client_id, partner_id, frozenset(SCOPES), "token")
        self._members = [self._enrol(partner_id) for _ in range(members)]
        self._dice = random.Random(code)

    def write(self) -> Made:
        """A purchase, or now and then a burn of what an earlier one gave."""
        member = self._dice.choice(self._members)
        if member.points >= _BURNED and self._dice.randrange(_ONE_BURN_IN) == 0:
            redeem_points(
                self._principal,
                RedeemPoints(
                    member_id=member.member_id,
                    points=_BURNED,
                    currency="USD",
                    proof=Proof(type=ProofType.CARD, card_number=member.card_number),
                ),
            )
            member.points -= _BURNED
            return Made(1, 0, _BURNED)
        self.purchase(_EARNED, member)
        return Made(1, _EARNED, 0)

    def purchase(self, points: int, member: "_Member | None" = None) -> None:
        """A point for each dollar."""
        member = member or self._members[0]
        command = RecordPurchase(member_id=member.member_id, amount_minor=points * 100, currency="USD")
        record_purchase(self._principal, command)
        member.points += points

    def forget(self) -> None:
        """After a rollback: whose points it took is not known any more, so nobody burns before it earns again."""
        for member in self._members:
            member.points = 0

    @staticmethod
    def _enrol(partner_id: UUID) -> "_Member":
        known = enrol(partner_id, EnrolCommand())
        assert isinstance(known, KnownMember) and known.card_number
        return _Member(known.member.member_id, known.card_number)


@dataclass
class _Member:
    member_id: UUID
    card_number: str
    points: int = 0  # at least, that can be burned


class _RolledBack(Exception):
    """Ends a transaction that is not to be."""


class _SlowWriter:
    """Transactions of a few writes that end seconds after them, until told to stop."""

    def __init__(self, app: Flask, code: str) -> None:
        self.committed, self.rolled_back = Made(), Made()
        self._app, self._code = app, code
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    def _run(self) -> None:
        dice = random.Random(f"slow {self._code}")
        with self._app.app_context():
            writer = Writer(self._code)
            while not self._ends.is_set():
                made, commits = Made(), dice.randrange(_ONE_ROLLBACK_IN) > 0
                with contextlib.suppress(_RolledBack), transaction():
                    for _ in range(_WRITES_OF_SLOW):
                        made.add(writer.write())
                    self._ends.wait(dice.uniform(*_SECONDS_OPEN))
                    if not commits:
                        raise _RolledBack
                if commits:
                    self.committed.add(made)
                else:
                    self.rolled_back.add(made)
                    writer.forget()


def main(code: str) -> None:
    app, committed = application(), Made()
    with app.app_context():
        writer = Writer(code)
        with _SlowWriter(app, code) as slow:
            print("ready", flush=True)
            for line in sys.stdin:
                for _ in range(int(line)):
                    committed.add(writer.write())
                print("written", flush=True)
    committed.add(slow.committed)
    print(json.dumps({"committed": asdict(committed), "rolled_back": asdict(slow.rolled_back)}))


if __name__ == "__main__":
    main(sys.argv[1])
