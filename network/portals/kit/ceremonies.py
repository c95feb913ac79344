"""What the script for passkeys (`own/passkeys.js`) and a page tell each other, as JSON; members' pages and staff's.

It asks for options, hands them to the browser, sends what that one made, and goes where it is told.
"""

import json
from typing import Any
from uuid import UUID

from flask import Response, jsonify, request

from network.kernel.errors import Malformed, PeyvandError
from network.passkeys.domain import Ceremony
from network.portals.kit.forms import failure_text
from network.web.problems import status_of


def told() -> dict[str, Any]:
    """What the script sent. Raises Malformed."""
    try:
        sent = request.get_json(silent=True)
    except RecursionError:  # brackets without end
        sent = None
    if not isinstance(sent, dict):
        raise Malformed
    return sent


def answer() -> tuple[UUID, dict[str, Any]]:
    """To which challenge the browser answers, and what. Raises Malformed."""
    sent = told()
    credential = sent.get("credential")
    try:
        challenge_id = UUID(str(sent.get("challenge")))
    except ValueError:
        raise Malformed from None
    if not isinstance(credential, dict):
        raise Malformed
    return challenge_id, credential


def name() -> str:
    """What a new passkey is to be called."""
    return str(told().get("name") or "")


def ceremony(begun: Ceremony) -> Response:
    """What the browser is asked for."""
    return jsonify(challenge=str(begun.challenge_id), options=json.loads(begun.options))


def onward(address: str) -> Response:
    """It is done: where to go now."""
    return jsonify(next=address)


def failed(failure: PeyvandError, *, again: bool = False) -> Response:
    """What went wrong. `again`: the person has to prove first who it is, on the page that the script knows."""
    response = jsonify(error=failure_text(failure), **({"again": True} if again else {}))
    response.status_code = status_of(failure)
    return response
