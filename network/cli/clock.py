"""The network's clock."""

from datetime import datetime

import click

from network.audit.service import record
from network.cli.context import console, in_application
from network.infrastructure.network_clock import frozen_at, network_now, set_clock
from network.infrastructure.transaction import transaction


@click.group()
def clock() -> None:
    """The network's clock: for demos and rehearsals it can be stood at an instant."""


@clock.command()
@in_application
def show() -> None:
    """Tell the network's time."""
    standing = frozen_at()
    console.print(f"{network_now().isoformat()} ({'standing' if standing else 'running with the database server'})")


@clock.command(name="set")
@click.argument("instant")
@in_application
def set_(instant: str) -> None:
    """Stand the clock at INSTANT (ISO 8601 with a time zone), or let it run: `network clock set running`."""
    try:
        with transaction():
            set_clock(None if instant == "running" else datetime.fromisoformat(instant))
            record("clock.set", "settings", "clock", after={"to": instant})
    except ValueError as failure:
        raise click.ClickException(str(failure)) from failure
    console.print(f"The network's clock: {network_now().isoformat()}")
