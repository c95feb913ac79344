"""Submissions, and the audit trail."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select, update

from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.settlement.domain import Link, Submission, Verdict
from network.settlement.records import CycleSubmissionRow, SettlementTrailRow


def insert_submission(submission: Submission) -> None:
    """One version of a cycle, put up for approval."""
    db.session.execute(
        insert(CycleSubmissionRow).values(
            cycle_id=submission.cycle_id,
            version=submission.version,
            prepared_by=submission.prepared_by,
            prepared_at=submission.prepared_at,
            verdict=submission.verdict.value,
        )
    )


def find_submission(cycle_id: UUID, version: int) -> Submission | None:
    """How far the approval of one version of a cycle is. Who has locked the cycle may rely on it."""
    row = db.session.execute(
        select(*CycleSubmissionRow.__table__.c).where(
            CycleSubmissionRow.cycle_id == cycle_id, CycleSubmissionRow.version == version
        )
    ).first()
    if row is None:
        return None
    return Submission(
        cycle_id=row.cycle_id,
        version=row.version,
        prepared_by=row.prepared_by,
        prepared_at=as_utc(row.prepared_at),
        verdict=Verdict(row.verdict),
        decided_by=row.decided_by,
        reason=row.reason,
    )


def decide_submission(
    cycle_id: UUID, version: int, verdict: Verdict, person: str, decided_at: datetime, reason: str | None
) -> None:
    """Write what was decided."""
    db.session.execute(
        update(CycleSubmissionRow)
        .where(CycleSubmissionRow.cycle_id == cycle_id, CycleSubmissionRow.version == version)
        .values(verdict=verdict.value, decided_by=person, decided_at=decided_at, reason=reason)
    )


def last_link(cycle_id: UUID) -> Link | None:
    """The end of a cycle's trail. Who has locked the cycle may add to it."""
    row = db.session.execute(_LINKS.where(_Trail.cycle_id == cycle_id).order_by(_Trail.step.desc()).limit(1)).first()
    return None if row is None else Link(row.step, row.entry, bytes(row.hash))


def add_link(cycle_id: UUID, link: Link) -> None:
    db.session.execute(insert(_Trail).values(cycle_id=cycle_id, step=link.step, entry=link.entry, hash=link.hash))


def links_of(cycle_id: UUID) -> list[Link]:
    """A cycle's whole trail, in order."""
    rows = db.session.execute(_LINKS.where(_Trail.cycle_id == cycle_id).order_by(_Trail.step))
    return [Link(row.step, row.entry, bytes(row.hash)) for row in rows]


_Trail = SettlementTrailRow
_LINKS = select(_Trail.step, _Trail.entry, _Trail.hash)
