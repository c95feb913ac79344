"""What commands are told, read."""

from datetime import date, datetime
from typing import Any

import click


class Day(click.ParamType[date]):
    """A calendar day, such as 2017-01-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2017-01-31", param, ctx)


class Moment(click.ParamType[datetime]):
    """An instant with its time zone, such as 2017-01-31T00:00:00+00:00."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        try:
            instant = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not an instant of ISO 8601", param, ctx)
        if instant.tzinfo is None:
            self.fail("an instant needs its time zone", param, ctx)
        return instant
