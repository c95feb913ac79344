"""JSON that nobody can change by accident: what `.raw` and `.body` hold."""

from __future__ import annotations

from typing import Any, NoReturn

__all__ = ["FrozenDict", "freeze"]


class FrozenDict(dict[str, Any]):
    """A JSON object that refuses to be changed.

    A real dict, so that `json.dumps` and `pickle` take it as it is; `dict(frozen)` gives a copy to change.
    """

    __slots__ = ()

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TypeError("This is what the network answered and cannot be changed; dict(...) makes a copy to change.")

    __setitem__ = __delitem__ = update = setdefault = pop = popitem = clear = __ior__ = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        # The default rebuilds a dict item by item, which the refusals above would stop.
        return FrozenDict, (dict(self),)


def freeze(value: Any) -> Any:
    """Decoded JSON with every object read-only and every array a tuple."""
    if isinstance(value, dict):
        return FrozenDict({name: freeze(inner) for name, inner in value.items()})
    if isinstance(value, list):
        return tuple(freeze(inner) for inner in value)
    return value
