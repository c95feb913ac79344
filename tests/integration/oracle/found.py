"""The coalition that is walked: five partners that differ in all that a contract and a rule can say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from network.households import domain as households_domain
from network.households import service as households
from tests.integration.oracle.walk import Walk
from tests.oracle.expiry import JALALI, Decision, Policy
from tests.oracle.ledger import HomeRules
from tests.oracle.terms import DEBT_ALLOWED, PENDING_ONLY, WITHIN_LOT, Contract, Partner, Rule

CODES = ("grocer", "florist", "fashion", "fuel")
STORES = ("main", "north")
PLACES = (None, None, "IR", "CA-ON", "CA-QC")
SIGNED = datetime(2017, 1, 1, tzinfo=UTC)
_TEHRAN = ZoneInfo("Asia/Tehran")

CHEAP_BONUS = {"bonus": {"price": "0.0105", "fee": "0.0001", "paid": "0.0085", "funded": "0.25"}}
DEAR_GOODWILL = {"goodwill": {"price": "0.0130", "fee": "0.0030", "paid": "0.0100", "funded": "1"}}
_CONTRACTS: tuple[dict[str, Any], ...] = (
    {"partner": "operator", "months": 12},
    {"partner": "grocer", "months": 24},
    {"partner": "grocer", "months": 12, "currency": "JPY", "price": "1.15", "fee": "0.15", "paid": "0.90", "value": "1",
     "funded": "0.5"},
    {"partner": "florist", "months": 1, "programme": "season", "price": "0.0105", "fee": "0.0005",
     "value": "0.0105", "funded": "0", "types": CHEAP_BONUS},
    {"partner": "fashion", "months": 3, "programme": "club", "funded": "0.5", "types": CHEAP_BONUS | DEAR_GOODWILL},
    {"partner": "fuel", "months": 6, "paid": "0.0100", "price": "0.0125"},
    {"partner": "fuel", "months": 1, "currency": "JPY", "price": "1.25", "fee": "0.15", "paid": "1", "value": "1"},
)  # fmt: skip
_RULES: tuple[dict[str, Any], ...] = (
    {"partner": "florist", "points_per_unit": "2", "return_policy": WITHIN_LOT, "extension_days": 0},
    {"partner": "fashion", "points_per_unit": "0.5", "pending_days": 14, "return_policy": PENDING_ONLY},
    {"partner": "fuel", "return_policy": DEBT_ALLOWED, "extension_days": 10},
)
_POLICIES = (
    Decision("club", "", SIGNED, Policy("inactivity", 1, _TEHRAN, notice_days=(14, 3))),
    Decision("season", "", SIGNED, Policy("end_of_quarter", 0, _TEHRAN, JALALI)),
    Decision("", "IR", SIGNED, Policy("end_of_month", 1, _TEHRAN, JALALI)),
    Decision("", "CA", SIGNED, Policy("months_from_earning", 4, ZoneInfo("America/Toronto")), is_minimum=True),
    Decision("", "CA-QC", SIGNED, Policy("never", 0, _TEHRAN)),
)


def contract_of(
    partner: str,
    version: int,
    valid_from: datetime,
    *,
    months: int,
    currency: str = "USD",
    price: str = "0.0115",
    fee: str = "0.0015",
    paid: str = "0.0090",
    value: str = "0.0100",
    funded: str = "1",
    programme: str | None = None,
    types: Mapping[str, Mapping[str, str]] | None = None,
) -> Contract:
    """A contract; without more words, that of worked example A."""
    return Contract(
        partner=partner,
        version=version,
        currency=currency,
        valid_from=valid_from,
        price=Fraction(price),
        fee=Fraction(fee),
        paid=Fraction(paid),
        value=Fraction(value),
        funded=Fraction(funded),
        months=months,
        programme=programme,
        types=tuple(
            (each, tuple((name, Fraction(rate)) for name, rate in rates.items()))
            for each, rates in (types or {}).items()
        ),
    )


def found(walk: Walk) -> None:
    """The coalition on both sides."""
    walk.ledger.partners["operator"] = Partner("operator")
    for code in CODES:
        walk.ledger.partners[code] = Partner(code, stores=set(STORES))
        walk.reality.join(code, set(STORES))
    set_home_rules(walk, HomeRules(2, 3, 10, 300, 1_000))
    for decision in _POLICIES:
        decide(walk, decision)
    for terms in _CONTRACTS:
        own = dict(terms)
        partner = walk.ledger.partners[own.pop("partner")]
        sign(walk, contract_of(partner.code, len(partner.contracts) + 1, SIGNED, **own))
    for words in _RULES:
        told = {**words, "points_per_unit": Fraction(words.get("points_per_unit", 1))}
        set_rule(walk, Rule(currency="USD", valid_from=SIGNED, **told))


def sign(walk: Walk, contract: Contract) -> None:
    """The next version of a partner's contract, on both sides."""
    walk.reality.sign(contract)
    walk.ledger.partners[contract.partner].contracts.append(contract)


def decide(walk: Walk, decision: Decision) -> None:
    """How long points live from an instant on, on both sides."""
    walk.reality.decide(decision)
    walk.ledger.decisions.append(decision)


def set_home_rules(walk: Walk, rules: HomeRules) -> None:
    """What holds for households, on both sides."""
    households.set_policy(households_domain.Policy(**asdict(rules)))
    walk.ledger.home_rules = rules


def set_rule(walk: Walk, rule: Rule) -> None:
    """A partner's next rule, on both sides."""
    walk.reality.set_rule(rule)
    walk.ledger.partners[rule.partner].rules.append(rule)
