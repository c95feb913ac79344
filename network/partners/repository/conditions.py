"""The conditions of a contract version, to its columns and back."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from network.partners.domain import BankDetails, Conditions, ContractLeg, Document, LegTerms

_PLAIN = tuple(field.name for field in fields(Conditions) if field.name not in ("legs", "bank"))
_BANK = tuple(field.name for field in fields(BankDetails))


def columns_of(conditions: Conditions) -> dict[str, Any]:
    """What a row of a contract version has of them."""
    legs = {each.leg.value: {"tax_rate": f"{each.tax_rate:f}", "document": each.document} for each in conditions.legs}
    plain = {name: getattr(conditions, name) for name in _PLAIN}
    return plain | {f"bank_{name}": getattr(conditions.bank, name) for name in _BANK} | {"leg_terms": legs}


def conditions_of(row: Any) -> Conditions:
    """The conditions of a row."""
    legs = tuple(
        LegTerms(ContractLeg(leg), Decimal(told["tax_rate"]), Document(told["document"]))
        for leg, told in sorted(row.leg_terms.items())
    )
    bank = BankDetails(**{name: getattr(row, f"bank_{name}") for name in _BANK})
    return Conditions(**{name: getattr(row, name) for name in _PLAIN}, legs=legs, bank=bank)
