"""What lines of points come to, computed once more: the formulas of docs/economics.md, in exact decimals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact, localcontext
from typing import NamedTuple

__all__ = ["EXACT", "LEGS", "Flow", "legs_of", "net_of", "rounded"]

EXACT = Context(prec=200, traps=[Inexact])
_ROUNDING = Context(prec=200, rounding=ROUND_HALF_EVEN)
LEGS = ("issue", "redemption", "deferred")


class Flow(NamedTuple):
    """What lines must have in common to be added up: kind, whose points, who drew them, and at which rates."""

    kind: str
    issuer: str
    issuer_version: int
    issuance_price: str
    funded_at_issue: str
    prepaid: int
    redeemer: str | None
    redeemer_version: int | None
    reimbursement_rate: str | None
    point_type: str = "base"


def legs_of(flow: Flow, points: int) -> Iterator[tuple[str, Decimal]]:
    """What a flow makes due, exact, in major units. `points`: signed as lots change, so that draws are negative."""
    price, funded = Decimal(flow.issuance_price), Decimal(flow.funded_at_issue)
    if (
        flow.kind in ("issue", "unissue") and not flow.prepaid
    ):  # what was paid for before, as a block, is not billed again
        yield "issue", points * funded * price
    elif flow.kind in ("draw", "undraw"):
        rate = Decimal(flow.reimbursement_rate or 0)
        if flow.redeemer == flow.issuer:
            yield "redemption", -points * funded * rate
        else:
            yield "redemption", -points * rate
            if funded != 1:
                yield "deferred", -points * (1 - funded) * price


def rounded(amount: Decimal, minor_digits: int) -> int:
    """Whole minor units, halves to the even one."""
    return int(_ROUNDING.quantize(amount.scaleb(minor_digits, _ROUNDING), Decimal(1)))


def net_of(
    code: str, flows: Mapping[Flow, int], minor_digits: int
) -> tuple[dict[str, Decimal], dict[str, int], dict[tuple[str, str], tuple[int, int]]]:
    """What one partner owes for issue, is due for redemption and owes deferred, of its own lines.

    Exact by leg; rounded by leg; and by leg and counterparty: points and minor units, rounded once for each.
    """
    exact = dict.fromkeys(LEGS, Decimal(0))
    sums: dict[tuple[str, str], tuple[int, Decimal]] = {}
    with localcontext(EXACT):
        for flow, points in flows.items():
            for leg, amount in legs_of(flow, points):
                own = flow.redeemer if leg == "redemption" else flow.issuer
                if own != code:
                    continue
                other = flow.issuer if leg == "redemption" else flow.redeemer or "operator"
                moved, due = sums.get((leg, other), (0, Decimal(0)))
                sums[leg, other] = moved + (points if leg == "issue" else -points), due + amount
                exact[leg] += amount
    lines = {key: (points, rounded(amount, minor_digits)) for key, (points, amount) in sums.items()}
    minor = dict.fromkeys(LEGS, 0)
    for (leg, _), (_, amount_minor) in lines.items():
        minor[leg] += amount_minor
    return exact, minor, lines
