"""What is owed and paid late, and what was charged for it."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from sqlalchemy import insert, select, text

from network.infrastructure.database import db
from network.settlement.banking import LatePenaltyRow, PaymentInstructionRow
from network.settlement.domain import LatePenalty, Owed

# What was paid by its due date, stayed paid, and was never charged need not be read.
_OWED = text(
    """
    SELECT i.instruction_id, i.cycle_id, i.payer_id, i.amount_minor, i.due_on,
           (SELECT coalesce(sum(minor_days), 0) FROM late_penalty WHERE instruction_id = i.instruction_id) AS charged,
           m.days, m.amounts, CASE i.progress
               WHEN 'replaced' THEN (SELECT due_on FROM payment_instruction n WHERE n.replaces_id = i.instruction_id)
               WHEN 'covered' THEN (SELECT (covered_at AT TIME ZONE 'UTC')::date FROM covered_default d
                                    WHERE d.cycle_id = i.cycle_id AND d.partner_id = i.payer_id)
           END AS ended_on
    FROM payment_instruction i
    CROSS JOIN LATERAL (
        SELECT array_agg(b.booked_on ORDER BY m.match_id) AS days,
               array_agg(m.amount_minor * sign(i.expected_minor)::int ORDER BY m.match_id) AS amounts,
               max(b.booked_on) AS last_on
        FROM payment_match m JOIN bank_booking b USING (booking_id) WHERE m.instruction_id = i.instruction_id
    ) m
    WHERE i.currency = :currency AND i.payer_id <> :operator_id AND i.due_on < :until
      AND (i.progress <> 'settled' OR m.last_on > i.due_on
           OR EXISTS (SELECT FROM late_penalty WHERE instruction_id = i.instruction_id))
    ORDER BY i.instruction_id
    """
)


def owed_late(currency: str, operator_id: UUID, until: date) -> list[Owed]:
    """What partners were to pay before a day and did not, or not in time, with all that was booked of it by now."""
    values = {"currency": currency, "operator_id": operator_id, "until": until}
    return [
        Owed(
            instruction_id=row.instruction_id,
            cycle_id=row.cycle_id,
            partner_id=row.payer_id,
            amount_minor=row.amount_minor,
            due_on=row.due_on,
            booked=tuple(zip(row.days or (), row.amounts or (), strict=True)),
            ended_on=row.ended_on,
            charged_minor_days=int(row.charged),
        )
        for row in db.session.execute(_OWED, values)
    ]


def insert_penalties(penalties: Sequence[LatePenalty]) -> None:
    """What a cycle that is being cut charges. Its row is locked, and open."""
    columns = ("cycle_id", "instruction_id", "minor_days", "rate")
    rows = [{name: asdict(each)[name] for name in columns} for each in penalties]
    if rows:
        db.session.execute(insert(LatePenaltyRow), rows)


def penalties_of(cycle_id: UUID) -> list[LatePenalty]:
    """What a cut cycle charges, by instruction."""
    row, instruction = LatePenaltyRow, PaymentInstructionRow
    query = (
        select(row.cycle_id, row.instruction_id, instruction.payer_id, row.minor_days, row.rate)
        .join(instruction, instruction.instruction_id == row.instruction_id)
        .where(row.cycle_id == cycle_id)
        .order_by(row.instruction_id)
    )
    return [
        LatePenalty(
            cycle_id=each.cycle_id,
            instruction_id=each.instruction_id,
            partner_id=each.payer_id,
            minor_days=each.minor_days,
            rate=each.rate,
        )
        for each in db.session.execute(query)
    ]
