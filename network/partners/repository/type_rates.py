"""The rates of types of points of a contract version, to JSON and back."""

from dataclasses import fields
from decimal import Decimal
from typing import Any

from network.partners.domain import PointType, TypeRates

_RATES = tuple(field.name for field in fields(TypeRates) if field.name != "point_type")


def told_of_types(rates_by_type: tuple[TypeRates, ...]) -> dict[str, dict[str, str]]:
    """Exact decimals in strings, by type."""
    return {each.point_type.value: {name: f"{getattr(each, name):f}" for name in _RATES} for each in rates_by_type}


def rates_by_type_of(told: dict[str, dict[str, str]] | None) -> tuple[TypeRates, ...]:
    """The rates that were told, in the order of types; none of terms from before there were types."""
    found: dict[str, Any] = told or {}
    return tuple(
        TypeRates(point_type=each, **{name: Decimal(found[each.value][name]) for name in _RATES})
        for each in PointType
        if each.value in found
    )
