"""All queries of expiry."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import func, insert, select, text

from network.expiry.domain import ExpiryPolicy, Notice, PolicyVersion, Rule
from network.expiry.models import ExpiryPolicyRow
from network.infrastructure.calendars import CALENDARS
from network.infrastructure.database import db
from network.kernel.clock import as_utc
from network.kernel.codes import country_of

_ITEMS = (
    "programme", "jurisdiction", "valid_from", "rule", "months", "calendar", "time_zone", "notice_days", "is_minimum"
)  # fmt: skip

_NOTE = text(
    """
    INSERT INTO expiry_notice (wallet_id, expires_at, notice_days, points, noticed_at)
    SELECT *, CAST(:noticed_at AS timestamptz) FROM unnest(
        CAST(:wallet_id AS uuid[]), CAST(:expires_at AS timestamptz[]), CAST(:notice_days AS smallint[]),
        CAST(:points AS bigint[]))
    ON CONFLICT DO NOTHING RETURNING wallet_id, expires_at, notice_days, points
    """
)


def versions(connection: psycopg.Connection, programme: str | None, jurisdiction: str | None) -> list[PolicyVersion]:
    """The versions that may hold for a programme, or none, in a jurisdiction, or the network's own."""
    programmes = ["", programme or ""]
    places = ["", jurisdiction, country_of(jurisdiction)] if jurisdiction else [""]
    rows = connection.execute(
        f"SELECT {', '.join(_ITEMS)} FROM expiry_policy WHERE programme = ANY(%s) AND jurisdiction = ANY(%s)",
        (programmes, places),
    ).fetchall()
    return [_version(*row) for row in rows]


def all_versions() -> list[PolicyVersion]:
    """Every version, in order."""
    row = ExpiryPolicyRow
    columns = select(*(getattr(row, name) for name in _ITEMS))
    rows = db.session.execute(columns.order_by(row.programme, row.jurisdiction, row.valid_from))
    return [_version(*row) for row in rows]


def lock_policy(programme: str, jurisdiction: str) -> datetime | None:
    """When the latest version for the two begins; no other unit of work adds one meanwhile."""
    name = f"expiry.policy:{programme}:{jurisdiction}"
    db.session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
    row = ExpiryPolicyRow
    return db.session.scalar(
        select(func.max(row.valid_from)).where(row.programme == programme, row.jurisdiction == jurisdiction)
    )


def insert_version(version: PolicyVersion, decided_at: datetime) -> None:
    policy = version.policy
    db.session.execute(
        insert(ExpiryPolicyRow).values(
            programme=version.programme,
            jurisdiction=version.jurisdiction,
            valid_from=version.valid_from,
            rule=policy.rule.value if policy else None,
            months=policy.months if policy else 0,
            calendar=policy.calendar.name if policy else "gregorian",
            time_zone=policy.zone.key if policy else "UTC",
            notice_days=list(policy.notice_days) if policy else [],
            is_minimum=version.is_minimum,
            decided_at=decided_at,
        )
    )


def insert_notices(notices: Sequence[Notice], noticed_at: datetime) -> list[Notice]:
    """Note what is told; those of it that were not told before."""
    rows = db.session.execute(
        _NOTE,
        {
            "wallet_id": [each.wallet_id for each in notices],
            "expires_at": [each.expires_at for each in notices],
            "notice_days": [each.notice_days for each in notices],
            "points": [each.points for each in notices],
            "noticed_at": noticed_at,
        },
    )
    return [Notice(row.wallet_id, as_utc(row.expires_at), row.notice_days, row.points) for row in rows]


def _version(
    programme: str,
    jurisdiction: str,
    valid_from: datetime,
    rule: str | None,
    months: int,
    calendar: str,
    time_zone: str,
    notice_days: Sequence[int],
    is_minimum: bool,
) -> PolicyVersion:
    policy = None
    if rule is not None:
        policy = ExpiryPolicy(
            rule=Rule(rule),
            months=months,
            zone=ZoneInfo(time_zone),
            calendar=CALENDARS[calendar],
            notice_days=tuple(notice_days),
        )
    return PolicyVersion(
        programme=programme,
        jurisdiction=jurisdiction,
        valid_from=as_utc(valid_from),
        policy=policy,
        is_minimum=is_minimum,
    )
