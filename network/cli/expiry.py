"""How long points live."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.cli.fields import Moment
from network.cli.identity import recorded
from network.expiry import service
from network.expiry.domain import DEFAULT_NOTICE_DAYS, EVERYWHERE, ExpiryPolicy, PolicyVersion, Rule
from network.infrastructure.calendars import CALENDARS
from network.infrastructure.network_clock import network_now, network_zone
from network.staff.domain import Permission

_SOON = timedelta(seconds=1)


@click.group()
def expiry() -> None:
    """Expiry policies and notices."""


@expiry.command(name="set")
@click.argument("rule", type=click.Choice([*(each.value for each in Rule), "withdraw"]))
@click.option("--programme", default=EVERYWHERE, help="Contracts of this programme; all, if left out.")
@click.option("--jurisdiction", default=EVERYWHERE, help="Members there (ISO 3166: IR, CA-QC); all, if left out.")
@click.option("--months", default=0, help="After so many months.")
@click.option("--calendar", type=click.Choice(sorted(CALENDARS)), default="gregorian", show_default=True)
@click.option("--time-zone", type=click.Choice(sorted(available_timezones())), metavar="ZONE", help="Whose midnights.")
@click.option("--notice-days", multiple=True, type=int, help="How many days ahead members are told; again for more.")
@click.option("--minimum", is_flag=True, help="At least so long: a programme may give more.")
@click.option("--valid-from", type=Moment(), help="ISO 8601 with zone; at once, if left out.")
@recorded(Permission.EXPIRY_MANAGE)
def set_(
    rule: str,
    programme: str,
    jurisdiction: str,
    months: int,
    calendar: str,
    time_zone: str | None,
    notice_days: tuple[int, ...],
    minimum: bool,
    valid_from: datetime | None,
) -> None:
    """Decide how long points live that are earned from now on, by RULE, or `withdraw` what was decided."""
    policy = ExpiryPolicy(
        rule=Rule.NEVER if rule == "withdraw" else Rule(rule),
        months=months,
        zone=ZoneInfo(time_zone) if time_zone else network_zone(),
        calendar=CALENDARS[calendar],
        notice_days=tuple(sorted(notice_days, reverse=True)) or DEFAULT_NOTICE_DAYS,
    )
    version = PolicyVersion(
        programme=programme,
        jurisdiction=jurisdiction,
        valid_from=valid_from or network_now() + _SOON,
        policy=None if rule == "withdraw" else policy,
        is_minimum=minimum,
    )
    service.set_policy(version)
    console.print(f"{_whose(version)}: {_told(version)} from {version.valid_from.isoformat()}")


@expiry.command(name="list")
@in_application
def list_() -> None:
    """Every policy that was ever decided."""
    table = Table("programme", "jurisdiction", "from", "points expire", "notice, days")
    for each in service.policies():
        days = ", ".join(map(str, each.policy.notice_days)) if each.policy else ""
        table.add_row(
            each.programme or "all", each.jurisdiction or "all", f"{each.valid_from:%Y-%m-%d %H:%M}", _told(each), days
        )
    console.print(table)


@expiry.command()
@in_application
def notices() -> None:
    """Give the notices whose day has come, here and now, without waiting for the scheduler."""
    console.print(f"{service.give_notices()} notices were given.")


def _whose(version: PolicyVersion) -> str:
    places = f" in {version.jurisdiction}" if version.jurisdiction else ""
    return f"{version.programme or 'every programme'}{places}"


def _told(version: PolicyVersion) -> str:
    if version.policy is None:
        return "withdrawn"
    policy = version.policy
    rule = policy.rule.replace("_", " ")
    told = (
        rule if policy.rule is Rule.NEVER else f"{rule}, {policy.months} months, {policy.calendar.name} {policy.zone}"
    )
    return f"at least: {told}" if version.is_minimum else told
