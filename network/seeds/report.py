"""The demo's last word: who owes whom, each partner's net, what netting saved, and whether the ledger agrees.

It is told plain values and reads nothing: amounts are whole minor units of one currency, points are whole points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rich import box
from rich.console import Console, Group
from rich.table import Table
from rich.text import Text

from network.kernel.money import minor_digits, to_major


@dataclass(frozen=True, slots=True)
class Flow:
    """Points of `issuer` that burned at `redeemer` in a cycle, and what the redeemer is paid for them.

    The two are the same partner for an on-us draw. Money passes through the operator, who is everybody's counterparty.
    """

    issuer: str
    redeemer: str
    points: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Position:
    """One partner in a cycle: what it owes for points issued, is due for burns, owes for deferred funding."""

    partner: str
    issue_minor: int
    redemption_minor: int
    deferred_minor: int

    @property
    def net_minor(self) -> int:
        """Redemption - issue - deferred; positive means that it receives."""
        return self.redemption_minor - self.issue_minor - self.deferred_minor


@dataclass(frozen=True, slots=True)
class CycleReport:
    """A cycle as it was stated. `operator_minor`: what the operator's own entries leave it with."""

    name: str
    status: str
    currency: str
    flows: Sequence[Flow]
    positions: Sequence[Position]
    operator_minor: int

    @property
    def gross_minor(self) -> int:
        """What would be paid without netting: every claim in full."""
        return sum(p.issue_minor + p.redemption_minor + p.deferred_minor for p in self.positions)

    @property
    def net_minor(self) -> int:
        """What is paid: each partner's net, either way."""
        return sum(abs(p.net_minor) for p in self.positions)

    @property
    def saved_percent(self) -> Decimal:
        """The netting ratio, 1 - net / gross, in percent to one digit; 0 where nothing was owed."""
        if not self.gross_minor:
            return Decimal("0.0")
        return (100 * (1 - Decimal(self.net_minor) / self.gross_minor)).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the ledger check: what must hold, whether it does, and the figures that say so."""

    name: str
    holds: bool
    figures: str


def print_report(console: Console, cycles: Sequence[CycleReport], checks: Sequence[Check]) -> None:
    """Print it all, oldest cycle first."""
    for cycle in cycles:
        console.print(Group(who_owes_whom(cycle), Text(), nets(cycle), netting(cycle), Text()))
    console.print(ledger_check(checks))


def who_owes_whom(cycle: CycleReport) -> Table:
    """Issuers down, redeemers across; in each cell the points, and below them the money."""
    codes = sorted({code for flow in cycle.flows for code in (flow.issuer, flow.redeemer)})
    redeemers = [code for code in codes if any(flow.redeemer == code for flow in cycle.flows)]
    title = f"{cycle.name} ({cycle.status}): whose points burned where (points; {cycle.currency} for the redeemer)"
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("issuer", no_wrap=True)  # 80 columns are just enough for nine partners
    for code in (*redeemers, "all"):
        table.add_column(code, justify="right", overflow="ellipsis")
    for issuer in (code for code in codes if any(flow.issuer == code for flow in cycle.flows)):
        own = [flow for flow in cycle.flows if flow.issuer == issuer]
        cells = [_cell([flow for flow in own if flow.redeemer == code], cycle.currency) for code in redeemers]
        table.add_row(issuer, *cells, _cell(own, cycle.currency))
    table.add_section()
    sums = [_cell([flow for flow in cycle.flows if flow.redeemer == code], cycle.currency) for code in redeemers]
    table.add_row("all", *sums, _cell(cycle.flows, cycle.currency))
    return table


def nets(cycle: CycleReport) -> Table:
    """Each partner's lines and net; the last row is the operator, with whom everything adds up to nothing."""
    title = f"{cycle.name}: each partner's net in {cycle.currency} (+ receives, - pays)"
    table = Table("partner", title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for heading in ("owes for issue", "owes deferred", "due for burns", "net"):
        table.add_column(heading, justify="right")
    for p in sorted(cycle.positions, key=lambda position: position.net_minor):
        owed = [_money(amount, cycle.currency) for amount in (p.issue_minor, p.deferred_minor, p.redemption_minor)]
        table.add_row(p.partner, *owed, _money(p.net_minor, cycle.currency, signed=True))
    table.add_section()
    totals = [
        sum(p.issue_minor for p in cycle.positions),
        sum(p.deferred_minor for p in cycle.positions),
        sum(p.redemption_minor for p in cycle.positions),
    ]
    shown = [_money(amount, cycle.currency) for amount in totals]
    table.add_row("operator", *shown, _money(cycle.operator_minor, cycle.currency, signed=True), style="bold")
    return table


def netting(cycle: CycleReport) -> Text:
    """One sentence: gross, net, and what netting saved."""
    gross, net = _money(cycle.gross_minor, cycle.currency), _money(cycle.net_minor, cycle.currency)
    return Text(f"gross {gross} -> net {net} {cycle.currency}: netting saves {cycle.saved_percent} %")


def ledger_check(checks: Sequence[Check]) -> Table:
    """Every check with its verdict; the title tells the worst."""
    verdict = "the ledger agrees" if all(check.holds for check in checks) else "THE LEDGER DOES NOT AGREE"
    table = Table(title=f"Ledger check: {verdict}", title_justify="left", box=box.SIMPLE_HEAD, show_header=False)
    for check in checks:
        mark = Text("holds", style="green") if check.holds else Text("BROKEN", style="bold red")
        table.add_row(mark, Text(check.name), Text(check.figures))
    return table


def _cell(flows: Sequence[Flow], currency: str) -> str:
    points = sum(flow.points for flow in flows)
    if not points:
        return "·\n"
    return f"{points:,}\n{_money(sum(flow.amount_minor for flow in flows), currency)}"


def _money(amount_minor: int, currency: str, *, signed: bool = False) -> str:
    return f"{to_major(amount_minor, currency):{'+' if signed else ''},.{minor_digits(currency)}f}"
