"""A partner's own settlements over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from network.auth.guards import current_principal, guard
from network.kernel.identifiers import read
from network.settlement import service
from network.settlement.domain import Dispute, OpenDispute, Statement
from network.settlement.schemas import (
    DisputeAnswer,
    DisputePageAnswer,
    DisputeRequest,
    SettlementAnswer,
    SettlementPageAnswer,
)
from network.web.blueprint import Blueprint
from network.web.idempotency import asked, request_key, respond, takes_key
from network.web.pagination import PageQuery, decode_cursor, page

blueprint = Blueprint(
    "settlements", __name__, url_prefix="/v1/settlements", description="What a partner pays and receives, per cycle."
)
disputes_blueprint = Blueprint(
    "disputes", __name__, url_prefix="/v1/disputes", description="What a partner holds against its settlements."
)

_dispute = DisputeAnswer()


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


@blueprint.route("/<settlement_id>/disputes", methods=["POST"])
@takes_key()
@guard("settlements:dispute")
@blueprint.arguments(DisputeRequest)
@blueprint.response(201, DisputeAnswer)
def dispute_settlement(body: dict[str, Any], settlement_id: str) -> Response:
    """Hold something against a statement, or against one line of it, within the days that the network gives for it."""
    principal, command = current_principal(), OpenDispute(**body)
    request = asked(request_key(principal), _present)
    return respond(service.open_dispute(principal.partner_id, read("stm", settlement_id), command, request))


@disputes_blueprint.route("", methods=["GET"])
@guard("settlements:read")
@disputes_blueprint.arguments(PageQuery, location="query")
@disputes_blueprint.response(200, DisputePageAnswer)
def disputes(query: dict[str, Any]) -> dict[str, Any]:
    """The calling partner's disputes, newest first."""
    limit, (before,) = query["limit"], decode_cursor(query["cursor"], UUID) or (None,)
    found = service.list_disputes(current_principal().partner_id, before=before, most=limit + 1)
    return page(found, limit, show=lambda each: each, cursor=lambda each: (each.dispute_id,))


@disputes_blueprint.route("/<dispute_id>", methods=["GET"])
@guard("settlements:read")
@disputes_blueprint.response(200, DisputeAnswer)
def dispute(dispute_id: str) -> Dispute:
    """One of the calling partner's disputes, and what was decided."""
    return service.get_dispute(current_principal().partner_id, read("dsp", dispute_id))


def _present(found: Dispute) -> str:
    text: str = _dispute.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return text
