"""Fields that the API shares. They bound every number and refuse what PostgreSQL, a log or a page would choke on."""

import re
import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, validate

from network.kernel.clock import show_instant
from network.kernel.errors import PeyvandError
from network.kernel.identifiers import MalformedId, read, show

MOST = 10**12
"""The largest number of points or minor units in one request: far from the end of 64 bits, even summed."""

_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_REFERENCE = "[A-Za-z0-9._:/#-]{1,64}"
_LONGEST_ID = 64
_ID_LETTERS = "[0-9a-hjkmnp-tv-z]"
_CONTROL, _SURROGATE = "Cc", "Cs"


class Whole(fields.Integer):
    """A whole number from `minimum` to `maximum`; no string, no fraction, no true or false."""

    def __init__(self, *, minimum: int = 0, maximum: int = MOST, **options: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(minimum, maximum), **options)

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> int:
        return value if type(value) is int else super()._deserialize(value, *arguments, **options)


class Points(Whole):
    """1 to 10^12 points."""

    def __init__(self, **options: Any) -> None:
        super().__init__(minimum=1, **options)


class AmountMinor(Whole):
    """1 to 10^12 minor units of a currency."""

    def __init__(self, **options: Any) -> None:
        super().__init__(minimum=1, **options)


class AmountMinorOrZero(Whole):
    """0 to 10^12 minor units of a currency."""


class Text(fields.String):
    """Text for people: not blank, at most `maximum` characters, no control characters, no lone surrogates."""

    def __init__(self, *, maximum: int = 200, **options: Any) -> None:
        super().__init__(validate=validate.Length(1, maximum), **options)

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> str:
        text = super()._deserialize(value, *arguments, **options)
        if not text.strip():
            raise ValidationError("Must not be blank.")
        # PostgreSQL refuses NUL and lone surrogates with an error of its own; the others spoil lists and logs.
        if any(unicodedata.category(letter) in (_CONTROL, _SURROGATE) for letter in text):
            raise ValidationError("Must not hold control characters.")
        return text


class Pattern(fields.String):
    """Text that matches a regular expression as a whole."""

    def __init__(self, pattern: str, *, refusal: str = "Has not the expected form.", **options: Any) -> None:
        options["metadata"] = {"pattern": f"^{pattern}$", **options.get("metadata", {})}
        super().__init__(**options)
        self._pattern = re.compile(pattern, re.ASCII)
        self._refusal = refusal

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> str:
        text = value if type(value) is str else super()._deserialize(value, *arguments, **options)
        if not self._pattern.fullmatch(text):
            raise ValidationError(self._refusal)
        return text


class Reference(Pattern):
    """A partner's own name of something (receipt, store, till): 1 to 64 of letters, digits and `._:/#-`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(_REFERENCE, refusal="Must be 1 to 64 of A-Z a-z 0-9 . _ : / # -", **options)


class Currency(Pattern):
    """An ISO 4217 code."""

    def __init__(self, **options: Any) -> None:
        super().__init__("[A-Z]{3}", refusal="Must be an ISO 4217 code such as USD.", **options)


class Instant(fields.AwareDateTime):
    """An instant as RFC 3339 text with its offset; in Python aware and in UTC. Without an offset nobody knows when."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> datetime:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise ValidationError("Must be an instant of RFC 3339 with its offset, such as 2017-01-03T10:00:00Z.")
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise ValidationError("There is no such instant.") from error

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else show_instant(value)


class Day(fields.Date):
    """A calendar day, `2017-01-31`."""

    def _deserialize(self, value: Any, *arguments: Any, **options: Any) -> date:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise ValidationError("Must be a day such as 2017-01-31.")
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise ValidationError("There is no such day.") from error


class Id(fields.Field[UUID]):
    """A prefixed identifier, `mbr_...`; in Python its UUID."""

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**_described(f"^{prefix}_{_ID_LETTERS}{{26}}$", options))
        self._prefix = prefix

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> UUID:
        try:
            return read(self._prefix, _text(value))
        except PeyvandError as error:
            raise ValidationError(error.detail) from error

    def _serialize(self, value: UUID | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else show(self._prefix, value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValidationError("Not a valid string.")
    if len(value) > _LONGEST_ID:
        raise ValidationError(MalformedId.detail)  # before anything is worked out of a megabyte of letters
    return value


def _described(pattern: str, options: dict[str, Any]) -> dict[str, Any]:
    """A field's options with what OpenAPI can't see: its type and its form."""
    return options | {"metadata": {"type": "string", "pattern": pattern, **options.get("metadata", {})}}
