"""What tests of households ask for again and again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from network.households import service as households
from network.households.domain import Consent
from network.wallet.service import balance_of
from tests.fixtures import Customer, Till, next_key

CONSENT = Consent("2017-01", "form 17", "Laleh")


def join(household: UUID, customer: Customer) -> None:
    households.invite(household, customer.member_id, person="Laleh")
    households.join(household, customer.member_id, CONSENT)


def own(till: Till, customer: Customer) -> int:
    """What a member has to itself."""
    return int(till.balance(customer).json["available"])


def pool(household: UUID) -> int:
    """What is in the pool."""
    found, _ = households.get_household(household)
    return balance_of(found.wallet_id)[1].available


def spend(till: Till, customer: Customer, points: int, **more: Any) -> Any:
    """Pay from the pool."""
    return till.redeem(customer, points, source="pool", **more)


def follow(till: Till, entry: str, verb: str, **body: Any) -> Any:
    """Capture, void or reverse."""
    kind = "earns" if entry.startswith("ern_") else "redemptions"
    return till.post(f"/v1/{kind}/{entry}/{verb}", body, next_key())
