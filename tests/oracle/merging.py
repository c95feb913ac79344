"""Two accounts of one person become one, and two again if that was a mistake. It takes two of staff."""

from dataclasses import dataclass, field

from tests.oracle import homes, transfers
from tests.oracle.ledger import Ledger, Member, is_better, refuse
from tests.oracle.wallet import Lot

PROPOSED, REJECTED, MERGED, UNMERGE_PROPOSED, UNMERGED = (
    "proposed",
    "rejected",
    "merged",
    "unmerge_proposed",
    "unmerged",
)


@dataclass(eq=False)
class Merge:
    """A member that is to become another one; who asked for the step that waits, and which partners came to know the
    other one by it: how, and how they had known it before.
    """

    member: Member
    into: Member
    person: str
    state: str = PROPOSED
    met: dict[str, tuple[str, str | None]] = field(default_factory=dict)


def propose(ledger: Ledger, member: Member, into: Member, person: str) -> Merge:
    """Somebody wants it."""
    _check_pair(ledger, member, into)
    return Merge(member, into, person)


def propose_unmerge(merge: Merge, person: str) -> None:
    """Somebody wants it undone."""
    if merge.state != MERGED:
        refuse(409, "merge_over")
    merge.state, merge.person = UNMERGE_PROPOSED, person


def approve(ledger: Ledger, merge: Merge, person: str) -> None:
    """Somebody else lets it happen."""
    _check_decider(merge, person)
    if merge.state == PROPOSED:
        _merge(ledger, merge)
        merge.state = MERGED
    else:
        _unmerge(ledger, merge)
        merge.state = UNMERGED


def reject(merge: Merge, person: str) -> None:
    """Somebody else does not; what was to be undone stays."""
    _check_decider(merge, person)
    merge.state = REJECTED if merge.state == PROPOSED else MERGED


def _merge(ledger: Ledger, merge: Merge) -> None:
    """Lots and debts go over as they are, pending ones too; and whoever knew the one knows the other."""
    member, into = merge.member, merge.into
    _check_pair(ledger, member, into)
    source, target = member.wallet, into.wallet
    if any(hold.is_open for hold in source.holds):
        refuse(409, "holds_open")
    transfers.send(ledger, source, target, [(lot, lot.left, None) for lot in source.draw_order if lot.left])
    for debt in [each for each in source.debts if each.left]:
        transfers.send_debt(ledger, source, target, debt)
    member.merged_into = into
    for partner, known_by in member.known_by.items():
        before = into.known_by.get(partner)
        if is_better(known_by, before):
            merge.met[partner] = known_by, before
            into.known_by[partner] = known_by


def _unmerge(ledger: Ledger, merge: Merge) -> None:
    """What is left of what went over comes home, from a pool too; and partners know the other as they did before, but
    those to whom it has shown itself since.
    """
    member, into = merge.member, merge.into
    if into.merged_into is not None:
        refuse(409, "member_merged")
    source, target = into.wallet, member.wallet
    went_over = [lot for lot in source.lots if lot.giver == member.name]
    went_over.sort(key=lambda lot: (-lot.made, lot.lot_id))
    everywhere = [piece for lot in went_over for piece in transfers.all_pieces_of(ledger, lot)]
    if any(lot.held for lot in (*went_over, *(lot for _, lot in everywhere))):
        refuse(409, "holds_open")
    parts: list[transfers.Part] = []
    for lot in went_over:
        if _there(ledger, lot):
            transfers.recall(ledger, source, lot, lot.issued)
            parts.append((lot, transfers.movable(lot), lot.home))
    transfers.send(ledger, source, target, parts)
    for debt in [each for each in source.debts if each.left and each.giver == member.name]:
        transfers.send_debt(ledger, source, target, debt)
    transfers.write_down(ledger, [wallet for wallet, _ in everywhere])
    member.merged_into = None
    for partner, (known_by, before) in merge.met.items():
        if into.known_by.get(partner) == known_by:
            into.known_by.pop(partner)
            if before is not None:
                into.known_by[partner] = before


def _there(ledger: Ledger, lot: Lot) -> int:
    """What is left of a lot's points, there and wherever they went on to."""
    return sum(map(transfers.movable, (lot, *(piece for _, piece in transfers.all_pieces_of(ledger, lot)))))


def _check_pair(ledger: Ledger, member: Member, into: Member) -> None:
    if member.merged_into is not None or into.merged_into is not None:
        refuse(409, "member_merged")
    if member is into:
        refuse(422, "same_member")
    if homes.home_of(ledger, member) is not None:
        refuse(409, "in_household")


def _check_decider(merge: Merge, person: str) -> None:
    if merge.state not in (PROPOSED, UNMERGE_PROPOSED):
        refuse(409, "merge_over")
    if merge.person.casefold() == person.casefold():
        refuse(403, "second_person_needed")
