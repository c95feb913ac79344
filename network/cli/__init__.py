"""The operator's commands: `network --help`."""

import logging

import click

import network.cli.approvals
import network.cli.departures
import network.cli.disputes
import network.cli.documents
import network.cli.payments
import network.cli.signing  # noqa: F401  # all add to `settlement`, the last to `partner`
from network.cli.accounting import accounting
from network.cli.adjustments import adjustment
from network.cli.clients import terminal
from network.cli.audit import audit
from network.cli.clock import clock
from network.cli.contracts import contract
from network.cli.delivery import delivery
from network.cli.demo import demo
from network.cli.expiry import expiry
from network.cli.extensions import extension
from network.cli.households import household
from network.cli.ledger import ledger
from network.cli.members import member
from network.cli.partners import client, partner
from network.cli.prepaid import prepaid
from network.cli.processes import down, migrate, scheduler, serve, servers, up, worker
from network.cli.settlement import settlement
from network.cli.staff import staff


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="peyvand")
def main() -> None:
    """Peyvand: a coalition loyalty network.

    Without DATABASE_URL and REDIS_URL an embedded PostgreSQL and Redis are started, shared with every other command of
    this installation, and stopped when the last one ends.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")


for _command in (
    up,
    serve,
    worker,
    scheduler,
    migrate,
    servers,
    down,
    partner,
    prepaid,
    contract,
    client,
    terminal,
    ledger,
    adjustment,
    extension,
    expiry,
    household,
    member,
    delivery,
    settlement,
    accounting,
    audit,
    staff,
    clock,
    demo,
):
    main.add_command(_command)
