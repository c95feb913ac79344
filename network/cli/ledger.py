"""Is the ledger right?"""

import sys
from itertools import islice

import click
from rich.table import Table

from network.accounting.checks import CHECKS as BOOK_CHECKS
from network.audit.service import verify as verify_audit
from network.cli.context import console, in_application
from network.households.checks import CHECKS as HOUSEHOLD_CHECKS
from network.infrastructure.checks import MOST_ROWS, Check, Finding, run
from network.infrastructure.database import statement_connection
from network.infrastructure.outbox import stuck_facts
from network.partners.checks import CHECKS as PARTNER_CHECKS
from network.settlement.checks import CHECKS as SETTLEMENT_CHECKS
from network.wallet.checks import CHECKS as WALLET_CHECKS
from network.wallet.checks import broken_chains, differing_wallets

_CHAIN = Check("hash chain is whole", "every entry's hash follows from the entry and the hash before it", "")
_REBUILT = Check("wallet = its journal, rebuilt", "balances, lots, holds and debts are what the entries add up to", "")
_AUDIT = Check("audit trail is whole", "no change that staff made was edited, dropped or moved since", "")


@click.group()
def ledger() -> None:
    """The points ledger."""


@ledger.command()
@in_application
def check() -> None:
    """Check every invariant of ledger and settlement; exit status 1 if one is broken."""
    findings = check_everything()
    console.print(table_of(findings))
    sound = all(finding.holds for finding in findings)
    console.print("[green]Every invariant holds.[/]" if sound else "[red]The ledger is broken: see the rows.[/]")
    sys.exit(0 if sound else 1)


@ledger.command()
@in_application
def stuck() -> None:
    """Facts whose handlers failed at every attempt, and wait for somebody to mend the cause."""
    table = Table("fact", "topic", "attempts", "error")
    for fact_id, topic, attempts, error in stuck_facts():
        table.add_row(str(fact_id), topic, str(attempts), error or "")
    console.print(table)


def check_everything() -> list[Finding]:
    """Every invariant of the ledger and of settlement, and the walk along the hash chains."""
    findings = run((*WALLET_CHECKS, *HOUSEHOLD_CHECKS, *PARTNER_CHECKS, *SETTLEMENT_CHECKS, *BOOK_CHECKS))
    connection = statement_connection()
    walked = (
        (_CHAIN, ("wallet_id", "sequence"), broken_chains(connection)),
        (_REBUILT, ("wallet_id", "differs"), differing_wallets(connection)),
        (_AUDIT, ("fault",), ((str(fault),) for fault in verify_audit())),
    )
    for check, names, rows in walked:
        found = [dict(zip(names, row, strict=True)) for row in islice(rows, MOST_ROWS + 1)]
        findings.append(Finding(check, tuple(found[:MOST_ROWS]), len(found) > MOST_ROWS))
    return findings


def table_of(findings: list[Finding]) -> Table:
    """A line for each invariant, and below it the rows that break it."""
    table = Table("", "invariant", "what it means", title="Ledger check", title_justify="left")
    for finding in findings:
        mark = "[green]holds[/]" if finding.holds else "[red]BROKEN[/]"
        table.add_row(mark, finding.check.name, finding.check.why)
        for row in finding.rows:
            table.add_row("", "", "  ".join(f"{name}={value}" for name, value in row.items()))
        if finding.has_more:
            table.add_row("", "", "and more")
    return table
