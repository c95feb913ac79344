"""The steps of households: members come together, put points in, and go again. They spend at the till."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from hypothesis.stateful import precondition, rule

from network.households import service as households
from network.households.domain import Consent
from network.infrastructure.outbox import drain
from tests.integration.oracle.dice import Dice, dice
from tests.integration.oracle.walk import Walk
from tests.oracle import homes
from tests.oracle.ledger import Caps, Home, Member

_CAPS = (None, 0, 40, 150, 2_000)
_CONSENT = Consent("2017-01", "form 17", "Laleh")


class AtHome(Walk):
    """What members do with each other; no till is there."""

    households: dict[str, UUID]

    @rule(dice=dice)
    def move_in(self, dice: Dice) -> None:
        """Into a household that there is, or into one of its own."""
        member = self.somebody(dice)
        open_homes = [home for home in self.ledger.homes if home.spends_from]
        if open_homes and not dice.one_in(3):
            self._join(dice.pick(open_homes), member)
            return
        self.found_home(member)

    def found_home(self, member: Member) -> None:
        """A household of its own."""
        done = self.refused_alike(
            lambda: homes.found(self.ledger, member),
            lambda: households.found(self._id_of(member), _CONSENT),
        )
        if done:
            home, made = done
            self.households[home.name] = made.household_id
            self.reality.wallets[home.name] = made.wallet_id

    def _join(self, home: Home, member: Member) -> None:
        household_id = self.households[home.name]
        self.refused_alike(
            lambda: homes.invite(self.ledger, home, member),
            lambda: households.invite(household_id, self._id_of(member), person="Laleh"),
        )
        self.refused_alike(
            lambda: homes.join(self.ledger, home, member),
            lambda: households.join(household_id, self._id_of(member), _CONSENT),
        )

    @precondition(lambda self: self.ledger.homes)
    @rule(dice=dice)
    def contribute(self, dice: Dice) -> None:
        at_home = [each for each in self.members if homes.home_of(self.ledger, each)]
        member = dice.pick(self.members if dice.one_in(10) or not at_home else at_home)
        self.put_in(member, dice.share(sum(lot.free for lot in member.wallet.lots) // 2))

    def put_in(self, member: Member, points: int) -> None:
        """So many points into the pool."""
        self.refused_alike(
            lambda: homes.contribute(self.ledger, member, points),
            lambda: households.contribute(self._id_of(member), points),
        )
        self.compare()

    @precondition(lambda self: self.ledger.homes)
    @rule(dice=dice)
    def move_out(self, dice: Dice) -> None:
        at_home = [each for each in self.members if homes.home_of(self.ledger, each)]
        member = dice.pick(at_home or self.members)
        done = self.refused_alike(
            lambda: homes.leave(self.ledger, member),
            lambda: households.leave(self._id_of(member), person="Laleh"),
        )
        if done:
            assert done[0] == done[1]
        self._compare_heads()
        self.compare()

    @precondition(lambda self: self.ledger.homes)
    @rule(dice=dice)
    def set_caps(self, dice: Dice) -> None:
        """A member may take out, or put in, less than all may; or more, which changes nothing."""
        at_home = [each for each in self.members if homes.home_of(self.ledger, each)]
        member = dice.pick(self.members if dice.one_in(10) or not at_home else at_home)
        spend, contribute = dice.pick(_CAPS), dice.pick(_CAPS)
        self.refused_alike(
            lambda: homes.set_caps(self.ledger, member, Caps(spend, contribute)),
            lambda: households.set_caps(self._id_of(member), spend_cap=spend, contribute_cap=contribute),
        )

    @precondition(lambda self: self.ledger.homes)
    @rule(dice=dice)
    def set_share(self, dice: Dice) -> None:
        """A part of what a member earns from now on goes into the pool by itself; of what it has earned, nothing."""
        at_home = [each for each in self.members if homes.home_of(self.ledger, each)]
        member, percent = dice.pick(at_home or self.members), dice.pick([0, 10, 33, 50, 100])
        self.refused_alike(
            lambda: homes.set_share(self.ledger, member, percent),
            lambda: households.set_share(self._id_of(member), percent),
        )

    @rule(dice=dice)
    def share_earns(self, dice: Dice) -> None:
        """The job that moves what is due, once or twice; the outbox is emptied here and nowhere else."""
        while drain():
            pass
        households.move_due_shares()
        if dice.one_in(2):
            assert households.move_due_shares() == 0
        homes.move_shares(self.ledger)
        self.compare(*self.ledger.wallets)

    @precondition(lambda self: self.ledger.homes)
    @rule(dice=dice)
    def pass_headship(self, dice: Dice) -> None:
        home = dice.pick(self.ledger.homes)
        there = [each for each in self.members if each.name in home.spends_from]
        member = dice.pick(self.members if dice.one_in(5) or not there else there)
        self.refused_alike(
            lambda: homes.pass_headship(home, member),
            lambda: households.pass_headship(self.households[home.name], self._id_of(member)),
        )
        self._compare_heads()

    def _compare_heads(self) -> None:
        """Who heads each household that has not ended."""
        for home in self.ledger.homes:
            if home.spends_from:
                head_id = households.get_household(self.households[home.name])[0].head_id
                assert head_id == self.reality.members[home.head].member_id

    def _id_of(self, member: Member) -> Any:
        return self.reality.members[member.name].member_id
