"""Mistakes in arguments, caught before anything is sent: TypeError and ValueError with a sentence that helps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ._models import Member

__all__ = ["instant", "member_id", "whole", "whole_from"]


def whole(name: str, value: Any) -> int:
    """`value` when it is an int. Raises TypeError otherwise: money and points are never floats, nor bools."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    meaning = "whole minor units, 1250 for 12.50 USD" if name.endswith("_minor") else "a whole number"
    raise TypeError(f"{name} is an int: {meaning}. Got {value!r}, a {type(value).__name__}.")


def whole_from(least: int, name: str, value: Any) -> int:
    """`value` when it is an int of at least `least`. Raises TypeError and ValueError otherwise."""
    if whole(name, value) < least:
        raise ValueError(f"{name} is {least} or more; got {value}.")
    return int(value)


def instant(name: str, value: Any) -> str:
    """`value` as RFC 3339 in UTC. Raises TypeError when it is no datetime, ValueError when it has no time zone."""
    if not isinstance(value, datetime):
        raise TypeError(f"{name} is a datetime with a time zone; got a {type(value).__name__}.")
    if value.utcoffset() is None:
        raise ValueError(
            f"{name} has no time zone, so it names no instant. Pass datetime.now(UTC), "
            "or value.replace(tzinfo=ZoneInfo(...)) with the zone of the till."
        )
    try:
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    except OverflowError:
        raise ValueError(f"{name} is out of range: {value}.") from None


def member_id(member: Member | str) -> str:
    """The id of a Member, or the id itself. Raises TypeError for anything else, ValueError for an empty one."""
    if isinstance(member, Member):
        return member.id
    if not isinstance(member, str):
        raise TypeError(f"member is a Member or its id; got a {type(member).__name__}.")
    if not member:
        raise ValueError("member is empty: pass a Member or its id.")
    return member
