"""Many at once, on the real database: each code, challenge and approval has one winner in every round."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from network.earning.commands import Proof, ProofType, RedeemPoints
from network.earning.service import redeem_points
from network.infrastructure.database import db
from network.infrastructure.transaction import transaction
from network.kernel.errors import PeyvandError
from network.passkeys import service as passkeys
from network.sessions.domain import Realm
from network.sessions.service import list_sessions, open_session
from network.signin import service as signin
from network.signin.domain import CodeRequest
from network.signin.errors import CodeRefused
from tests.authenticator import Authenticator
from tests.fixtures import Coalition, Till
from tests.integration.signin.conftest import HERE, PHONE, Inbox
from tests.racing import ROUNDS, sizes_of, winners

_EIGHT = [8] * 100


@pytest.mark.parametrize("rounds", ROUNDS)
def test_a_one_time_code_has_one_winner_in_every_round(app: Flask, sara: UUID, inbox: Inbox, rounds: int) -> None:
    def ask() -> tuple[CodeRequest, str]:
        with transaction():
            db.session.execute(text("DELETE FROM code_count"))
        return signin.request_sign_in(PHONE, HERE), inbox.code()

    def enter(what: Any, _number: int) -> None:
        try:
            signin.sign_in(what[0].token, what[1], HERE)
        except CodeRefused:
            raise
        except PeyvandError as other:
            raise AssertionError("a loser is told that the code is not right any more, nothing else") from other

    assert winners(app, ask, enter, sizes_of(rounds)) == [1] * rounds
    assert len(list_sessions(Realm.MEMBER, sara)) == rounds


def test_a_passkey_s_challenge_has_one_winner_in_each_of_a_hundred_rounds(app: Flask, sara: UUID) -> None:
    device, session = Authenticator(counts=False), open_session(Realm.MEMBER, sara, ["sms"]).session
    begun = signin.begin_passkey(session)
    signin.add_passkey(session, begun.challenge_id, device.register(begun.options))

    def ask() -> Any:
        ceremony = passkeys.begin_assertion(Realm.MEMBER)
        return ceremony.challenge_id, device.sign(ceremony.options)

    def prove(what: Any, _number: int) -> None:
        passkeys.finish_assertion(Realm.MEMBER, *what)

    assert winners(app, ask, prove, _EIGHT) == [1] * len(_EIGHT)


@pytest.mark.parametrize("kind", [ProofType.TILL_CODE, ProofType.CONSENT])
def test_a_proof_at_the_till_has_one_winner_in_each_of_a_hundred_rounds(
    app: Flask, coalition: Coalition, kind: ProofType
) -> None:
    grocer = coalition.join("grocer", trusts_cards=False)
    omid = coalition.enrol(grocer)
    assert grocer.earn(omid, 100_000).status_code == 201
    session = open_session(Realm.MEMBER, omid.member_id, ["sms"]).session

    def show() -> Proof:
        if kind is ProofType.CONSENT:
            made = signin.approve_spending(session, grocer.partner_id, 1)
            return Proof(type=kind, approval_id=made.approval_id)
        with transaction():  # as if the last code had been used two minutes ago, and no wrong one been shown
            db.session.execute(text("UPDATE ticket SET last = last - 4"))
            db.session.execute(text("UPDATE member_guard SET wrong_codes = 0"))
        return Proof(type=kind, code=signin.till_code(omid.member_id).code, card_number=omid.card_number)

    def burn(proof: Proof, _number: int) -> None:
        redeem_points(grocer.principal, RedeemPoints(member_id=omid.member_id, points=1, currency="USD", proof=proof))

    assert winners(app, show, burn, _EIGHT) == [1] * len(_EIGHT)
    assert _available(grocer, omid.id) == 1000 - len(_EIGHT)


def _available(till: Till, member: str) -> int:
    return int(till.get(f"/v1/members/{member}/balance").json["available"])
