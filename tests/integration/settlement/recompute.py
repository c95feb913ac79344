"""An auditor's program: a cycle computed again from its export alone, in plain Python that knows nothing of ours.

Written from docs/settlement-export.md. Amounts are fractions; only the currency's digits come from elsewhere.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

ORDER = ["contract", "tariff", "lot", "issue", "draw", "expiry", "penalty", "adjustment", "net"]
LEGS = ("issue", "redemption", "deferred", "breakage", "fee", "tax", "penalty", "adjustment")
TO_PARTNER = ("redemption", "breakage", "adjustment")
Amounts = dict[str, dict[str, int]]


def recompute(lines: Iterable[str], minor_digits: int = 2) -> tuple[Amounts, Amounts]:
    """The nets that follow from the movements, and those that the file states: {partner: {leg: amount_minor}}.

    Fails if the file contradicts itself: lines out of order, unknown contracts or lots, a lot drawn beyond its points.
    """
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ORDER}
    latest = 0
    for line in lines:
        row = json.loads(line)
        position = ORDER.index(row["type"])
        assert position >= latest, "lines are out of order"
        latest = position
        found[row["type"]].append(row)
    contracts = {(row["partner"], row["version"]): row for row in found["contract"]}
    assert len(contracts) == len(found["contract"])
    check_lots(found)
    return nets(found, contracts, minor_digits), stated(found["net"])


def check_lots(found: dict[str, list[dict[str, Any]]]) -> None:
    """Each lot stands once, moves under its own contract, and is never drawn beyond its points."""
    lots = {row["lot"]: row for row in found["lot"]}
    assert len(lots) == len(found["lot"])
    points = {name: row["opening_remaining"] for name, row in lots.items()}
    for row in found["issue"]:
        lot = lots[row["lot"]]
        assert (row["issuer"], row["contract_version"]) == (lot["issuer"], lot["contract_version"])
        assert row["point_type"] == lot["point_type"]
        points[row["lot"]] += row["points"]
    for row in found["draw"]:
        lot = lots[row["lot"]]
        assert (row["issuer"], row["issuer_contract_version"]) == (lot["issuer"], lot["contract_version"])
        assert row["point_type"] == lot["point_type"]
        points[row["lot"]] -= row["points"]
    assert all(left >= 0 for left in points.values())


def rates_of(contract: dict[str, Any], point_type: str) -> dict[str, Any]:
    """A version as it holds for a type of points."""
    return {**contract, **contract["rates_by_type"].get(point_type, {})}


def nets(
    found: dict[str, list[dict[str, Any]]], contracts: dict[tuple[str, int], dict[str, Any]], minor_digits: int
) -> Amounts:
    """What everybody owes and is due, from the formulas of the economics."""
    claims: dict[tuple[str, str, str], Fraction] = defaultdict(Fraction)
    for row in found["issue"]:
        contract = rates_of(contracts[row["issuer"], row["contract_version"]], row["point_type"])
        if contract["prepaid"]:
            continue
        p, f = Fraction(contract["issuance_price"]), Fraction(contract["funded_at_issue"])
        claims["issue", row["issuer"], ""] += row["points"] * f * p
    for row in found["draw"]:
        lot_contract = rates_of(contracts[row["issuer"], row["issuer_contract_version"]], row["point_type"])
        redeemers = rates_of(contracts[row["redeemer"], row["redeemer_contract_version"]], row["point_type"])
        p, f = Fraction(lot_contract["issuance_price"]), Fraction(lot_contract["funded_at_issue"])
        r = Fraction(redeemers["reimbursement_rate"])
        pair = row["issuer"], row["redeemer"]
        if row["issuer"] == row["redeemer"]:
            claims["redemption", *pair] += row["points"] * f * r
        else:
            claims["redemption", *pair] += row["points"] * r
            claims["deferred", *pair] += row["points"] * (1 - f) * p
    for row in found["expiry"]:
        contract = rates_of(contracts[row["issuer"], row["contract_version"]], row["point_type"])
        f, e = Fraction(contract["funded_at_issue"]), Fraction(contract["redemption_element"])
        claims["breakage", row["issuer"], ""] += row["points"] * f * e * Fraction(contract["breakage_share"])
    amounts: Amounts = defaultdict(lambda: dict.fromkeys(LEGS, 0))
    gross: dict[str, int] = defaultdict(int)
    for (leg, issuer, redeemer), exact in claims.items():
        partner = redeemer if leg == "redemption" else issuer
        rounded = round(exact * 10**minor_digits)  # of a fraction: half to even
        add(amounts, partner, leg, rounded)
        gross[partner] += abs(rounded) if leg != "breakage" else 0
    active = {row["issuer"] for row in found["issue"]} | {row["redeemer"] for row in found["draw"]}
    for tariff in found["tariff"]:
        add_charges(amounts, tariff, gross[tariff["partner"]], is_active=tariff["partner"] in active)
    late: dict[str, Fraction] = defaultdict(Fraction)
    for row in found["penalty"]:
        late[row["partner"]] += row["minor_days"] * Fraction(row["yearly_rate"]) / 365
    for partner, exact in late.items():
        add(amounts, partner, "penalty", round(exact))
    for row in found["adjustment"]:
        add(amounts, row["partner"], "adjustment", row["amount_minor"])
    return {partner: net for partner, net in amounts.items() if any(net.values())}


def add_charges(amounts: Amounts, tariff: dict[str, Any], gross: int, *, is_active: bool) -> None:
    """A partner's fee, and the tax on each of its legs."""
    partner = tariff["partner"]
    if is_active:
        fee = tariff["fee_per_cycle_minor"] + Fraction(tariff["fee_share_of_gross"]) * gross
        add(amounts, partner, "fee", round(fee))
    for leg, rate in tariff["tax_rates"].items():
        tax = round(Fraction(rate) * amounts[partner][leg])
        add(amounts, partner, "tax", -tax if leg in TO_PARTNER else tax)


def add(amounts: Amounts, partner: str, leg: str, amount: int) -> None:
    """An amount, on the partner's side and on the operator's; nobody pays itself."""
    if partner != "operator":
        amounts[partner][leg] += amount
        amounts["operator"][leg] -= amount


def stated(rows: list[dict[str, Any]]) -> Amounts:
    """The file's own nets, of which each adds up in itself and all together to nothing."""
    assert len({row["partner"] for row in rows}) == len(rows)
    assert sum(row["net_minor"] for row in rows) == 0
    for row in rows:
        due = {leg: row[f"{leg}_minor"] * (1 if leg in TO_PARTNER else -1) for leg in LEGS}
        assert row["net_minor"] == sum(due.values())
    told = {row["partner"]: {leg: row[f"{leg}_minor"] for leg in LEGS} for row in rows}
    return {partner: net for partner, net in told.items() if any(net.values())}
