"""A statement as a document, and the journal entries that a line of it is made of."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from network.kernel.calendar import local_day
from network.partners import service as partners
from network.settlement.domain import (
    Clearing,
    Cycle,
    Line,
    Party,
    PointsTold,
    Statement,
    StatementDocument,
    sections_of,
)
from network.settlement.errors import LineNotFound, SettlementNotFound
from network.settlement.repository import cycles, documents, numbering, statements
from network.settlement.repository.documents import EntryKey, EntryRow
from network.settlement.service.cycles import get_cycle
from network.settlement.service.netting import reversals_of_cycle
from network.settlement.service.report import roll_forward
from network.settlement.service.trace import ClearedMovement, claims_of

_INSTANT = timedelta(microseconds=1)
_DRAWN = (Clearing.DRAW, Clearing.UNDRAW)
# What the lines of a leg are made of; other legs have no points behind them, and so no entries.
_MADE_OF: dict[str, tuple[Clearing, ...]] = {
    "issue": (Clearing.ISSUE, Clearing.UNISSUE),
    "redemption": _DRAWN,
    "deferred": _DRAWN,
    "breakage": (Clearing.EXPIRE,),
}


@dataclass(frozen=True, slots=True)
class LineEntry:
    """One movement of a line: `points` as they clear, reversals negative.

    `amount`: what it makes due, exact, in major units; positive, the partner receives. None where the leg is no plain
    claim. `wallet_id` and `sequence` name the journal entry; None where it was posted at somebody else's.
    """

    posted_at: datetime
    kind: str
    operation: str | None
    wallet_id: UUID | None
    sequence: int | None
    receipt: str | None
    lot_id: UUID
    points: int
    amount: Decimal | None
    key: EntryKey


def statement_document(partner_id: UUID, statement_id: UUID) -> StatementDocument:
    """All that the renderings of a partner's statement show. Raises SettlementNotFound, for another partner's too.

    Raises ArithmeticError if its lines do not add up to what it states, which can't be.
    """
    statement = _statement(partner_id, statement_id)
    cycle, parties = get_cycle(statement.cycle_id), _parties()
    calendar = next(each for each in cycles.all_calendars() if each.currency == cycle.currency)
    zone = ZoneInfo(calendar.time_zone)
    document = StatementDocument(
        statement_id=statement_id,
        version=statement.version,
        cycle_name=statement.cycle_name,
        currency=statement.currency,
        time_zone=calendar.time_zone,
        first_day=local_day(statement.starts_at, zone),
        last_day=local_day(statement.ends_at - _INSTANT, zone),
        stated_at=statement.stated_at,
        operator=parties[partners.ensure_operator().partner_id],
        partner=parties[partner_id],
        number=numbering.find_number(statement_id),
        opening_minor=documents.opening_minor(
            partner_id, statement.currency, starts_at=statement.starts_at, stated_at=statement.stated_at
        ),
        sections=sections_of(partner_id, _numbered(statement), reversals_of_cycle(cycle), parties),
        points=_points(cycle, parties[partner_id].code),
    )
    if document.net_minor != statement.position.net_minor:
        raise ArithmeticError(f"the lines of {document.public_id} come to {document.net_minor}")
    return document


def line_entries(
    partner_id: UUID, statement_id: UUID, number: int, *, after: EntryKey | None = None, most: int = 20
) -> list[LineEntry]:
    """What a line of a partner's statement is made of, in the order of posting, after one of them.

    Costs the page itself, whatever the cycle has. Raises SettlementNotFound, LineNotFound.
    """
    statement = _statement(partner_id, statement_id)
    line = dict(_numbered(statement)).get(number)
    if line is None:
        raise LineNotFound
    kinds = _MADE_OF.get(line.leg.value, ())
    if not kinds:
        return []
    cycle = get_cycle(statement.cycle_id)
    rows = documents.entries_of(cycle, kinds, line.issuer_id, line.redeemer_id, after=after, most=most)
    return [_entry(row, line, partner_id) for row in rows]


def partner_of_statement(statement_id: UUID) -> UUID:
    """Whose statement this is, for the operator, who may see all. Raises SettlementNotFound."""
    partner_id = documents.partner_of_statement(statement_id)
    if partner_id is None:
        raise SettlementNotFound
    return partner_id


def statements_of(cycle: Cycle, partner_code: str | None = None) -> dict[UUID, UUID]:
    """The statements of a cycle's present version by partner, or that of one partner.

    Raises SettlementNotFound if there are none.
    """
    found = documents.statements_of_cycle(cycle.cycle_id, cycle.version)
    if partner_code is not None:
        codes = {partner_id: party.code for partner_id, party in _parties().items()}
        found = {partner_id: each for partner_id, each in found.items() if codes[partner_id] == partner_code}
    if not found:
        raise SettlementNotFound(f"{cycle.name} has no such statement.")
    return found


def _statement(partner_id: UUID, statement_id: UUID) -> Statement:
    statement = statements.find_statement(partner_id, statement_id)
    if statement is None:
        raise SettlementNotFound
    return statement


def _numbered(statement: Statement) -> list[tuple[int, Line]]:
    of = statement.cycle_id, statement.version, statement.partner_id
    return list(zip(documents.line_numbers_of(*of), statements.lines_of(*of), strict=True))


def _parties() -> dict[UUID, Party]:
    return {each.partner_id: Party(each.code, each.name, each.name_fa) for each in partners.list_partners()}


def _points(cycle: Cycle, code: str) -> PointsTold | None:
    """The partner's own points over the cycle, if it has or had any."""
    row = next((row for row in roll_forward(cycle) if row.issuer == code), None)
    if row is None:
        return None
    return PointsTold(row.opening, row.issued, row.reversed, row.burned, row.expired, row.outstanding)


def _entry(row: EntryRow, line: Line, partner_id: UUID) -> LineEntry:
    drawn, gone = row.kind in _DRAWN, row.kind in (*_DRAWN, Clearing.EXPIRE)
    cleared = ClearedMovement(
        row.kind,
        -row.points if gone else row.points,
        row.issuer_id,
        row.issuer_contract_id,
        row.redeemer_id if drawn else None,
        row.redeemer_contract_id if drawn else None,
    )
    amounts = [
        claim.amount if claim.from_operator else -claim.amount for claim in claims_of(cleared) if claim.leg is line.leg
    ]
    own = row.partner_id == partner_id
    return LineEntry(
        posted_at=row.posted_at,
        kind=row.kind,
        operation=row.operation if own else None,
        wallet_id=row.wallet_id if own else None,
        sequence=row.sequence if own else None,
        receipt=row.receipt if own else None,
        lot_id=row.lot_id,
        points=cleared.points,
        amount=sum(amounts, Decimal(0)) if amounts else None,
        key=row.key,
    )
