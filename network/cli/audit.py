"""The audit trail: what staff changed."""

import json
import sys
from pathlib import Path
from typing import TextIO

import click
from rich.table import Table

from network.audit import service
from network.audit.domain import Fault
from network.cli.context import console, in_application

_HEADS = click.option(
    "--heads",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with heads that were kept elsewhere.",
)


@click.group()
def audit() -> None:
    """The audit trail of what staff changed, in one chain of hashes."""


@audit.command(name="list")
@click.option("--who", help="The id of staff, stf_...")
@click.option("--subject", help="The id or code of what was changed.")
@click.option("--action", help="What was done, such as adjustments.approve.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(min=1))
@in_application
def list_(who: str | None, subject: str | None, action: str | None, most: int) -> None:
    """Changes, the newest first."""
    table = Table("", "at", "who", "what", "of", "before", "after", "request")
    for each in service.list_entries(who=who, subject=subject, action=action, most=most):
        change = each.change
        told = (json.dumps(side, ensure_ascii=False) if side else "" for side in (change.before, change.after))
        at = f"{each.at:%Y-%m-%d %H:%M:%S}"
        table.add_row(str(each.sequence), at, each.who, change.action, change.subject, *told, each.request or "")
    console.print(table)


@audit.command()
@click.argument("export", type=click.File(encoding="utf-8"), required=False)
@_HEADS
@in_application
def verify(export: TextIO | None, heads: Path | None) -> None:
    """Name every entry that was edited, dropped, moved or rewritten; exit status 1 if there is one.

    Of the database, against the heads that were exported; or of an EXPORT, which needs no key.
    """
    kept = service.exported_heads(heads)
    found = list(service.verify(kept) if export is None else service.verify_export(export, kept))
    _tell(found)


@audit.command()
@in_application
def export() -> None:
    """Write the whole chain and its signed heads to standard output, as lines of JSON."""
    for line in service.exported_chain():
        sys.stdout.write(line + "\n")


@audit.command()
@in_application
def head() -> None:
    """Sign and export the head of the day, here and now: the scheduler does it daily."""
    made = service.export_head()
    console.print(f"{made.day}: {made.sequence} entries, {made.hash.hex()}")


def _tell(found: list[Fault]) -> None:
    for fault in found:
        console.print(f"[red]{fault}[/]")
    if found:
        raise click.ClickException("The audit trail is not as it was written.")
    console.print(f"{service.count_entries():,} entries, each as it was written.")
