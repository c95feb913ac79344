"""The network's clock lives in the database, so that every process tells the same time and a demo can run through 2017.

One row: `frozen_at` null means the database server's own clock. Tokens and certificates keep system time.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from network.infrastructure.context import application
from network.infrastructure.database import Base, db
from network.infrastructure.transaction import transaction
from network.kernel.clock import as_utc

NETWORK_NOW = "coalesce((SELECT frozen_at FROM network_clock), clock_timestamp())"
"""The SQL expression for the network's current instant, for queries that need it in the same round trip."""


class NetworkClockRow(Base):
    """The single row. `frozen_at`: the instant at which the network's clock stands, or null to follow the server's."""

    __tablename__ = "network_clock"
    __table_args__ = (CheckConstraint("only_row", name="only_row"),)

    only_row: Mapped[bool] = mapped_column(primary_key=True, default=True, server_default="true")
    frozen_at: Mapped[datetime | None]


def network_now() -> datetime:
    """The network's current instant, in UTC. Needs an application context."""
    instant: datetime = db.session.execute(text(f"SELECT {NETWORK_NOW}")).scalar_one()
    return as_utc(instant)


def network_zone() -> ZoneInfo:
    """The zone at whose midnights days end and points expire (`Settings.time_zone`)."""
    zone: ZoneInfo = application().extensions["peyvand.zone"]
    return zone


def frozen_at() -> datetime | None:
    """Where the clock stands, or None if it runs."""
    return db.session.execute(text("SELECT frozen_at FROM network_clock")).scalar()


def set_clock(instant: datetime | None) -> None:
    """Stand the clock at an instant, or let it run with the server's (None). It may not go back: history would.

    Raises ValueError for a naive instant or one before the present one of a standing clock.
    """
    with transaction():
        before = db.session.execute(text("SELECT frozen_at FROM network_clock FOR UPDATE")).scalar()
        if instant is not None and before is not None and as_utc(instant) < before:
            raise ValueError(f"the network's clock stands at {before.isoformat()} and does not go back")
        db.session.execute(
            text(
                "INSERT INTO network_clock (only_row, frozen_at) VALUES (true, :at)"
                " ON CONFLICT (only_row) DO UPDATE SET frozen_at = excluded.frozen_at"
            ),
            {"at": None if instant is None else as_utc(instant)},
        )
