"""The rules of adjustments, in plain Python."""

from network.adjustments.domain.extension import Extension, check_extension, concerned, extend
from network.adjustments.domain.points import (
    DEFAULT_LIMIT_POINTS,
    REASONS,
    Adjustment,
    Decision,
    adjust,
    check_decider,
    check_new,
    needs_second_person,
    type_given,
)

__all__ = [
    "DEFAULT_LIMIT_POINTS",
    "REASONS",
    "Adjustment",
    "Decision",
    "Extension",
    "adjust",
    "check_decider",
    "check_extension",
    "check_new",
    "concerned",
    "extend",
    "needs_second_person",
    "type_given",
]
