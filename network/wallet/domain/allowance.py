"""Allowances: how much an issuer may still issue, leased to slots, of which a posting takes from one if it can."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from network.wallet.domain.values import Take

SLOTS = 8
"""How many postings of one issuer can be saved at the same moment without waiting for each other."""


class Slot(NamedTuple):
    """One slot of an allowance, and what is left in it."""

    allowance_id: UUID
    slot: int
    remaining: int


def spread(amount: int, slots: int = SLOTS) -> list[int]:
    """An amount in whole parts, as even as can be."""
    least, more = divmod(amount, slots)
    return [least + (number < more) for number in range(slots)]


def take_from(
    slots: Sequence[Slot], amount: int, *, choice: int, lot_id: UUID | None = None
) -> tuple[Take, ...] | None:
    """What to take an amount from; None if all slots together do not have it.

    Allowances are used up in the order in which their slots are told. Of the first that has anything, one slot that has
    the whole amount, `choice` says which of several; if none has, as many slots as are needed, in their order.
    """
    for allowance_id, own in groupby((each for each in slots if each.remaining), key=lambda each: each.allowance_id):
        enough = [each for each in own if each.remaining >= amount]
        if enough:
            return (Take(allowance_id, enough[choice % len(enough)].slot, amount, lot_id),)
        break
    return _gather(slots, amount, lot_id)


def give_back(uses: Iterable[tuple[UUID, int, int]], amount: int, *, lot_id: UUID) -> tuple[Take, ...]:
    """How an amount goes back to where a lot has it from: (allowance, slot, amount), what was taken last first.

    What did not come from an allowance goes nowhere.
    """
    takes: list[Take] = []
    for allowance_id, slot, used in uses:
        returned = min(used, amount)
        if returned:
            takes.append(Take(allowance_id, slot, -returned, lot_id))
            amount -= returned
    return tuple(takes)


def _gather(slots: Iterable[Slot], amount: int, lot_id: UUID | None) -> tuple[Take, ...] | None:
    takes: list[Take] = []
    for each in slots:
        part = min(each.remaining, amount)
        if part:
            takes.append(Take(each.allowance_id, each.slot, part, lot_id))
            amount -= part
    return None if amount else tuple(takes)
