"""The till's steps: all that a partner's software can send, sensible and not, and sent again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis.stateful import precondition, rule

from tests.integration.oracle.dice import Dice, dice
from tests.integration.oracle.found import CODES, PLACES, STORES
from tests.integration.oracle.walk import Ask, Walk
from tests.oracle import views
from tests.oracle.homes import home_of
from tests.oracle.ledger import CARD, PHONE, Member
from tests.oracle.terms import POINT_TYPES
from tests.oracle.wallet import Entry

_MOST_MEMBERS = 4
_NAMED = ("earn", "redemption", "hold")


class AtTheTill(Walk):
    """Members, purchases, burns, holds, returns, quotes, and what may be read."""

    @precondition(lambda self: len(self.ledger.members) < _MOST_MEMBERS)
    @rule(dice=dice)
    def enrol(self, dice: Dice) -> None:
        number, code, has_phone = len(self.members), dice.pick(CODES), dice.one_in(2)
        place = dice.pick(PLACES)
        told = self.reality.enrol(code, f"member{number}", _phone(number) if has_phone else None, place)
        self.ledger.enrol(code, f"member{number}", has_phone=has_phone, place=place)
        assert told.body["identified_by"] == "enrolment"

    @rule(dice=dice)
    def look_up(self, dice: Dice) -> None:
        how = PHONE if dice.one_in(3) else CARD
        self.show(dice.pick(CODES), dice.pick(self.members), how)

    def show(self, code: str, member: Member, how: str) -> None:
        """A member shows its card, or tells its phone number."""
        number = int(member.name.removeprefix("member"))
        card = {"card_number": self.reality.members[member.name].card_number}
        told = self.reality.post(code, "/v1/members/lookup", {"phone": _phone(number)} if how == PHONE else card)
        self.compare_some(self.ledger.look_up(code, member.name, how), told)

    @rule(dice=dice)
    def earn(self, dice: Dice) -> None:
        code, member = dice.pick(CODES), self.somebody(dice)
        if code not in member.known_by and not dice.one_in(10):
            self.show(code, member, CARD)
        fields = self._slip(dice, code, amount_minor=dice.amount_minor())
        if dice.one_in(3):
            fields["lines"] = dice.basket(fields["amount_minor"])
        if dice.one_in(3):
            fields["point_type"] = dice.pick(POINT_TYPES)
        self._ask_keyed(dice, code, "earn", member, **fields)

    @rule(dice=dice)
    def redeem(self, dice: Dice) -> None:
        code = dice.pick(CODES)
        member = dice.pick([each for each in self.members if each.wallet.balance["available"]] or self.members)
        fields = self._slip(dice, code, card_of=self._card(dice, member))
        if dice.one_in(2):
            fields |= {"capture": False, "hold_seconds": dice.hold_seconds()}
        wallet, home = member.wallet, home_of(self.ledger, member)
        if dice.one_in(2 if home else 30):
            fields["source"] = "pool"
            wallet = home.wallet if home else wallet
        fields["points"] = dice.share(wallet.spendable(fields["currency"]))
        self._ask_keyed(dice, code, "redeem", member, **fields)

    @precondition(lambda self: self.entries("hold"))
    @rule(dice=dice)
    def capture(self, dice: Dice) -> None:
        hold = self._hold(dice)
        points = dice.share(hold.points) if dice.one_in(2) else None
        self._ask_keyed(dice, self._of(dice, hold), "capture", hold, points=points)

    @precondition(lambda self: self.entries("hold"))
    @rule(dice=dice)
    def void(self, dice: Dice) -> None:
        hold = self._hold(dice)
        self._ask_keyed(dice, self._of(dice, hold), "void", hold, receipt=dice.pick([None, "V-1"]))

    @precondition(lambda self: self.entries("redemption", "hold"))
    @rule(dice=dice)
    def reverse_redemption(self, dice: Dice) -> None:
        burned = dice.pick(self.entries("redemption") or self.entries("hold"))
        captured = [each.refers_to for each in self.entries("capture") if each.refers_to]
        if captured and dice.one_in(2):
            burned = dice.pick(captured)
        points = dice.share(burned.points) if dice.one_in(2) else None
        self._ask_keyed(dice, self._of(dice, burned), "reverse_redemption", burned, points=points)

    @precondition(lambda self: self.entries("earn"))
    @rule(dice=dice)
    def reverse_earn(self, dice: Dice) -> None:
        bought, spent = dice.pick(self.entries("earn")), [e for e in self.entries("earn") if e.moves and _spent(e)]
        if spent and dice.one_in(2):
            bought = dice.pick(spent)
        fields: dict[str, Any] = {"receipt": dice.pick([None, "R-1"])}
        if (bought.lines and dice.one_in(2)) or dice.one_in(15):
            fields["lines"] = dice.lines(bought.lines or (1, 1))
        elif dice.one_in(2):
            fields["amount_minor"] = dice.share(bought.amount_minor or 1)
        self._ask_keyed(dice, self._of(dice, bought), "reverse_earn", bought, **fields)

    @rule(dice=dice)
    def quote(self, dice: Dice) -> None:
        code, member = dice.pick(CODES), dice.pick(self.members)
        fields: dict[str, Any] = {"currency": self._currency(dice, code)}
        if not dice.one_in(3):
            fields["amount_minor"] = dice.amount_minor()
        if not dice.one_in(3):
            fields["points"] = dice.share(member.wallet.spendable(fields["currency"]))
        if dice.one_in(4):
            fields["point_type"] = dice.pick(POINT_TYPES)
        self.ask(Ask(code, "quote", member, fields))

    @precondition(lambda self: self.asked)
    @rule(dice=dice)
    def send_again(self, dice: Dice) -> None:
        """A till repeats itself, perhaps much later; or takes an old key for something else."""
        ask = dice.pick(self.asked)
        if dice.one_in(4):
            ask = replace(ask, fields={**ask.fields, "receipt": "another"})
        self.ask(ask)
        self.compare(*self.ledger.wallets)

    @rule(dice=dice)
    def read_balance(self, dice: Dice) -> None:
        """The balance as it is, or as it was when some of the time until now had not passed yet."""
        code, member, at = dice.pick(CODES), dice.pick(self.members), None
        if not dice.one_in(3):
            at = self.now - (self.now - self.start) * dice.randint(0, 100) / 100
            at = self.now + timedelta(seconds=1) if dice.one_in(20) else at
        query = {} if at is None else {"at": at.isoformat()}
        told = self.reality.get(code, f"/v1/members/{self.reality.members[member.name].id}/balance", **query)
        self.compare_answer(views.balance(self.ledger, code, member, at), told)

    @rule(dice=dice)
    def read_entries(self, dice: Dice) -> None:
        code, member = dice.pick(CODES), dice.pick(self.members)
        told = self.reality.get(code, f"/v1/members/{self.reality.members[member.name].id}/entries", limit=100)
        self.compare_some(views.entries(code, member), told)

    @precondition(lambda self: self.entries(*_NAMED))
    @rule(dice=dice)
    def read_entry(self, dice: Dice) -> None:
        entry = dice.pick(self.entries(*_NAMED))
        code, kind = self._of(dice, entry), "earns" if entry.operation == "earn" else "redemptions"
        told = self.reality.get(code, f"/v1/{kind}/{self.public(entry)}")
        self.compare_answer(views.read_entry(self.ledger, code, entry), told)

    @rule(dice=dice)
    def explain(self, dice: Dice) -> None:
        entry = dice.pick([each for member in self.members for each in member.wallet.entries])
        code = self._of(dice, entry) if entry.partner in CODES else dice.pick(CODES)
        told = self.reality.get(code, f"/v1/entries/{self.public(entry)}/explanation")
        self.compare_answer(views.explanation(self.ledger, code, entry), told)

    def _slip(self, dice: Dice, code: str, **fields: Any) -> dict[str, Any]:
        """What a till tells of itself beside."""
        ago = dice.ago()
        fields |= {"currency": self._currency(dice, code), "occurred_at": None if ago is None else self.now - ago}
        if dice.one_in(4):
            fields["store"] = "elsewhere" if dice.one_in(10) else dice.pick(STORES)
        if dice.one_in(4):
            fields["receipt"] = dice.pick(["A-1", "B/2"])
        return fields

    def _card(self, dice: Dice, member: Member) -> Member:
        """Whose card is shown: the member's own, or one of an account that was merged into it; seldom a stranger's."""
        own = [each for each in self.members if each.present is member]
        return dice.pick(self.members if dice.one_in(15) or not own else own)

    def _currency(self, dice: Dice, code: str) -> str:
        own = sorted({contract.currency for contract in self.ledger.partners[code].contracts})
        return dice.pick(["USD", "JPY"]) if dice.one_in(20) else dice.pick(own)

    def _of(self, dice: Dice, entry: Entry) -> str:
        """The partner whose entry it is, or, now and then, another one."""
        return dice.pick(CODES) if dice.one_in(20) or entry.partner not in CODES else entry.partner

    def _hold(self, dice: Dice) -> Entry:
        """A hold, mostly one that is open."""
        wallets = self.ledger.wallets.values()
        is_open = [hold.entry for wallet in wallets for hold in wallet.holds if hold.is_open]
        return dice.pick(self.entries("hold") if dice.one_in(5) or not is_open else is_open)

    def _ask_keyed(self, dice: Dice, code: str, verb: str, target: Member | Entry, **fields: Any) -> None:
        self.ask(Ask(code, verb, target, fields, self.new_key()), twice=dice.one_in(3))


def _spent(bought: Entry) -> int:
    """How many points of a purchase were spent, and not owed since."""
    return bought.moves[0].lot.spent - bought.moves[0].lot.owed


def _phone(number: int) -> str:
    return f"+4670000000{number}"
