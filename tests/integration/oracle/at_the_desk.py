"""The steps of merges: two accounts are found to be one person's, and found not to be."""

from __future__ import annotations

from uuid import UUID

from hypothesis.stateful import precondition, rule

from network.members import service as members
from tests.integration.oracle.dice import Dice, dice
from tests.integration.oracle.in_the_office import PEOPLE
from tests.integration.oracle.walk import Walk
from tests.oracle import merging
from tests.oracle.homes import home_of
from tests.oracle.ledger import Member
from tests.oracle.merging import Merge

_SHARED_BY = 2  # members that are left, at least, for others to meet


class AtTheDesk(Walk):
    """What two of staff do with two accounts."""

    merges: list[tuple[Merge, UUID]]

    @rule(dice=dice)
    def propose_merge(self, dice: Dice) -> None:
        """Mostly of what can be merged, and with a second person at once."""
        apart = [each for each in self.members if not each.merged_into and not home_of(self.ledger, each)]
        if len(apart) < _SHARED_BY or dice.one_in(10):
            apart = self.members
        owing = [each for each in apart if each.wallet.balance["debt"]]
        member = dice.pick(owing if owing and dice.one_in(2) else apart)
        others = [each for each in self.members if each is not member and not each.merged_into]
        self._propose(member, dice.pick(self.members if not others or dice.one_in(15) else others))
        if self.merges and not dice.one_in(4):
            self._decide(self.merges[-1], "reza", yes=True)

    def _propose(self, member: Member, into: Member) -> None:
        done = self.refused_alike(
            lambda: merging.propose(self.ledger, member, into, "maryam"),
            lambda: members.propose_merge(self._id_of(member), self._id_of(into), reason="same", person="maryam"),
        )
        if done:
            self.merges.append((done[0], done[1].merge_id))

    @precondition(lambda self: self.merges)
    @rule(dice=dice)
    def propose_unmerge(self, dice: Dice) -> None:
        """Mostly of a merge that holds, and with a second person at once."""
        holding = [each for each in self.merges if each[0].state == merging.MERGED]
        case = dice.pick(self.merges if not holding or dice.one_in(10) else holding)
        merge, merge_id = case
        self.refused_alike(
            lambda: merging.propose_unmerge(merge, "maryam"),
            lambda: members.propose_unmerge(merge_id, reason="not the same", person="maryam"),
        )
        if not dice.one_in(4):
            self._decide(case, "reza", yes=True)

    @precondition(lambda self: self.merges)
    @rule(dice=dice)
    def decide_on_merge(self, dice: Dice) -> None:
        waiting = [each for each in self.merges if each[0].state in (merging.PROPOSED, merging.UNMERGE_PROPOSED)]
        case = dice.pick(waiting or self.merges)
        self._decide(case, dice.pick(PEOPLE), yes=not dice.one_in(3))

    def _decide(self, case: tuple[Merge, UUID], person: str, *, yes: bool) -> None:
        merge, merge_id = case
        verb = members.approve_merge if yes else members.reject_merge
        done = self.refused_alike(
            lambda: merging.approve(self.ledger, merge, person) if yes else merging.reject(merge, person),
            lambda: verb(merge_id, person=person),
        )
        if done:
            assert str(done[1].state) == merge.state
        self.compare(*self.ledger.wallets)

    def _id_of(self, member: Member) -> UUID:
        return self.reality.members[member.name].member_id
