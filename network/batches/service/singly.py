"""Lines that go the way of the single call, inside the part's transaction: reversals, and earns that aren't plain."""

import json
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

import psycopg

from network.auth.domain import Principal
from network.batches import repository
from network.batches.answers import Origin, earn_hash, refusal_answer, reversal_key
from network.batches.domain import EarnLine, ReversalLine
from network.batches.errors import RefusedForGood, SequenceReused
from network.earning.commands import FollowUp, RecordPurchase
from network.earning.presenting import present_earn, present_reversal
from network.earning.service import record_purchase, return_purchase
from network.infrastructure.requests import Answer, Asked, KeyReused, RequestKey
from network.kernel.clock import as_utc
from network.kernel.identifiers import show
from network.members.service.crowd import Face
from network.partners.domain import PointType
from network.wallet.errors import EntryNotFound


def earn_singly(principal: Principal, origin: Origin, line: EarnLine, face: Face) -> bool:
    """Post an earn; whether it had been posted before. Raises what the single call raises, and RefusedForGood."""
    member_id = UUID(bytes=face.member)
    body_hash = earn_hash(line, show("mbr", member_id))
    key = RequestKey(principal.partner_id, line.key, body_hash)
    command = RecordPurchase(
        member_id=member_id,
        amount_minor=line.amount_minor,
        currency=line.currency,
        occurred_at=as_utc(datetime.fromisoformat(line.occurred_at)),
        receipt=line.receipt,
        store=line.store,
        point_type=PointType(line.point_type or PointType.BASE),
    )
    asked = Asked(key, present_earn, lambda error: refusal_answer(error, origin))
    return _outcome(lambda: record_purchase(principal, command, asked))


def return_singly(connection: psycopg.Connection, principal: Principal, origin: Origin, line: ReversalLine) -> bool:
    """Post a reversal; whether it had been posted before. Raises as `earn_singly`, and EntryNotFound."""
    earned = repository.answered(connection, principal.partner_id, [line.of]).get(line.of)
    if earned is None or earned.wallet_id is None or earned.sequence is None:
        raise EntryNotFound(field="of")
    key = _key(principal.partner_id, line, earned.wallet_id, earned.sequence)
    command = FollowUp(
        wallet_id=earned.wallet_id, sequence=earned.sequence, amount_minor=line.amount_minor, receipt=line.receipt
    )
    asked = Asked(key, present_reversal, lambda error: refusal_answer(error, origin))
    return _outcome(lambda: return_purchase(principal, command, asked))


def refused_before(status: int, answer: str) -> None:
    """Raises RefusedForGood if this answer, which was given before, is a refusal."""
    if status >= 400:
        problem = json.loads(answer)
        blamed = [each["pointer"].removeprefix("#/") for each in problem.get("errors", ())]
        raise RefusedForGood(problem["code"], problem["detail"], field=blamed[0] if blamed else None)


def _key(partner_id: UUID, line: ReversalLine, wallet_id: UUID, sequence: int) -> RequestKey:
    return reversal_key(partner_id, line.key, wallet_id, sequence, line.amount_minor, line.receipt)


def _outcome(post: Callable[[], object]) -> bool:
    try:
        outcome = post()
    except KeyReused:
        raise SequenceReused(field="sequence") from None
    assert isinstance(outcome, Answer), "a request with a key is answered by an Answer"
    refused_before(outcome.status, outcome.body)
    return outcome.replayed
