"""Statements as documents: `network settlement document`."""

from pathlib import Path

import click

from network.cli.context import console, in_application
from network.cli.settlement import settlement
from network.kernel.identifiers import read
from network.settlement import service
from network.settlement.rendering import LOCALES, Format, render


@settlement.command()
@click.argument("statement")
@click.option("--partner", help="Whose statement, by code; all of the cycle's, if left out.")
@click.option("--format", "form", type=click.Choice([form.value for form in Format]), default="pdf", show_default=True)
@click.option("--locale", type=click.Choice(list(LOCALES)), default="en", show_default=True)
@click.option("--to", "folder", type=click.Path(path_type=Path, file_okay=False), default=".", show_default=True)
@in_application
def document(statement: str, partner: str | None, form: str, locale: str, folder: Path) -> None:
    """Write STATEMENT (stm_..., or a cycle such as USD-2017-01) as a file, named by its number."""
    if statement.startswith("stm_"):
        statement_id = read("stm", statement)
        found = {service.partner_of_statement(statement_id): statement_id}
    else:
        found = service.statements_of(service.get_cycle(statement), partner)
    folder.mkdir(parents=True, exist_ok=True)
    for partner_id, statement_id in found.items():
        rendering = render(service.statement_document(partner_id, statement_id), Format(form), locale)
        path = folder / rendering.file_name
        path.write_bytes(rendering.body)
        console.print(str(path), soft_wrap=True)
