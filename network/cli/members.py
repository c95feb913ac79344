"""Members, as the operator's people deal with them."""

import click
from rich.table import Table

from network.cli.context import console, in_application
from network.kernel.identifiers import read, show
from network.members import service
from network.members.domain import Merge, MergeState

_PERSON = click.option("--by", "person", required=True, help="Who does this: a name of staff.")
_REASON = click.option("--reason", required=True, help="Why, for the record.")


@click.group()
def member() -> None:
    """Members: two accounts of one person become one, with four eyes."""


@member.command()
@click.argument("member_id")
@click.argument("into_id")
@_REASON
@_PERSON
@in_application
def merge(member_id: str, into_id: str, reason: str, person: str) -> None:
    """Propose that MEMBER_ID is the same person as INTO_ID, whose account stays."""
    made = service.propose_merge(read("mbr", member_id), read("mbr", into_id), reason=reason, person=person)
    console.print(_told(made))


@member.command()
@click.argument("merge_id")
@_REASON
@_PERSON
@in_application
def unmerge(merge_id: str, reason: str, person: str) -> None:
    """Propose that a merge is undone: what is left of the points goes back."""
    console.print(_told(service.propose_unmerge(read("mrg", merge_id), reason=reason, person=person)))


@member.command()
@click.argument("merge_id")
@_PERSON
@in_application
def approve(merge_id: str, person: str) -> None:
    """Do what somebody else proposed."""
    console.print(_told(service.approve_merge(read("mrg", merge_id), person=person)))


@member.command()
@click.argument("merge_id")
@_PERSON
@in_application
def reject(merge_id: str, person: str) -> None:
    """End what somebody else proposed."""
    console.print(_told(service.reject_merge(read("mrg", merge_id), person=person)))


@member.command()
@in_application
def merges() -> None:
    """What waits for a second person."""
    table = Table("merge", "of", "into", "what", "reason", "prepared by", "at")
    for each in service.merges_waiting():
        at = f"{each.prepared_at:%Y-%m-%d %H:%M}"
        ids = show("mrg", each.merge_id), show("mbr", each.member_id), show("mbr", each.into_id)
        table.add_row(*ids, each.state.value, each.reason, each.prepared_by, at)
    console.print(table)


def _told(made: Merge) -> str:
    told = f"{show('mrg', made.merge_id)}: {made.state.value}"
    waits = made.state in (MergeState.PROPOSED, MergeState.UNMERGE_PROPOSED)
    return f"{told}; it waits for a second person" if waits else told
