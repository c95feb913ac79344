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

    def document(self, settlement_id: str, *, format: str = "pdf", locale: str = "en") -> bytes:
        """One statement as a document, for a file: an invoice or a credit note once it is approved, a draft before.

        `format` is "pdf", "html", "csv" or "json", `locale` "en" or "fa". The same bytes each time, once it is
        approved. Scope `settlements:read`. Raises NotFoundError (`settlement_not_found`).
        """
        query = {"format": format, "locale": locale}
        call = get("/v1/settlements/{settlement_id}/document", query=query, settlement_id=settlement_id)
        return self._make(call, lambda answer: answer.content)


class RawSettlements:
    """`Settlements`, returning the answers themselves."""

    def __init__(self, settlements: Settlements) -> None:
        self.list = as_raw(settlements.list)
        self.get = as_raw(settlements.get)
        self.document = as_raw(settlements.document)
