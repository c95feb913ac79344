"""Members over HTTP. Cards and phones travel in bodies, never in addresses, which end up in logs."""

from typing import Any

from flask import Response

from network.auth.guards import current_principal, guard
from network.infrastructure.requests import Answer
from network.kernel.identifiers import read
from network.members import service
from network.members.domain import EnrolCommand, KnownMember
from network.members.schemas import EnrolRequest, LookupRequest, MemberAnswer
from network.web.blueprint import Blueprint
from network.web.idempotency import asked, optional_request_key, respond, takes_key

blueprint = Blueprint("members", __name__, url_prefix="/v1/members", description="People and their cards.")

_member = MemberAnswer()


@blueprint.route("", methods=["POST"])
@takes_key(required=False)
@guard("members:enrol", tills=True)
@blueprint.arguments(EnrolRequest)
@blueprint.response(201, MemberAnswer)
def enrol(body: dict[str, Any]) -> Response | KnownMember:
    """A person becomes a member."""
    principal = current_principal()
    command = EnrolCommand(**{name: value for name, value in body.items() if value is not None})
    key = optional_request_key(principal)
    outcome = service.enrol(principal.partner_id, command, asked(key, _present) if key else None)
    return respond(outcome) if isinstance(outcome, Answer) else outcome


@blueprint.route("/lookup", methods=["POST"])
@guard("members:lookup", tills=True)
@blueprint.arguments(LookupRequest)
@blueprint.response(200, MemberAnswer)
def lookup(body: dict[str, str]) -> KnownMember:
    """The member whose card or phone is shown; from then on the partner knows the member."""
    return service.lookup(current_principal().partner_id, **body)


@blueprint.route("/<member_id>", methods=["GET"])
@guard("members:read", member="member_id", tills=True)
@blueprint.response(200, MemberAnswer)
def get(member_id: str) -> KnownMember:
    """A member that the partner enrolled, or whose card or phone it was shown, or who consents."""
    principal, wanted = current_principal(), read("mbr", member_id)
    return service.get(principal.partner_id, wanted, consented=principal.member_id == wanted)


def _present(known: KnownMember) -> str:
    text: str = _member.dumps(known, ensure_ascii=False, separators=(",", ":"))
    return text
