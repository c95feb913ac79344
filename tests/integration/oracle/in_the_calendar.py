"""The steps of expiry: policies that change, points that are given longer, and notices of what will be gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis.stateful import precondition, rule

from network.adjustments import service as adjustments
from network.expiry.jobs import tell
from network.kernel.identifiers import show
from tests.integration.oracle.dice import Dice, dice
from tests.integration.oracle.found import CODES, decide
from tests.integration.oracle.in_the_office import PEOPLE, InTheOffice
from tests.oracle.expiry import GREGORIAN, JALALI, Decision, Policy
from tests.oracle.office import Extension

_AHEAD = timedelta(hours=1)  # what is decided begins a little later, as in life
_PLACES = ("", "", "IR", "CA", "CA-QC")
_RULES = {
    "months_from_earning": (1, 3),
    "end_of_month": (0, 1),
    "end_of_quarter": (0, 0),
    "end_of_year": (0, 0),
    "inactivity": (1, 2),
    "never": (0, 0),
}


class InTheCalendar(InTheOffice):
    """What decides how long points live."""

    prolonging: list[tuple[Extension, Any]]

    @rule(dice=dice)
    def change_policy(self, dice: Dice) -> None:
        place = dice.pick(_PLACES)
        programme = dice.pick(["club", "season"] if not place else ["", "", "club"])
        at = self.now + _AHEAD
        if any((each.programme, each.place) == (programme, place) and each.valid_from >= at for each in self.decisions):
            return
        kind = dice.pick([*_RULES])
        policy = Policy(
            kind,
            dice.randint(*_RULES[kind]),
            self.ledger.zone,
            dice.pick([GREGORIAN, JALALI]),
            dice.pick([(60, 30, 7), (14, 3), ()]),
        )
        is_minimum = bool(place) and dice.one_in(3)
        decide(self, Decision(programme, place, at, None if dice.one_in(5) else policy, is_minimum))

    @property
    def decisions(self) -> list[Decision]:
        return self.ledger.decisions

    @rule(dice=dice)
    def prolong(self, dice: Dice) -> None:
        """Points that expire soon are to expire later."""
        member, person = dice.pick(self.members), dice.pick(PEOPLE)
        issuer = dice.pick([None, *CODES])
        by = self.now + timedelta(days=dice.randint(1, 120))
        to = by + timedelta(days=dice.randint(1, 60))
        done = self.refused_alike(
            lambda: self.office.propose_extension(member, issuer, self.now, by, to, person),
            lambda: adjustments.propose_extension(
                wallet_id=self.reality.wallets[member.name],
                issuer_id=self.reality.partner_id(issuer) if issuer else None,
                expires_after=self.now,
                expires_by=by,
                extended_to=to,
                reason="relief",
                person=person,
            ),
        )
        if done:
            wanted, made = done
            assert made.decision == wanted.decision
            self.prolonging.append((wanted, made.extension_id))
            self._name_entries(wanted, made.extension_id)
        self.compare(member.name)

    @precondition(lambda self: self.prolonging)
    @rule(dice=dice)
    def decide_on_prolonging(self, dice: Dice) -> None:
        wanted, extension_id = dice.pick(self.prolonging)
        person, yes = dice.pick(PEOPLE), not dice.one_in(3)
        verb = adjustments.approve_extension if yes else adjustments.reject_extension
        self.refused_alike(
            lambda: (self.office.approve if yes else self.office.reject)(wanted, person),
            lambda: verb(extension_id, person=person),
        )
        self._name_entries(wanted, extension_id)
        self.compare(wanted.member.name)

    def _name_entries(self, wanted: Extension, extension_id: Any) -> None:
        """They name what they were made for, which the ledger gives its name."""
        for entry in wanted.entries:
            entry.receipt = show("ext", extension_id)

    @rule(dice=dice)
    def tell_ahead(self, dice: Dice) -> None:
        """Members are told of what will be gone, by what is written down then."""
        if dice.one_in(2):
            self.sweep()
        assert tell() == self.office.give_notices()
        assert self.reality.notices() == self.office.notices
