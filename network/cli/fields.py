"""What commands are told, read."""

from datetime import date, datetime
from typing import Any

import click

from network.partners.domain import Partner
from network.partners.errors import PartnerNotFound
from network.partners.service import find_partner_by_code


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


def partner_of(code: str) -> Partner:
    """The partner of a code. Raises PartnerNotFound."""
    found = find_partner_by_code(code)
    if found is None:
        raise PartnerNotFound
    return found
