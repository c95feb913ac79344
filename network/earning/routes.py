"""The till over HTTP."""

from typing import Any
from uuid import UUID

from flask import Response

from network.auth.guards import current_principal, guard
from network.earning import presenting, receipts, schemas, service
from network.earning.commands import AskForQuote, FollowUp, Proof, RecordPurchase, RedeemPoints
from network.infrastructure.requests import Answer
from network.kernel.identifiers import read, read_any_entry, read_entry
from network.web.blueprint import Blueprint
from network.web.idempotency import asked, request_key, respond, takes_key
from network.web.pagination import decode_cursor, page
from network.web.signatures import signed, takes_signature

blueprint = Blueprint("till", __name__, url_prefix="/v1", description="Earn and burn.")
members_blueprint = Blueprint("wallet", __name__, url_prefix="/v1/members", description="A member's points.")


@blueprint.route("/quotes", methods=["POST"])
@guard("points:read", confirm_later=True, tills=True)
@blueprint.arguments(schemas.QuoteRequest)
@blueprint.response(200, schemas.QuoteAnswer)
def quote(body: dict[str, Any]) -> dict[str, Any]:
    """What a basket would earn, and what could be burned; writes nothing."""
    command = _command(AskForQuote, body)
    return presenting.present_quote(service.quote(current_principal(), command))


@blueprint.route("/earns", methods=["POST"])
@takes_key()
@guard("points:earn", confirm_later=True, tills=True)
@blueprint.arguments(schemas.EarnRequest)
@blueprint.response(201, schemas.EarnAnswer)
def earn(body: dict[str, Any]) -> Response:
    """A purchase becomes points."""
    principal = current_principal()
    request = asked(request_key(principal), receipts.present_signed_earn)
    basket = {"basket": tuple(body.pop("lines"))} if "lines" in body else {}
    return _respond(service.record_purchase(principal, _command(RecordPurchase, body | basket), request))


@blueprint.route("/earns/<entry_id>", methods=["GET"])
@guard("points:read", tills=True)
@blueprint.response(200, schemas.EarnAnswer)
def get_earn(entry_id: str) -> Response:
    """One of the partner's own earns."""
    found = service.earn_of(current_principal(), *read_entry("ern", entry_id))
    return respond(Answer(200, receipts.present_signed_earn(found)))


@blueprint.route("/redemptions", methods=["POST"])
@takes_key()
@takes_signature
@guard("points:redeem", confirm_later=True, tills=True)
@blueprint.arguments(schemas.RedemptionRequest)
@blueprint.response(201, schemas.RedemptionAnswer)
def redeem(body: dict[str, Any]) -> Response:
    """Points become money at the till."""
    principal = current_principal()
    request = asked(signed(request_key(principal)), receipts.present_signed_redemption)
    return _respond(service.redeem_points(principal, _redemption(body), request))


@blueprint.route("/redemptions/<entry_id>", methods=["GET"])
@guard("points:read", tills=True)
@blueprint.response(200, schemas.RedemptionAnswer)
def get_redemption(entry_id: str) -> Response:
    """One of the partner's own redemptions."""
    found = service.redemption_of(current_principal(), *read_entry("rdm", entry_id))
    return respond(Answer(200, receipts.present_signed_redemption(found)))


@blueprint.route("/redemptions/<entry_id>/capture", methods=["POST"])
@takes_key()
@takes_signature
@guard("points:redeem", confirm_later=True, tills=True)
@blueprint.arguments(schemas.FollowUpRequest)
@blueprint.response(201, schemas.RedemptionAnswer)
def capture(body: dict[str, Any], entry_id: str) -> Response:
    """Pay with a hold, whole or in part; the rest goes back to the member."""
    request = asked(signed(request_key(current_principal())), receipts.present_signed_redemption)
    return _respond(service.capture_hold(current_principal(), _follow_up("rdm", entry_id, body), request))


@blueprint.route("/redemptions/<entry_id>/void", methods=["POST"])
@takes_key()
@guard("points:redeem", confirm_later=True, tills=True)
@blueprint.arguments(schemas.VoidRequest)
@blueprint.response(201, schemas.RedemptionAnswer)
def void(body: dict[str, Any], entry_id: str) -> Response:
    """Give a hold back to the member."""
    request = asked(request_key(current_principal()), receipts.present_signed_redemption)
    return _respond(service.void_hold(current_principal(), _follow_up("rdm", entry_id, body), request))


@blueprint.route("/redemptions/<entry_id>/reverse", methods=["POST"])
@takes_key()
@takes_signature
@guard("points:redeem", confirm_later=True, tills=True)
@blueprint.arguments(schemas.FollowUpRequest)
@blueprint.response(201, schemas.ReversalAnswer)
def reverse_redemption(body: dict[str, Any], entry_id: str) -> Response:
    """Return points that were paid with to the lots they came from."""
    request = asked(signed(request_key(current_principal())), receipts.present_signed_reversal)
    return _respond(service.return_redemption(current_principal(), _follow_up("rdm", entry_id, body), request))


@blueprint.route("/earns/<entry_id>/reverse", methods=["POST"])
@takes_key()
@guard("points:earn", confirm_later=True, tills=True)
@blueprint.arguments(schemas.ReturnPurchaseRequest)
@blueprint.response(201, schemas.ReversalAnswer)
def reverse_earn(body: dict[str, Any], entry_id: str) -> Response:
    """Take the points of a returned purchase back; those already spent the member owes."""
    request = asked(request_key(current_principal()), receipts.present_signed_reversal)
    return _respond(service.return_purchase(current_principal(), _follow_up("ern", entry_id, body), request))


@members_blueprint.route("/<member_id>/balance", methods=["GET"])
@guard("points:read", member="member_id", tills=True)
@members_blueprint.arguments(schemas.BalanceQuery, location="query")
@members_blueprint.response(200, schemas.MemberBalanceAnswer)
def balance(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The points, now or at an instant, of a member that the partner enrolled, whose card it saw, or who consents."""
    found = service.member_balance(current_principal(), _member(member_id), query.get("at"))
    return presenting.present_balance(found)


@members_blueprint.route("/<member_id>/statement", methods=["GET"])
@guard("points:read", member="member_id")
@members_blueprint.arguments(schemas.StatementQuery, location="query")
@members_blueprint.response(200, schemas.StatementAnswer)
def statement(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """A period in the wallet of a member that the partner enrolled, whose card it was shown, or who consents."""
    found = service.member_statement(current_principal(), _member(member_id), query["from"], query["to"])
    return presenting.present_statement(found)


@blueprint.route("/entries/<entry_id>/explanation", methods=["GET"])
@guard("points:read")
@blueprint.response(200, schemas.ExplanationAnswer)
def explain(entry_id: str) -> dict[str, Any]:
    """Why an entry of the partner's own is as it is: which rule, lots and contract, who pays whom, in which cycle."""
    wallet_id, sequence = read_any_entry(("ern", "rdm", "rev", "ent"), entry_id)
    return presenting.present_explanation(service.explain(current_principal(), wallet_id, sequence))


@members_blueprint.route("/<member_id>/entries", methods=["GET"])
@guard("points:read", member="member_id")
@members_blueprint.arguments(schemas.EntriesQuery, location="query")
@members_blueprint.response(200, schemas.EntryPageAnswer)
def entries(query: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The partner's own entries in a member's wallet, or in its pool those that the member made; newest first."""
    limit, (before,) = query["limit"], decode_cursor(query["cursor"], int) or (None,)
    found = service.entries(current_principal(), _member(member_id), before, limit + 1, query["source"])
    return page(found, limit, show=presenting.present_entry, cursor=lambda own: (own.entry.sequence,))


def _command(kind: Any, body: dict[str, Any]) -> Any:
    """A command from a body whose `member` is its `member_id`."""
    return kind(member_id=body.pop("member"), **body)


def _follow_up(prefix: str, entry_id: str, body: dict[str, Any]) -> FollowUp:
    wallet_id, sequence = read_entry(prefix, entry_id)
    lines = body.pop("lines", None)
    return FollowUp(wallet_id=wallet_id, sequence=sequence, lines=tuple(lines) if lines else None, **body)


def _redemption(body: dict[str, Any]) -> RedeemPoints:
    proof, authorization_id = body.pop("proof", None), body.pop("authorization", None)
    told = {**body, "proof": Proof(**proof) if proof else None, "authorization_id": authorization_id}
    command: RedeemPoints = _command(RedeemPoints, told)
    return command


def _member(member_id: str) -> UUID:
    return read("mbr", member_id)


def _respond(outcome: Any) -> Response:
    assert isinstance(outcome, Answer), "a request with a key is answered by an Answer"
    return respond(outcome)
