"""Who pays whom: the smallest set of payments that settles a cycle's nets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Scheme(StrEnum):
    """`hub`: all settle with the operator. `bilateral`: partners pay each other, the operator is one party."""

    HUB = "hub"
    BILATERAL = "bilateral"


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of a cycle; the amount is positive, in minor units."""

    payer_id: UUID
    payee_id: UUID
    amount_minor: int


def payments_of(scheme: Scheme, nets: Mapping[UUID, int], operator_id: UUID) -> tuple[Payment, ...]:
    """The payments that bring all nets (minor units, positive: it receives) to nothing, in the order of their parties.

    `nets`: every partner's, without the operator's, which is what they leave. At most one payment less than there are
    parties, the operator counted; nobody pays more than its net. The order of `nets` does not matter.
    """
    if scheme is Scheme.HUB:
        found = [_with_operator(party, net, operator_id) for party, net in nets.items() if net]
    else:
        found = _between_all({**nets, operator_id: -sum(nets.values())})
    return tuple(sorted(found, key=lambda payment: (payment.payer_id, payment.payee_id)))


def _with_operator(partner_id: UUID, net_minor: int, operator_id: UUID) -> Payment:
    if net_minor > 0:
        return Payment(payer_id=operator_id, payee_id=partner_id, amount_minor=net_minor)
    return Payment(payer_id=partner_id, payee_id=operator_id, amount_minor=-net_minor)


def _between_all(nets: Mapping[UUID, int]) -> list[Payment]:
    """The largest debtor pays the largest creditor, of equals the one with the lower id; each payment ends one of them.

    So n parties need at most n - 1: the last payment ends two.
    """
    owes = {party: -net for party, net in nets.items() if net < 0}
    due = {party: net for party, net in nets.items() if net > 0}
    found = []
    while owes:
        payer, payee = _largest(owes), _largest(due)
        amount = min(owes[payer], due[payee])
        found.append(Payment(payer_id=payer, payee_id=payee, amount_minor=amount))
        _take(owes, payer, amount)
        _take(due, payee, amount)
    return found


def _largest(amounts: Mapping[UUID, int]) -> UUID:
    return min(amounts, key=lambda party: (-amounts[party], party))


def _take(amounts: dict[UUID, int], party: UUID, amount: int) -> None:
    amounts[party] -= amount
    if not amounts[party]:
        del amounts[party]
