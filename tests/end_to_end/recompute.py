"""A cycle computed again from its export alone, as an auditor would: nothing of the network is imported here."""

import json
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from math import floor
from typing import Any

OPERATOR = "operator"
LEGS = ("issue", "redemption", "deferred")


def read(export: str) -> dict[str, list[dict[str, Any]]]:
    """The lines of an export by their type."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in export.splitlines():
        told = json.loads(line)
        found[told.pop("type")].append(told)
    return found


def nets(export: str) -> dict[str, dict[str, int]]:
    """Each party's legs and net, in cents: what the `net` lines of the export should say."""
    lines = read(export)
    terms = {(each["partner"], each["version"]): each for each in lines["contract"]}
    owed: dict[tuple[str, str, str | None], Fraction] = defaultdict(Fraction)
    for issue in lines["issue"]:
        contract = terms[issue["issuer"], issue["contract_version"]]
        price, funded = _rates(contract, "issuance_price", "funded_at_issue")
        owed["issue", issue["issuer"], None] += issue["points"] * price * funded
    for draw in lines["draw"]:
        issuer, redeemer, points = draw["issuer"], draw["redeemer"], draw["points"]
        price, funded = _rates(terms[issuer, draw["issuer_contract_version"]], "issuance_price", "funded_at_issue")
        (paid,) = _rates(terms[redeemer, draw["redeemer_contract_version"]], "reimbursement_rate")
        if issuer == redeemer:
            owed["redemption", issuer, redeemer] += points * funded * paid
        else:
            owed["redemption", issuer, redeemer] += points * paid
            owed["deferred", issuer, redeemer] += points * (1 - funded) * price
    return _positions({key: half_even(100 * amount) for key, amount in owed.items()})


def beyond_their_lots(export: str) -> list[str]:
    """Lots that were drawn beyond what they held at the opening, or were issued with since."""
    lines = read(export)
    left = {lot["lot"]: lot["opening_remaining"] for lot in lines["lot"]}
    for issue in lines["issue"]:
        left[issue["lot"]] += issue["points"]
    for draw in lines["draw"]:
        left[draw["lot"]] -= draw["points"]
    return [lot for lot, points in left.items() if points < 0]


def half_even(amount: Fraction) -> int:
    """To the nearest whole number, halves to the even one."""
    below = floor(amount)
    rest = amount - below
    return below + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1))


def _rates(contract: dict[str, Any], *names: str) -> Iterable[Fraction]:
    return [Fraction(contract[name]) for name in names]


def _positions(amounts: dict[tuple[str, str, str | None], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(LEGS, 0))
    for (leg, issuer, redeemer), amount in amounts.items():
        partner = redeemer if leg == "redemption" else issuer
        assert partner is not None
        found[partner][leg] += amount
        found[OPERATOR][leg] -= amount
    for position in found.values():
        position["net"] = position["redemption"] - position["issue"] - position["deferred"]
    return dict(found)
