"""`network demo`: the whole house at work on real purchases."""

import os
import socket
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import click
import httpx2
from flask import Flask

from network.app import create_app
from network.auth.domain import NewClient
from network.auth.scopes import SCOPES
from network.auth.service import create_client
from network.cli.context import console
from network.cli.ledger import check_everything
from network.cli.processes import children
from network.cli.together import Together, together
from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.infrastructure.checks import Finding
from network.infrastructure.network_clock import set_clock
from network.infrastructure.rehearsal import NotARehearsal, begin_rehearsal
from network.infrastructure.transaction import transaction
from network.kernel.calendar import local_midnight
from network.kernel.identifiers import show
from network.partners.service import create_partner, ensure_operator, list_partners, sign_contract
from network.seeds import report as told
from network.seeds.coalition import BRANDS, CURRENCY, DEFAULT_HOUSEHOLDS, ENDS_ON, POINTS_PER_UNIT, STARTS_ON, ZONE
from network.seeds.journey import HOW_TO_GET_IT, find_dataset, visits
from network.seeds.phone import MemberPhones
from network.seeds.plan import plan
from network.seeds.progress import ReplayProgress
from network.seeds.replay import ReplayResult, replay
from network.seeds.till import PartnerTill, connect
from network.settings import Settings
from network.settlement import service as settlement

_START_SECONDS = 120.0  # on a machine that does other things as well
_CLOSE_SECONDS = 120.0
_POLL_SECONDS = 0.2


@click.command()
@click.option("--households", envvar="DEMO_HOUSEHOLDS", default=DEFAULT_HOUSEHOLDS, show_default=True)
@click.option("--exit", "ends", envvar="DEMO_EXIT", is_flag=True, help="End after the report instead of serving on.")
@click.option("--port", default=8000, show_default=True, help="If it is taken, a free one is used.")
@click.option("--workers", default=1, show_default=True)
def demo(households: int, ends: bool, port: int, workers: int) -> None:
    """Replay real purchases of January to March 2017 through the SDK, close the cycles, and say who owes whom."""
    dataset = find_dataset()
    if dataset is None:
        raise click.ClickException(HOW_TO_GET_IT)
    port = _free_port(port)
    os.environ["PEYVAND_TIME_ZONE"] = ZONE.key
    os.environ["PEYVAND_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    settings = Settings.from_environment().with_servers()
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = str(settings.database_url), str(settings.redis_url)
    app = create_app(settings)
    with app.app_context():
        try:
            begin_rehearsal()
        except NotARehearsal as refusal:
            raise click.ClickException(str(refusal)) from refusal
        clients = _found_coalition()
    steps = list(plan(visits(dataset, households, STARTS_ON, ENDS_ON)))
    console.print(f"{households} households, {len(BRANDS)} partners, {len(steps)} steps; API on {settings.public_url}")
    with together(children("127.0.0.1", port, web=2, workers=workers)) as running:
        _wait_until_up(settings.public_url, running)
        phones = _phones(app)
        tills = {
            code: PartnerTill(connect(settings.public_url, _id(new), new.client_secret), phones)
            for code, new in clients
        }
        with ReplayProgress(console, len(steps)) as progress:
            result = replay(steps, tills, advance=_advance(app), on_day=progress)
        _advance(app)(local_midnight(ENDS_ON + timedelta(days=1), ZONE))
        sound = _report(app, result, running)
        if not ends:
            _serve_on(settings, clients, running)
    sys.exit(0 if sound else 1)


def _found_coalition() -> list[tuple[str, NewClient]]:
    """The partners with their contracts, rules and clients, through the services; at the data's own time."""
    starts_at = local_midnight(STARTS_ON, ZONE)
    set_clock(starts_at)
    clients = []
    with transaction():
        ensure_operator()
        settlement.ensure_calendar(CURRENCY, "month", ZONE.key)
        for brand in BRANDS:
            partner = create_partner(code=brand.code, name=brand.name, name_fa=brand.name_fa)
            sign_contract(partner.partner_id, brand.terms)
            set_earning_rule(partner.partner_id, CURRENCY, starts_at, Rule(POINTS_PER_UNIT))
            clients.append((brand.code, create_client(partner_id=partner.partner_id, name="till", scopes=SCOPES)))
    return clients


def _phones(app: Flask) -> MemberPhones:
    with app.app_context():
        return MemberPhones(app, {partner.code: partner.partner_id for partner in list_partners()})


def _advance(app: Flask) -> Callable[[datetime], None]:
    def advance(instant: datetime) -> None:
        with app.app_context():
            set_clock(instant)

    return advance


def _wait_until_up(url: str, running: Together) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        running.check()
        try:
            if httpx2.get(f"{url}/healthz", timeout=2).status_code == httpx2.codes.OK:
                return
        except httpx2.TransportError:
            pass
        time.sleep(_POLL_SECONDS)
    raise click.ClickException("The web process did not come up in time.")


def _report(app: Flask, result: ReplayResult, running: Together) -> bool:
    """Wait for the cycles, print what came of them; whether every cycle is stated and every invariant holds."""
    with app.app_context():
        with console.status("closing the cycles"):
            closed = _wait_for_cycles(running)
        reports = [settlement.cycle_report(cycle) for cycle in settlement.cycles(CURRENCY) if cycle.state.has_lines]
        findings = check_everything()
    told.print_report(console, [_told(report) for report in reports], [_verdict(finding) for finding in findings])
    refused = ", ".join(f"{number} {code}" for code, number in result.refusals.items()) or "none"
    console.print(
        f"{result.enrolments} members, {result.earns} earns, {result.burns} burns;"
        f" {result.points_issued} points issued, {result.points_burned} burned; {result.calls} API calls"
        f" in {result.seconds:.0f} s"
        f" ({result.calls_per_second:.0f} a second); refused: {refused}"
    )
    return closed and all(finding.holds for finding in findings)


def _wait_for_cycles(running: Together) -> bool:
    """Until the worker has stated every cycle that has ended; False if it takes too long."""
    until = time.monotonic() + _CLOSE_SECONDS
    end = local_midnight(ENDS_ON + timedelta(days=1), ZONE)
    while time.monotonic() < until:
        running.check()
        ended = [cycle for cycle in settlement.cycles(CURRENCY) if cycle.ends_at <= end]
        if ended and ended[-1].ends_at == end and all(cycle.state.has_lines for cycle in ended):
            return True
        time.sleep(_POLL_SECONDS)
    waiting = "; ".join(
        f"{cycle.name} {cycle.state}: {cycle.waiting_reason or '?'}" for cycle in settlement.cycles(CURRENCY)
    )
    console.print(f"[red]The cycles did not close in time.[/] {waiting}")
    return False


def _told(report: settlement.CycleReport) -> told.CycleReport:
    return told.CycleReport(
        name=report.name,
        status=report.status,
        currency=report.currency,
        flows=[told.Flow(f.issuer, f.redeemer, f.points, f.amount_minor) for f in report.flows],
        positions=[
            told.Position(p.partner, p.issue_minor, p.redemption_minor, p.deferred_minor) for p in report.positions
        ],
        operator_minor=report.operator.net_minor,
    )


def _verdict(finding: Finding) -> told.Check:
    return told.Check(finding.check.name, finding.holds, "" if finding.holds else str(finding.rows[0]))


def _serve_on(settings: Settings, clients: list[tuple[str, NewClient]], running: Together) -> None:
    console.rule("The coalition is yours")
    console.print(f"documentation  {settings.public_url}/v1/docs")
    for code, new in clients:
        console.print(f"{code:10} client_id {_id(new)}  client_secret {new.client_secret}", soft_wrap=True)
    console.print("In another shell: network ledger check, network settlement show USD-2017-01. Ctrl+C ends.")
    try:
        while True:
            running.check()
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        console.print("Ending; the data stay.")


def _id(new: NewClient) -> str:
    return show("cli", new.client_id)


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise click.ClickException("There is no free port.")
