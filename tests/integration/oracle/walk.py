"""Both sides of the walk, and what is done at each step: ask both, compare the answers, compare the states."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from hypothesis import note
from hypothesis.stateful import RuleBasedStateMachine

from network.kernel.errors import PeyvandError
from network.wallet.jobs import sweep
from network.web.problems import status_of
from tests.conftest import empty_tables
from tests.integration.oracle.dice import Dice
from tests.integration.oracle.reality import Reality, Told
from tests.oracle import follow, till
from tests.oracle.ledger import Ledger, Member, Refusal, Reply
from tests.oracle.views import name as name_of
from tests.oracle.wallet import Entry, Wallet

MOMENT = timedelta(microseconds=1)
BEGINNING = datetime(2017, 1, 1, tzinfo=UTC)
_PATHS = {"earn": "/v1/earns", "redeem": "/v1/redemptions", "quote": "/v1/quotes"}
_FOLLOW_UPS = {"capture": "capture", "void": "void", "reverse_redemption": "reverse", "reverse_earn": "reverse"}
_VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    "earn": till.earn,
    "redeem": till.redeem,
    "quote": till.quote,
    "capture": follow.capture,
    "void": follow.void,
    "reverse_redemption": follow.reverse_redemption,
    "reverse_earn": follow.reverse_earn,
}


@dataclass(frozen=True)
class Ask:
    """What a till asks for: of a member, or of an entry; under a key, if it is to be done."""

    till: str
    verb: str
    target: Member | Entry
    fields: dict[str, Any] = field(default_factory=dict)
    key: str | None = None

    def __str__(self) -> str:
        target = self.target.name if isinstance(self.target, Member) else name_of(self.target)
        return f"{self.till} {self.verb} {target} {self.fields} {self.key}"


class Walk(RuleBasedStateMachine):
    """The ground that the rules stand on."""

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self.app = app
        self.keys = 0
        self.asked: list[Ask] = []
        self._compared: dict[str, datetime] = {}  # until when each wallet's journal has been
        self.start: datetime
        self.ledger: Ledger
        self.reality: Reality

    def begin(self, zone: ZoneInfo, start: datetime) -> None:
        """An empty network at some place and time."""
        self.start = start
        self._zone_before = self.app.extensions["peyvand.zone"]
        empty_tables()
        self.ledger = Ledger(start, zone)
        self.reality = Reality(self.app, zone, start)

    def teardown(self) -> None:
        if hasattr(self, "_zone_before"):
            self.app.extensions["peyvand.zone"] = self._zone_before

    @property
    def now(self) -> datetime:
        return self.ledger.now

    @property
    def members(self) -> list[Member]:
        return list(self.ledger.members.values())

    def somebody(self, dice: Dice) -> Member:
        """A member, seldom one that was merged into another."""
        return dice.pick(self.members if dice.one_in(8) else [each for each in self.members if not each.merged_into])

    def entries(self, *operations: str) -> list[Entry]:
        """Everything of these kinds so far, newest first."""
        wallets = self.ledger.wallets.values()
        return [e for wallet in wallets for e in reversed(wallet.entries) if e.operation in operations]

    def has_open_hold(self) -> bool:
        return any(hold.is_open for wallet in self.ledger.wallets.values() for hold in wallet.holds)

    def new_key(self) -> str:
        self.keys += 1
        return f"key-{self.keys}"

    def ask(self, ask: Ask, *, twice: bool = False) -> None:
        """Ask both sides, once or twice; they must answer the same and be the same afterwards."""
        note(f"    {ask}")
        first = self._ask(ask)
        if twice:
            again = self._ask(ask)
            if first.status in (201, 402, 409) and ask.key:
                assert (again.status, again.raw, again.replayed) == (first.status, first.raw, True)
        if ask.key and ask not in self.asked[-1:]:
            self.asked.append(ask)
        self.compare(ask.target.name if isinstance(ask.target, Member) else ask.target.owner)

    def _ask(self, ask: Ask) -> Told:
        told = self.reality.post(ask.till, self._path(ask), self._body(ask), ask.key)
        self.compare_answer(self._foretold(ask), told)
        return told

    def _foretold(self, ask: Ask) -> Reply:
        def do() -> dict[str, Any]:
            return _VERBS[ask.verb](self.ledger, ask.till, ask.target, **ask.fields)

        if ask.key is not None:
            return self.ledger.ask(ask.till, ask.key, (ask.verb, ask.target, ask.fields), do)
        try:
            return Reply(200, do())
        except Refusal as refusal:
            return refusal.reply

    def _path(self, ask: Ask) -> str:
        if isinstance(ask.target, Member):
            return _PATHS[ask.verb]
        kind = "earns" if ask.verb == "reverse_earn" else "redemptions"
        return f"/v1/{kind}/{self.public(ask.target)}/{_FOLLOW_UPS[ask.verb]}"

    def public(self, entry: Entry) -> str:
        """The public name of an entry of a till."""
        kinds = {"earn": "ern", "redemption": "rdm", "hold": "rdm"}
        kind = "rev" if entry.operation.endswith("_reversal") else kinds.get(entry.operation, "ent")
        return self.reality.name(kind, entry.owner, entry.sequence)

    def _body(self, ask: Ask) -> dict[str, Any]:
        body = {name: value for name, value in ask.fields.items() if value is not None}
        if isinstance(body.get("occurred_at"), datetime):
            body["occurred_at"] = body["occurred_at"].isoformat()
        if "card_of" in body:
            card_number = self.reality.members[body.pop("card_of").name].card_number
            body["proof"] = {"type": "card", "card_number": card_number}
        if isinstance(ask.target, Member):
            body["member"] = self.reality.members[ask.target.name].id
        return body

    def compare_answer(self, foretold: Reply, told: Told) -> None:
        same((told.status, told.replayed), (foretold.status, foretold.replayed), told.body)
        same(told.body, foretold.body)

    def compare_some(self, foretold: Reply, told: Told) -> None:
        """As `compare_answer`, for answers that say more than the oracle knows."""
        same(told.status, foretold.status)
        same({name: told.body.get(name) for name in foretold.body}, foretold.body)

    def refused_alike(self, foretell: Callable[[], Any], do: Callable[[], Any]) -> tuple[Any, Any] | None:
        """Do something on both sides that is no request; what they give, or None if both refuse for the same cause."""
        try:
            done = do()
        except PeyvandError as failure:
            told: Any = (status_of(failure), failure.code, self.reality.read(failure.extra))
        else:
            told = None
        try:
            foretold = foretell()
        except Refusal as refused:
            refusal = refused.reply
        else:
            same(told, None)
            return foretold, done
        more = {name: value for name, value in refusal.body.items() if name not in ("code", "pointer")}
        same(told, (refusal.status, refusal.body["code"], more))
        return None

    def compare(self, *names: str) -> None:
        """Heads and balances of all wallets; and these, and those that have something new, to the last lot as they
        stand now, entry by entry.
        """
        heads, whole = self.reality.heads(), set(names)
        for name, wallet in self.ledger.wallets.items():
            entries = wallet.entries
            same(heads[name], (len(entries), entries[-1].balance if entries else Wallet(name).balance))
            if entries and entries[-1].posted_at >= self._compared.get(name, BEGINNING):
                whole.add(name)
        for name in sorted(whole):
            self._compare_journal(name)
        for name in sorted(whole):
            same(self.reality.state(name), state_of(self.ledger.wallets[name]))

    def _compare_journal(self, name: str) -> None:
        """Entry by entry; a new lot's name is learned here, for it is the ledger's to give."""
        wallet = self.ledger.wallets[name]
        since = self._compared.get(name, BEGINNING)
        real = list(self.reality.journal(name, since))
        new = [entry for entry in wallet.entries if entry.posted_at >= since]
        same([each["operation"] for each in real], [each.operation for each in new])
        self._compared[name] = self.now
        for entry, found in zip(new, real, strict=True):
            same(len(found["moves"]), len(entry.moves))
            for move, (kind, lot_id, *_) in zip(entry.moves, found["moves"], strict=True):
                if kind in ("issue", "transfer_in") and not move.lot.lot_id:
                    _name_lot(wallet, move.lot, lot_id)
            same(found, told_of(entry))

    def pass_time(self, to: datetime) -> None:
        """It is later, on both sides."""
        self.reality.set_clock(to)
        self.ledger.advance(to)
        self.compare(*self.ledger.wallets)

    def sweep(self) -> None:
        """The job that writes down what was due: it finds no wallet in which nothing was."""
        due = sum(wallet.is_due for wallet in self.ledger.wallets.values())
        assert sweep() >= due
        assert self.ledger.sweep() == due
        assert sweep() == 0
        self.compare(*self.ledger.wallets)


def same(found: Any, foretold: Any, *more: Any) -> None:
    """Fail with what differs, and only that: these things are long."""
    if found == foretold:
        return
    if isinstance(found, dict) and isinstance(foretold, dict):
        every = {**found, **foretold}
        found, foretold = ({name: side.get(name, "nothing") for name in every} for side in (found, foretold))
        names = [name for name in every if found[name] != foretold[name]]
        found, foretold = ({name: side[name] for name in names} for side in (found, foretold))
    raise AssertionError(
        "\n".join(["the network says", f"    {found}", "the oracle", f"    {foretold}", *map(str, more)])
    )


def _name_lot(wallet: Wallet, lot: Any, lot_id: str) -> None:
    """In the wallet, and in all that it remembers of itself."""
    lot.lot_id = lot_id
    place = wallet.lots.index(lot)
    for _, past in wallet.past:
        if len(past.lots) > place:
            past.lots[place].lot_id = lot_id


def state_of(wallet: Wallet) -> dict[str, Any]:
    """A wallet in plain values."""
    return {
        "balance": wallet.balance,
        "lots": {
            lot.lot_id: (
                (lot.issuer, lot.contract.version),
                lot.currency,
                lot.issued,
                lot.left,
                lot.held,
                lot.is_active,
                lot.issued_at,
                lot.activates_at,
                lot.expires_at,
                lot.idle and (lot.idle.months, lot.idle.calendar, lot.idle.zone.key),
            )
            for lot in wallet.lots
            if lot.left
        },
        "holds": {
            hold.entry.sequence: (hold.entry.points, hold.until, [(lot.lot_id, part) for lot, part in hold.parts])
            for hold in wallet.holds
            if hold.is_open
        },
        "debts": {
            debt.entry.sequence: ((debt.contract.partner, debt.contract.version), debt.owed, debt.left)
            for debt in wallet.debts
            if debt.left
        },
    }


def told_of(entry: Entry) -> dict[str, Any]:
    """An entry in plain values."""
    return {
        "sequence": entry.sequence,
        "operation": entry.operation,
        "points": entry.points,
        "partner": entry.partner,
        "occurred_at": entry.occurred_at,
        "posted_at": entry.posted_at,
        "refers_to": entry.refers_to.sequence if entry.refers_to else None,
        "balance": entry.balance,
        "amount_minor": entry.amount_minor,
        "currency": entry.currency,
        "receipt": entry.receipt,
        "store": entry.store,
        "lines": entry.lines,
        "bearer": entry.bearer,
        "moves": [
            (
                move.kind,
                move.lot.lot_id,
                move.points,
                move.held,
                move.debt,
                (move.issued_under.partner, move.issued_under.version),
                (move.redeemer.partner, move.redeemer.version) if move.redeemer else None,
            )
            for move in entry.moves
        ],
    }
