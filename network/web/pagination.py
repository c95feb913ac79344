"""Lists: newest first, `limit` rows, and an opaque cursor that says where the next page begins.

A cursor holds the sort key of the last row given out, never an offset: rows that arrive meanwhile shift nothing. It
isn't signed: whoever makes one up pages through what the same query shows them anyway.
"""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from marshmallow import ValidationError, fields

from network.kernel.clock import as_utc
from network.web.errors import MalformedCursor
from network.web.schemas import RequestSchema

DEFAULT_LIMIT = 20
MOST = 100
_LONGEST_CURSOR = 512

Row = TypeVar("Row")
CursorPart = int | str | UUID | datetime


class Limit(fields.Integer):
    """1 to 100 rows. Query strings are text, so strictness is about digits: `1_0`, ` 5` and Persian digits are not."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        if not (isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 3):
            raise ValidationError(f"Must be a whole number from 1 to {MOST}.")
        if not 1 <= int(value) <= MOST:
            raise ValidationError(f"Must be a whole number from 1 to {MOST}.")
        return int(value)


class PageQuery(RequestSchema):
    """`?limit=&cursor=`; loads to `{"limit": int, "cursor": str | None}`."""

    limit = Limit(load_default=DEFAULT_LIMIT, metadata={"minimum": 1, "maximum": MOST})
    cursor = fields.String(load_default=None, metadata={"description": "`next_cursor` of the page before."})


def encode_cursor(*parts: CursorPart) -> str:
    """An opaque cursor of a row's sort key."""
    told = json.dumps([_plain(part) for part in parts], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type[CursorPart]) -> tuple[Any, ...] | None:
    """The sort key in a cursor, part by part of the `kinds` it was made of; None for no cursor.

    Raises MalformedCursor.
    """
    if cursor is None:
        return None
    try:
        parts = json.loads(_decoded(cursor))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError("another number of parts")
        return tuple(_typed(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, RecursionError, OverflowError) as error:
        raise MalformedCursor(field="cursor") from error


def page(
    rows: Sequence[Row], limit: int, *, show: Callable[[Row], Any], cursor: Callable[[Row], Sequence[CursorPart]]
) -> dict[str, Any]:
    """The body of a list. `rows`: at most `limit` + 1, for the one too many says that there are more."""
    given = rows[:limit]
    has_more = len(rows) > limit
    return {
        "data": [show(row) for row in given],
        "has_more": has_more,
        "next_cursor": encode_cursor(*cursor(given[-1])) if has_more else None,
    }


def _decoded(cursor: str) -> bytes:
    if len(cursor) > _LONGEST_CURSOR or not cursor.isascii():
        raise ValueError("no cursor of ours")
    return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)


def _plain(part: CursorPart) -> int | str:
    if isinstance(part, datetime):
        return as_utc(part).isoformat()
    return str(part) if isinstance(part, UUID) else part


def _typed(part: Any, kind: type[CursorPart]) -> CursorPart:
    if kind is int:
        if type(part) is not int or abs(part) >= 2**63:  # true is an int to Python, and bigint ends at 64 bits
            raise ValueError("not a whole number")
        return part
    if not isinstance(part, str) or "\0" in part:
        raise ValueError("not a text")
    if kind is UUID:
        return UUID(part)
    if kind is datetime:
        return as_utc(datetime.fromisoformat(part))
    part.encode()  # a lone surrogate can't be sent to the database
    return part
