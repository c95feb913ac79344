"""A partner's own statements as documents over HTTP, and the journal entries behind their lines."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from network.auth.guards import current_principal, guard
from network.kernel.identifiers import read
from network.settlement import service
from network.settlement.rendering import FORMATS, Format, Rendering, render
from network.settlement.schemas import DocumentQuery, LineEntryPageAnswer
from network.web.blueprint import Blueprint, document_operation
from network.web.pagination import PageQuery, decode_cursor, page

blueprint = Blueprint(
    "settlement_documents", __name__, url_prefix="/v1/settlements", description="Statements as documents."
)

_MEDIA = {media.partition(";")[0]: form for form, (_, media) in FORMATS.items()}


@blueprint.route("/<settlement_id>/document", methods=["GET"])
@guard("settlements:read")
@blueprint.arguments(DocumentQuery, location="query")
@blueprint.response(200)
def settlement_document(query: dict[str, Any], settlement_id: str) -> Response:
    """One of the calling partner's statements as a document: an invoice or a credit note once it is approved."""
    document = service.statement_document(current_principal().partner_id, read("stm", settlement_id))
    return _respond(render(document, _chosen(query["format"]), query["locale"]))


@blueprint.route("/<settlement_id>/lines/<int:line>/entries", methods=["GET"])
@guard("settlements:read")
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, LineEntryPageAnswer)
def settlement_line_entries(query: dict[str, Any], settlement_id: str, line: int) -> dict[str, Any]:
    """What one line of a statement is made of, in the order of posting. `line` as the document numbers it."""
    limit, after = query["limit"], decode_cursor(query["cursor"], datetime, UUID, int, int)
    statement_id, partner_id = read("stm", settlement_id), current_principal().partner_id
    found = service.line_entries(partner_id, statement_id, line, after=after, most=limit + 1)
    return page(found, limit, show=lambda each: each, cursor=lambda each: each.key)


document_operation(
    settlement_document,
    responses={
        "200": {
            "description": "The document. The same statement gives the same bytes, once it has its number for ever.",
            "content": {
                media: {"schema": {"type": "object" if form is Format.JSON else "string"}}
                for media, form in _MEDIA.items()
            },
        }
    },
)


def _chosen(told: str | None) -> Format:
    if told is not None:
        return Format(told)
    return _MEDIA[request.accept_mimetypes.best_match(_MEDIA, default="application/pdf")]


def _respond(rendering: Rendering) -> Response:
    """A file to keep; a page has its own policy, which lets nothing in but what it brings."""
    response = Response(rendering.body, content_type=rendering.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{rendering.file_name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept"
    if rendering.policy:
        response.headers["Content-Security-Policy"] = rendering.policy
    return response
