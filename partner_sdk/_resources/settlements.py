"""The statements of clearing."""

from __future__ import annotations

from .._exchange import get
from .._models import Settlement, SettlementSummary
from .._pages import Page
from .._raw import as_raw
from ._base import Resource, paging

__all__ = ["RawSettlements", "Settlements"]


class Settlements(Resource):
    """What this partner pays and receives, cycle by cycle."""

    @property
    def with_raw_response(self) -> RawSettlements:
        """The same methods, returning the answer itself."""
        return RawSettlements(Settlements(self._send, raw=True))

    def list(self, *, limit: int | None = None, cursor: str | None = None) -> Page[SettlementSummary]:
        """This partner's statements, without their lines; iterate the page to get them all.

        `limit`: items a page, 1 to 100, 20 by default. Scope `settlements:read`.
        """
        return self._list(get("/v1/settlements", query=paging(limit, cursor)), SettlementSummary)

    def get(self, settlement_id: str) -> Settlement:
        """One statement with its lines. Scope `settlements:read`. Raises NotFoundError (`settlement_not_found`)."""
        call = get("/v1/settlements/{settlement_id}", settlement_id=settlement_id)
        return self._make(call, Settlement._read_answer)


class RawSettlements:
    """`Settlements`, returning the answers themselves."""

    def __init__(self, settlements: Settlements) -> None:
        self.list = as_raw(settlements.list)
        self.get = as_raw(settlements.get)
