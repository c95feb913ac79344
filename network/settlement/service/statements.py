"""A partner's own statements."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from network.partners import service as partners
from network.partners.domain import OPERATOR_CODE, USUAL_CONDITIONS
from network.settlement.domain import Leg, Line, Statement, StatementLine, document_of
from network.settlement.errors import SettlementNotFound
from network.settlement.repository import statements as repository

_INSTANT = timedelta(microseconds=1)


def list_statements(partner_id: UUID, *, before: UUID | None = None, most: int = 20) -> list[Statement]:
    """A partner's statements in their latest versions, without lines, newest first, older than `before`."""
    return repository.statements_of(partner_id, before=before, most=most)


def get_statement(partner_id: UUID, statement_id: UUID) -> Statement:
    """One of a partner's statements, with its lines. Raises SettlementNotFound, for another partner's too."""
    statement = repository.find_statement(partner_id, statement_id)
    if statement is None:
        raise SettlementNotFound
    codes: dict[UUID | None, str] = {partner.partner_id: partner.code for partner in partners.list_partners()}
    codes[None] = OPERATOR_CODE
    lines = repository.lines_of(statement.cycle_id, statement.version, partner_id)
    at_end = partners.find_contract_in_force(partner_id, statement.currency, statement.ends_at - _INSTANT)
    conditions = at_end.terms.conditions if at_end else USUAL_CONDITIONS
    told = (
        StatementLine(
            line.leg,
            codes[_other(line)],
            line.points,
            line.amount_minor,
            line.base_leg,
            document_of(line, conditions),
        )
        for line in lines
    )
    return replace(statement, lines=tuple(told))


def _other(line: Line) -> UUID | None:
    """The partner on the other end of the points: none, for points issued."""
    return line.issuer_id if line.leg is Leg.REDEMPTION else line.redeemer_id
