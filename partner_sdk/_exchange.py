"""What travels, as plain values: a `Call` goes out, an `Answer` comes back. Neither knows the HTTP library."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ._errors import ResponseError
from ._frozen import FrozenDict, freeze

__all__ = ["Answer", "Call", "Draw", "Headers", "get", "post"]


class Headers(Mapping[str, str]):
    """HTTP headers, read-only; names match in any case."""

    __slots__ = ("_lines",)

    def __init__(self, lines: Mapping[str, str] | None = None) -> None:
        self._lines = {name.lower(): value for name, value in (lines or {}).items()}

    def __getitem__(self, name: str) -> str:
        return self._lines[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return f"Headers({self._lines!r})"


@dataclass(frozen=True, slots=True)
class Draw:
    """What the partner's own signature says of a call: redemption, hold, capture or return, of how many points."""

    kind: str
    points: int | None
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One logical call. Its body is bytes, made once, so that every try sends the very same.

    `route` is the path with its placeholders, for logs. `keyed`: it writes, and goes under an idempotency key. `draw`:
    what to sign of it, for those who sign. `fresh`: makes the body of each try, where one body is good for one alone.
    """

    method: str
    route: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    keyed: bool = False
    draw: Draw | None = None
    fresh: Callable[[], bytes] | None = None


def get(route: str, *, query: Mapping[str, str] | None = None, **ids: str) -> Call:
    """A read of `route`, its placeholders filled from `ids`."""
    return Call(method="GET", route=route, path=_filled(route, ids), query=query or {})


def post(route: str, fields: Mapping[str, Any], *, keyed: bool, draw: Draw | None = None, **ids: str) -> Call:
    """A POST of a JSON object to `route`, `ids` filled in; fields that are None are left out."""
    present = {name: value for name, value in fields.items() if value is not None}
    body = json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json"}
    path = _filled(route, ids)
    return Call(method="POST", route=route, path=path, body=body, headers=headers, keyed=keyed, draw=draw)


def _filled(route: str, ids: Mapping[str, str]) -> str:
    for name, value in ids.items():
        if not isinstance(value, str):
            raise TypeError(f"{name} is an id and a str, not {type(value).__name__}.")
        if value.strip(".") == "":
            # It would name another route: "/v1/members/" instead of "/v1/members/mbr_...".
            raise ValueError(f"{name} is empty: pass the id the network gave.")
    return route.format_map({name: quote(value, safe="") for name, value in ids.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whole. `idempotency_key` is the one the call was sent under."""

    status_code: int
    headers: Headers
    content: bytes = field(repr=False)
    idempotency_key: str | None = None

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status_code < 300

    @property
    def request_id(self) -> str | None:
        return self.headers.get("request-id")

    def json(self) -> Any:
        """The decoded body, read-only. Raises ValueError when it is not JSON."""
        try:
            return freeze(json.loads(self.content))
        except RecursionError:
            raise ValueError("nested too deeply") from None

    def json_object(self) -> FrozenDict:
        """The decoded body. Raises ResponseError when it is not a JSON object."""
        try:
            value = self.json()
        except ValueError:
            raise self.misunderstood("The answer is not JSON; does base_url point at the network?") from None
        if not isinstance(value, FrozenDict):
            raise self.misunderstood("The answer is not a JSON object")
        return value

    def misunderstood(self, message: str) -> ResponseError:
        """The error to raise when this answer makes no sense. The message names fields, never values."""
        return ResponseError(
            message,
            status_code=self.status_code,
            request_id=self.request_id,
            idempotency_key=self.idempotency_key,
        )
