"""A partner's own settlements over HTTP."""

from typing import Any
from uuid import UUID

from network.auth.guards import current_principal, guard
from network.kernel.identifiers import read
from network.settlement import service
from network.settlement.domain import Statement
from network.settlement.schemas import SettlementAnswer, SettlementPageAnswer
from network.web.blueprint import Blueprint
from network.web.pagination import PageQuery, decode_cursor, page

blueprint = Blueprint(
    "settlements", __name__, url_prefix="/v1/settlements", description="What a partner pays and receives, per cycle."
)


@blueprint.route("", methods=["GET"])
@guard("settlements:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, SettlementPageAnswer)
def settlements(query: dict[str, Any]) -> dict[str, Any]:
    """The calling partner's statements, newest first."""
    limit, (before,) = query["limit"], decode_cursor(query["cursor"], UUID) or (None,)
    found = service.list_statements(current_principal().partner_id, before=before, most=limit + 1)
    return page(found, limit, show=lambda each: each, cursor=lambda each: (each.statement_id,))


@blueprint.route("/<settlement_id>", methods=["GET"])
@guard("settlements:read")
@blueprint.response(200, SettlementAnswer)
def settlement(settlement_id: str) -> Statement:
    """One of the calling partner's statements, line by line."""
    return service.get_statement(current_principal().partner_id, read("stm", settlement_id))
