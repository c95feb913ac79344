"""Values: frozen dataclasses to all who read them and to the type checker, and plain ones to the running program.

Python freezes a dataclass by refusing every assignment, and then has to go around that for each field of each new
value: it costs four times as much to make one, and a posting makes dozens. mypy refuses the assignment to a field of
a value before anything runs, so `value` leaves it to mypy.
"""

import dataclasses
from typing import TYPE_CHECKING, Any

__all__ = ["replace", "value"]

if TYPE_CHECKING:
    from dataclasses import dataclass as value
    from dataclasses import replace
else:

    def value(*, frozen: bool, slots: bool, kw_only: bool = False) -> Any:
        """`dataclasses.dataclass(frozen=True, slots=True)` for a value that is made on the way of each request."""
        assert frozen and slots, "a value is frozen, and has slots"
        return dataclasses.dataclass(slots=True, unsafe_hash=True, kw_only=kw_only)

    def replace(old: Any, /, **changes: Any) -> Any:
        """`dataclasses.replace` for values: the same value with some fields changed."""
        kind = type(old)
        new = object.__new__(kind)
        for name in kind.__dataclass_fields__:
            setattr(new, name, getattr(old, name))
        for name, changed in changes.items():
            setattr(new, name, changed)
        return new
