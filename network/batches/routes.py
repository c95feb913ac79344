"""Batches over HTTP. The body is read as a stream, so that a file may be larger than memory should hold."""

from collections.abc import Iterator

from flask import Response, current_app, request, stream_with_context
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from network.auth.guards import current_principal, guard
from network.batches import schemas, service
from network.batches.answers import Origin
from network.batches.domain import Media
from network.batches.presenting import present_batch, refusals_as_csv, refusals_as_ndjson
from network.batches.service.receive import Upload
from network.infrastructure.requests import Answer
from network.kernel.identifiers import read
from network.web.blueprint import Blueprint, document_operation
from network.web.errors import IdempotencyKeyMissing
from network.web.idempotency import HEADER, read_key, respond, takes_key
from network.web.request_ids import request_id

blueprint = Blueprint("batches", __name__, url_prefix="/v1/batches", description="Many lines at once.")

LARGEST_BYTES = 256 * 1024 * 1024
_BLOCK_BYTES = 256 * 1024
_NDJSON, _CSV = "application/x-ndjson", "text/csv"
_MEDIA = {_NDJSON: Media.NDJSON, _CSV: Media.CSV}
_TEXT = {"schema": {"type": "string"}}
_BODY = {"required": True, "content": {_NDJSON: _TEXT, _CSV: _TEXT}}
_ERRORS = {
    "200": {"description": "A line of the error file for each refused line.", "content": {_NDJSON: _TEXT, _CSV: _TEXT}}
}


@blueprint.route("", methods=["POST"])
@takes_key()
@guard("points:earn")
@blueprint.response(202, schemas.BatchAnswer)
def create_batch() -> Response:
    """Take a file of earns and reversals in, to be posted in the background."""
    principal = current_principal()
    media = _MEDIA.get(request.mimetype)
    if media is None:
        raise UnsupportedMediaType
    answer = service.receive(
        Upload(
            principal=principal,
            idempotency_key=_key(),
            asks=f"POST {request.path}\n{request.mimetype}\n".encode(),
            media=media,
            blocks=_blocks(),
            origin=Origin(request_id(), f"{current_app.config['PEYVAND_PUBLIC_URL']}/v1/problems"),
            present=present_batch,
        )
    )
    return respond(answer)


@blueprint.route("/<batch_id>", methods=["GET"])
@guard("points:read")
@blueprint.response(200, schemas.BatchAnswer)
def get_batch(batch_id: str) -> Response:
    """One of the partner's own batches, and how far it is."""
    found = service.get_batch(current_principal().partner_id, read("bat", batch_id))
    return respond(Answer(200, present_batch(found)))


@blueprint.route("/<batch_id>/errors", methods=["GET"])
@guard("points:read")
@blueprint.response(200)
def batch_errors(batch_id: str) -> Response:
    """The lines that were refused so far: NDJSON, or CSV where `Accept` prefers it."""
    found = service.refused_lines(current_principal().partner_id, read("bat", batch_id))
    chosen = request.accept_mimetypes.best_match([_NDJSON, _CSV], default=_NDJSON)
    lines = refusals_as_csv(found) if chosen == _CSV else refusals_as_ndjson(found)
    return Response(stream_with_context(lines), content_type=f"{chosen}; charset=utf-8")


document_operation(create_batch, requestBody=_BODY)
document_operation(batch_errors, responses=_ERRORS)


def _key() -> str:
    told = request.headers.get(HEADER)
    if told is None:
        raise IdempotencyKeyMissing(field=HEADER)
    return read_key(told)


def _blocks() -> Iterator[bytes]:
    """The body, block by block. Raises RequestEntityTooLarge."""
    request.max_content_length = LARGEST_BYTES
    if (request.content_length or 0) > LARGEST_BYTES:
        raise RequestEntityTooLarge
    left = LARGEST_BYTES
    while block := request.stream.read(_BLOCK_BYTES):
        left -= len(block)
        if left < 0:
            raise RequestEntityTooLarge  # one that does not tell its length
        yield block
