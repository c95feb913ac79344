"""A partner's own settlements over HTTP."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, stream_with_context

from network.auth.guards import current_principal, guard
from network.kernel.identifiers import read
from network.settlement import service
from network.settlement.domain import Dispute, OpenDispute, Statement
from network.settlement.schemas import (
    CycleProofAnswer,
    CycleProofPageAnswer,
    DisputeAnswer,
    DisputePageAnswer,
    DisputeRequest,
    EntryProofAnswer,
    ProofKeysAnswer,
    SettlementAnswer,
    SettlementPageAnswer,
    SignersAnswer,
)
from network.web.blueprint import Blueprint, document_operation
from network.web.idempotency import asked, request_key, respond, takes_key
from network.web.pagination import PageQuery, decode_cursor, page

blueprint = Blueprint(
    "settlements", __name__, url_prefix="/v1/settlements", description="What a partner pays and receives, per cycle."
)
disputes_blueprint = Blueprint(
    "disputes", __name__, url_prefix="/v1/disputes", description="What a partner holds against its settlements."
)
proofs_blueprint = Blueprint(
    "proofs", __name__, url_prefix="/v1/proofs", description="What the network has signed, for all partners alike."
)

_dispute = DisputeAnswer()
_NDJSON = "application/x-ndjson"


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


@blueprint.route("/<settlement_id>/proof", methods=["GET"])
@guard("settlements:read")
@blueprint.response(200)
def settlement_proof(settlement_id: str) -> Response:
    """Every clearing line of one of the calling partner's statements, and what proves that they are all."""
    lines = service.proof_of_statement(current_principal().partner_id, read("stm", settlement_id))
    return Response(stream_with_context(_ended(lines)), content_type=_NDJSON)


@blueprint.route("/<settlement_id>/proof/<entry_id>", methods=["GET"])
@guard("settlements:read")
@blueprint.response(200, EntryProofAnswer)
def entry_proof(settlement_id: str, entry_id: str) -> dict[str, Any]:
    """That one of the calling partner's own entries is in a statement, by itself."""
    return service.proof_of_entry(current_principal().partner_id, read("stm", settlement_id), entry_id)


@proofs_blueprint.route("/cycles", methods=["GET"])
@guard("settlements:read")
@proofs_blueprint.arguments(PageQuery, location="query")
@proofs_blueprint.response(200, CycleProofPageAnswer)
def cycle_proofs(query: dict[str, Any]) -> dict[str, Any]:
    """The signed commitments of all cycles, newest first."""
    limit, before = query["limit"], decode_cursor(query["cursor"], datetime, UUID)
    found = service.list_proofs(before=before, most=limit + 1)
    return page(found, limit, show=lambda each: each, cursor=lambda each: (each.signed_at, each.cycle_id))


@proofs_blueprint.route("/cycles/<cycle_id>", methods=["GET"])
@guard("settlements:read")
@proofs_blueprint.response(200, CycleProofAnswer)
def cycle_proof(cycle_id: str) -> Any:
    """One cycle's signed commitment, the same for every partner."""
    return service.get_proof(read("cyc", cycle_id))


@proofs_blueprint.route("/keys", methods=["GET"])
@guard("settlements:read")
@proofs_blueprint.response(200, ProofKeysAnswer)
def proof_keys() -> dict[str, Any]:
    """Every key that receipts and proofs were ever signed with; keep them, and compare them with other partners."""
    return {"keys": service.proof_keys()}


@proofs_blueprint.route("/signers", methods=["GET"])
@guard("settlements:read")
@proofs_blueprint.response(200, SignersAnswer)
def signers() -> dict[str, Any]:
    """The public keys by which partners sign their requests, and since when they have to; keep them, and compare."""
    return {"signers": service.request_signers()}


document_operation(
    settlement_proof,
    responses={
        "200": {
            "description": "The document, the entry, and a JSON object for each clearing line (docs/proof.md).",
            "content": {_NDJSON: {"schema": {"type": "string"}}},
        }
    },
)


def _ended(lines: Iterator[str]) -> Iterator[str]:
    return (f"{line}\n" for line in lines)
