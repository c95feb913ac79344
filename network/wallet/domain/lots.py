"""What is asked of lots: how long they live, and in which order they are drawn."""

from datetime import datetime
from uuid import UUID

from network.wallet.domain.values import Lot


def lasts_until(lot: Lot, active_at: datetime | None) -> datetime | None:
    """When a lot's points expire: its date, or later if its owner was active and it expires by inactivity."""
    if lot.inactivity is None or lot.expires_at is None or active_at is None:
        return lot.expires_at
    return max(lot.expires_at, lot.inactivity.ends(active_at))


def draw_order(lot: Lot) -> tuple[bool, datetime, datetime, UUID]:
    """First expiring (never comes last), then first issued, then lot id. It decides who pays, so it is one for all."""
    return lot.expires_at is None, lot.expires_at or lot.issued_at, lot.issued_at, lot.lot_id
