"""The conditions of a contract version, to its columns and back."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from network.partners.domain import Conditions, ContractLeg, Document, LegTerms

_PLAIN = tuple(field.name for field in fields(Conditions) if field.name != "legs")


def columns_of(conditions: Conditions) -> dict[str, Any]:
    """What a row of a contract version has of them."""
    legs = {each.leg.value: {"tax_rate": f"{each.tax_rate:f}", "document": each.document} for each in conditions.legs}
    return {name: getattr(conditions, name) for name in _PLAIN} | {"leg_terms": legs}


def conditions_of(row: Any) -> Conditions:
    """The conditions of a row."""
    legs = tuple(
        LegTerms(ContractLeg(leg), Decimal(told["tax_rate"]), Document(told["document"]))
        for leg, told in sorted(row.leg_terms.items())
    )
    return Conditions(**{name: getattr(row, name) for name in _PLAIN}, legs=legs)
