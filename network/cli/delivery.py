"""Messages to people, as the working twin carried them."""

import click

from network.cli.context import console, in_application
from network.delivery import service


@click.group()
def delivery() -> None:
    """SMS and e-mail; without a carrier the twin keeps them in the state folder."""


@delivery.command(name="list")
@click.option("--last", default=10, show_default=True, help="How many, the newest last.")
@in_application
def list_messages(last: int) -> None:
    """What the twin carried: for demonstrations, as it shows codes and numbers."""
    for message in service.twin_messages()[-last:]:
        console.rule(f"{message.channel} to {message.to}")
        console.print(message.text.body, markup=False, highlight=False)


@delivery.command()
@in_application
def send() -> None:
    """Send now what waits; else the worker does, every second."""
    console.print(f"{service.send_waiting()} sent")
