"""All queries of adjustments."""

from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert as insert_row
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from network.adjustments.domain import DEFAULT_LIMIT_POINTS, Adjustment, Decision, Extension
from network.adjustments.models import AdjustmentRow, ExtensionRow, OperatorLimitRow
from network.infrastructure.database import db
from network.kernel.clock import as_utc


def insert_adjustment(adjustment: Adjustment) -> None:
    """A new one, proposed."""
    db.session.add(
        AdjustmentRow(
            adjustment_id=adjustment.adjustment_id,
            wallet_id=adjustment.wallet_id,
            issuer_id=adjustment.issuer_id,
            currency=adjustment.currency,
            points=adjustment.points,
            reason=adjustment.reason,
            prepared_by=adjustment.prepared_by,
            prepared_at=adjustment.prepared_at,
            decision=adjustment.decision.value,
        )
    )
    db.session.flush()


def lock_adjustment(adjustment_id: UUID) -> Adjustment | None:
    """An adjustment, kept to the end of the unit of work, so that it is decided once."""
    row = db.session.scalar(select(AdjustmentRow).where(AdjustmentRow.adjustment_id == adjustment_id).with_for_update())
    return _adjustment(row) if row else None


def decide(
    adjustment_id: UUID, decision: Decision, decided_by: str | None, decided_at: datetime, sequence: int | None
) -> None:
    """Write what was decided."""
    row = db.session.get_one(AdjustmentRow, adjustment_id)
    row.decision, row.decided_by, row.decided_at, row.sequence = decision.value, decided_by, decided_at, sequence
    db.session.flush()


def proposed() -> list[Adjustment]:
    """Those that wait for a second person, oldest first."""
    rows = db.session.scalars(
        select(AdjustmentRow)
        .where(AdjustmentRow.decision == Decision.PROPOSED.value)
        .order_by(AdjustmentRow.prepared_at, AdjustmentRow.adjustment_id)
    )
    return [_adjustment(row) for row in rows]


def insert_extension(extension: Extension) -> None:
    """A new one, proposed."""
    db.session.execute(insert_row(ExtensionRow).values(**asdict(extension) | {"decision": extension.decision.value}))


def lock_extension(extension_id: UUID) -> Extension | None:
    """An extension, kept to the end of the unit of work, so that it is decided once."""
    row = db.session.execute(_EXTENSION.where(ExtensionRow.extension_id == extension_id).with_for_update()).first()
    return _extension(row) if row else None


def change_extension(extension_id: UUID, **values: Any) -> None:
    """Write what was decided, or that it is done."""
    db.session.execute(update(ExtensionRow).where(ExtensionRow.extension_id == extension_id).values(**values))


def count_extended(extension_id: UUID, points: int) -> None:
    """One wallet more, and its points."""
    change_extension(extension_id, wallets=ExtensionRow.wallets + 1, points=ExtensionRow.points + points)


def extensions(*decisions: Decision) -> list[Extension]:
    """Those that stand so, oldest first."""
    wanted = _EXTENSION.where(ExtensionRow.decision.in_([each.value for each in decisions]))
    rows = db.session.execute(wanted.order_by(ExtensionRow.prepared_at, ExtensionRow.extension_id))
    return [_extension(row) for row in rows]


def limit_of(person: str) -> int:
    """How many points a person may give or take alone."""
    row = db.session.get(OperatorLimitRow, person.casefold())
    return row.limit_points if row else DEFAULT_LIMIT_POINTS


def set_limit(person: str, limit_points: int) -> None:
    """Let a person give or take so many points alone."""
    values = {"person": person.casefold(), "limit_points": limit_points}
    statement = insert(OperatorLimitRow).values(values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["person"], set_={"limit_points": limit_points}))


def _adjustment(row: AdjustmentRow) -> Adjustment:
    return Adjustment(
        adjustment_id=row.adjustment_id,
        wallet_id=row.wallet_id,
        issuer_id=row.issuer_id,
        currency=row.currency,
        points=row.points,
        reason=row.reason,
        prepared_by=row.prepared_by,
        prepared_at=row.prepared_at,
        decision=Decision(row.decision),
        decided_by=row.decided_by,
        sequence=row.sequence,
    )


_EXTENSION = select(*(getattr(ExtensionRow, field.name) for field in fields(Extension)))


def _extension(row: Any) -> Extension:
    values: dict[str, Any] = {
        name: as_utc(value) if isinstance(value, datetime) else value for name, value in row._mapping.items()
    }
    return Extension(**values | {"decision": Decision(row.decision)})
