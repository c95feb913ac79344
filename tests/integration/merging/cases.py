"""Merging and undoing it, as the operator's people do; and balances to compare."""

from __future__ import annotations

from network.members import service as members
from network.members.domain import Merge
from tests.fixtures import Customer, Till

PHONE = "+989123456789"


def merge(old: Customer, into: Customer) -> Merge:
    made = members.propose_merge(old.member_id, into.member_id, reason="one person, two cards", person="Omid")
    return members.approve_merge(made.merge_id, person="Laleh")


def unmerge(made: Merge) -> Merge:
    members.propose_unmerge(made.merge_id, reason="two persons after all", person="Omid")
    return members.approve_merge(made.merge_id, person="Laleh")


def balance(till: Till, customer: Customer) -> dict[str, int]:
    found = till.balance(customer).json
    return {name: found[name] for name in ("available", "pending", "held", "debt")}


def points(available: int = 0, pending: int = 0, held: int = 0, debt: int = 0) -> dict[str, int]:
    return {"available": available, "pending": pending, "held": held, "debt": debt}
