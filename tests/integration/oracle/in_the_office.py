"""The steps of time and of the operator: clock, sweep, cut and close, adjustments, new terms, suspensions."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis.stateful import precondition, rule

from network.adjustments import service as adjustments
from network.infrastructure.database import statement_connection
from network.partners import service as partners
from tests.integration.oracle.dice import Dice, dice
from tests.integration.oracle.found import CHEAP_BONUS, CODES, DEAR_GOODWILL, contract_of, set_rule, sign
from tests.integration.oracle.walk import MOMENT, Walk
from tests.integration.settlement.ledger import close_due, cut_all
from tests.oracle import clearing
from tests.oracle.office import Adjustment, Office
from tests.oracle.terms import DEBT_ALLOWED, PENDING_ONLY, WITHIN_LOT, Rule

_WORTH_A_CUT = 10  # entries
PEOPLE = ("maryam", "Maryam", "reza")
_SOON = timedelta(days=60)  # every month that passes is one more to close
_AHEAD = timedelta(hours=1)  # what is signed begins a little later, as in life
_SLICES = """
SELECT c.name, s.kind, ic.point_type, i.code, ic.version, r.code, rc.version, s.points::bigint FROM clearing_slice s
JOIN cycle c USING (cycle_id) JOIN contract_version ic ON ic.contract_id = s.issuer_contract_id
JOIN partner i ON i.partner_id = s.issuer_id LEFT JOIN partner r ON r.partner_id = s.redeemer_id
LEFT JOIN contract_version rc ON rc.contract_id = s.redeemer_contract_id
"""
_LINES = """
SELECT l.leg, i.code, r.code, l.points::bigint, l.amount_minor::bigint FROM settlement_line l
JOIN cycle c USING (cycle_id, version) JOIN partner i ON i.partner_id = l.issuer_id
LEFT JOIN partner r ON r.partner_id = l.redeemer_id WHERE c.name = %s
"""


class InTheOffice(Walk):
    """All that is not a till's."""

    office: Office
    waiting: list[tuple[Adjustment, UUID]]
    settled = 0

    @rule(dice=dice)
    def wait(self, dice: Dice) -> None:
        self.pass_time(self.now + dice.step_of_time())

    @rule(dice=dice)
    def wait_for_something(self, dice: Dice) -> None:
        """Until just before, exactly when, or just after a hold lapses, or points become active or expire."""
        instants = self.instants() or [self.now]
        self.pass_time(max(self.now, dice.pick(instants) + dice.randint(-1, 1) * MOMENT))

    def instants(self) -> list[Any]:
        """When something will be due soon, the nearest first."""
        wallets = self.ledger.wallets.values()
        lots = [lot for wallet in wallets for lot in wallet.lots if lot.left]
        found = {hold.until for wallet in wallets for hold in wallet.holds if hold.is_open}
        found |= {lot.expires_at for lot in lots if lot.expires_at} | {lot.activates_at for lot in lots}
        return sorted(instant for instant in found if self.now < instant < self.now + _SOON)[:4]

    @rule()
    def sweep_all(self) -> None:
        self.sweep()

    @property
    def posted(self) -> int:
        return len(self.ledger.entries)

    @precondition(lambda self: self.posted > self.settled + _WORTH_A_CUT)
    @rule(dice=dice)
    def settle(self, dice: Dice) -> None:
        self.settled = self.posted
        self.close() if dice.one_in(2) else self.cut()

    def cut(self) -> None:
        """All that was posted is folded, each movement into the month of its posting."""
        cut_all()
        entries = self.ledger.entries
        rows = statement_connection().execute(_SLICES).fetchall()
        folded = {tuple(row[:-1]): row[-1] for row in rows}
        assert folded == clearing.cleared_points(entries, self.ledger.zone)

    def close(self) -> None:
        """Months that are over are closed, and say who owes whom, to the cent."""
        close_due()
        self.cut()
        entries = self.ledger.entries
        cycles = {str(key[0]) for key in clearing.cleared_points(entries, self.ledger.zone)}
        connection = statement_connection()
        for name in cycles:
            stated = connection.execute("SELECT state = 'stated' FROM cycle WHERE name = %s", (name,)).fetchone()
            assert stated == (clearing.has_ended(name, self.now, self.ledger.zone),)
            if stated == (True,):
                told = {tuple(row[:3]): tuple(row[3:]) for row in connection.execute(_LINES, (name,)).fetchall()}
                assert told == clearing.lines(entries, name, self.ledger.zone)

    @rule(dice=dice)
    def propose(self, dice: Dice) -> None:
        member, person = dice.pick(self.members), dice.pick(PEOPLE)
        issuer, currency = dice.pick(["operator", *CODES]), "JPY" if dice.one_in(6) else "USD"
        points = dice.randint(1, 400) if dice.one_in(2) else -dice.randint(0, 200)
        reason = "whim" if dice.one_in(20) else dice.pick(["goodwill", "correction"])
        done = self.refused_alike(
            lambda: self.office.propose(member, issuer, currency, points, reason, person),
            lambda: adjustments.propose(
                wallet_id=self.reality.wallets[member.name],
                issuer_id=self.reality.partner_id(issuer),
                currency=currency,
                points=points,
                reason=reason,
                person=person,
            ),
        )
        if done:
            foretold, made = done
            assert made.decision == foretold.decision
            assert made.sequence == (foretold.entry.sequence if foretold.entry else None)
            self.waiting.append((foretold, made.adjustment_id))
        self.compare(member.name)

    @precondition(lambda self: self.waiting)
    @rule(dice=dice)
    def decide(self, dice: Dice) -> None:
        wanted, adjustment_id = dice.pick(self.waiting)
        person, yes = dice.pick(PEOPLE), not dice.one_in(3)
        verb = adjustments.approve if yes else adjustments.reject
        self.refused_alike(
            lambda: (self.office.approve if yes else self.office.reject)(wanted, person),
            lambda: verb(adjustment_id, person=person),
        )
        assert {each.adjustment_id for each in adjustments.proposed()} == {
            number for each, number in self.waiting if each.decision == "proposed"
        }
        self.compare(wanted.member.name)

    @rule(dice=dice)
    def set_limit(self, dice: Dice) -> None:
        person, points = dice.pick(PEOPLE), dice.pick([0, 50, 1_000])
        adjustments.set_limit(person, points)
        self.office.limits[person.casefold()] = points

    @rule(dice=dice)
    def sign(self, dice: Dice) -> None:
        """New terms, of which points that are there already know nothing."""
        code = dice.pick(CODES)
        signed = self.ledger.partners[code].contracts
        latest = max((each for each in signed if each.currency == "USD"), key=lambda each: each.valid_from)
        if latest.valid_from >= self.now + _AHEAD:
            return
        terms: dict[str, Any] = {
            "price": dice.pick(["0.0105", "0.0115", "0.0125"]),
            "fee": "0.0005",
            "paid": dice.pick(["0.0090", "0.0095", "0.0100"]),
            "value": f"{float(latest.value):.4f}",
            "funded": dice.pick(["0", "0.5", "1"]),
            "months": dice.pick([1, 2, 24]),
            "programme": dice.pick([latest.programme, None, "club"]),
            "types": dice.pick([{}, CHEAP_BONUS, CHEAP_BONUS | DEAR_GOODWILL]),
        }
        sign(self, contract_of(code, len(signed) + 1, self.now + _AHEAD, **terms))

    @rule(dice=dice)
    def change_rule(self, dice: Dice) -> None:
        code, currency, at = dice.pick(CODES), "JPY" if dice.one_in(5) else "USD", self.now + _AHEAD
        if any((each.currency, each.valid_from) == (currency, at) for each in self.ledger.partners[code].rules):
            return
        points_per_unit = Fraction(dice.pick(["0.75", "1", "2"]))
        pending_days, extension_days = dice.pick([0, 0, 3, 14, 40]), dice.pick([0, 10, 30])
        policy = dice.pick([PENDING_ONLY, WITHIN_LOT, DEBT_ALLOWED, DEBT_ALLOWED])
        set_rule(self, Rule(code, currency, at, points_per_unit, pending_days, policy, extension_days))

    @rule(dice=dice)
    def suspend_or_reinstate(self, dice: Dice) -> None:
        code = dice.pick([code for code, each in self.ledger.partners.items() if each.status == "suspended"] or CODES)
        partner, partner_id = self.ledger.partners[code], self.reality.partner_id(code)
        if partner.status == "active":
            partners.suspend_partner(partner_id)
            partner.status = "suspended"
        else:
            partners.reinstate_partner(partner_id)
            partner.status = "active"
