"""Requests that a partner signs with a key of its own: what is taken, what is refused, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from network.cli.ledger import check_everything
from network.earning.repository import Shape, scene_statement
from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.members.domain import KeyKind
from network.partners import service as partners
from network.partners.errors import PartnerKeyTaken, SignaturesNeedKey
from network.wallet.saving_sql import PARTS, one_posting
from tests.fixtures import Coalition, Customer, Till, assert_problem, day, next_key, snapshot
from tests.integration.merging.cases import merge
from tests.signing import Pen, new_key, pem, redemption

Change = Callable[[Pen, dict[str, Any], str], Any]


@pytest.fixture
def pen(fuel: Till, points: int) -> Pen:
    """The petrol station's registered key."""
    pen = Pen(fuel, day(1, 10))
    partners.add_key(fuel.partner_id, pem(pen.key))
    return pen


def kept() -> list[Any]:
    db.session.rollback()
    return list(
        db.session.execute(
            text(
                "SELECT s.kid, s.document, s.salt, j.operation, j.points FROM request_signature s"
                " JOIN journal j USING (wallet_id, sequence) ORDER BY j.sequence"
            )
        )
    )


def broken() -> dict[str, int]:
    """Invariants that do not hold, and in how many rows."""
    db.session.rollback()
    return {found.check.name: len(found.rows) for found in check_everything() if not found.holds}


def test_a_signature_is_kept_with_its_entry_and_a_replay_keeps_the_first(pen: Pen, sara: Customer) -> None:
    body, key = redemption(sara, 120, receipt="F-1"), next_key()
    first = pen.header("/v1/redemptions", body, key)
    answer = pen.post("/v1/redemptions", body, key=key, header=first)
    assert answer.status_code == 201, answer.text
    set_clock(day(1, 12))
    again = pen.post("/v1/redemptions", body, key=key)
    assert (again.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert again.text == answer.text
    ((kid, document, salt, operation, points),) = kept()
    assert (kid, operation, points) == (pen.key.thumbprint(), "redemption", 120)
    assert first.partition(".")[2] == document
    assert len(salt) == 16


def test_holds_captures_and_returns_are_signed_too(pen: Pen, sara: Customer) -> None:
    hold = pen.redeem(sara, 50, capture=False).json
    path = f"/v1/redemptions/{hold['id']}"
    assert pen.post(f"{path}/capture", {"points": 40}).status_code == 201
    assert pen.post(f"{path}/reverse", {"points": 10}).status_code == 201
    assert [row.operation for row in kept()] == ["hold", "capture", "redemption_reversal"]
    assert_problem(pen.post(f"{path}/reverse", {}), 403, "signature_mismatch")  # of how many points, it has to say


def test_a_signed_return_that_has_to_do_with_several_wallets_is_kept_too(
    pen: Pen, coalition: Coalition, fuel: Till, grocer: Till, sara: Customer
) -> None:
    partners.require_signatures(fuel.partner_id)
    paid = pen.redeem(sara, 50).json
    path = f"/v1/redemptions/{paid['id']}/reverse"
    merge(sara, into=coalition.enrol(grocer))
    assert_problem(fuel.post(path, {"points": 20}, next_key()), 403, "signature_missing")
    assert pen.post(path, {"points": 20}).status_code == 201
    assert [(row.operation, row.points) for row in kept()] == [("redemption", 50), ("redemption_reversal", 20)]


def test_whoever_need_not_sign_goes_on_as_before(pen: Pen, fuel: Till, sara: Customer) -> None:
    assert fuel.redeem(sara, 10).status_code == 201
    assert kept() == []


def _other_body(pen: Pen, body: dict[str, Any], key: str) -> Any:
    return pen.post("/v1/redemptions", body, key=key, header=pen.header("/v1/redemptions", {**body, "receipt": 2}, key))


def _other_key(pen: Pen, body: dict[str, Any], key: str) -> Any:
    return pen.post("/v1/redemptions", body, key=key, header=pen.header("/v1/redemptions", body, "another"))


def _other_path(pen: Pen, body: dict[str, Any], key: str) -> Any:
    header = pen.header("/v1/earns", body, key, kind="redemption")
    return pen.post("/v1/redemptions", body, key=key, header=header)


def _other_member(name: str, told: Any) -> Change:
    return lambda pen, body, key: pen.post("/v1/redemptions", body, key=key, **{name: told})


def _other_salt(pen: Pen, body: dict[str, Any], key: str) -> Any:
    header = pen.header("/v1/redemptions", body, key)
    return pen.post("/v1/redemptions", body, key=key, header="A" * 22 + header[22:])


def _other_signature(pen: Pen, body: dict[str, Any], key: str) -> Any:
    return replace(pen, key=new_key(), kid=pen.key.thumbprint()).post("/v1/redemptions", body, key=key)


def _unknown_key(pen: Pen, body: dict[str, Any], key: str) -> Any:
    return replace(pen, key=new_key()).post("/v1/redemptions", body, key=key)


def _of_another_partner(pen: Pen, body: dict[str, Any], key: str) -> Any:
    strange = replace(pen, key=new_key())
    grocer = partners.find_partner_by_code("grocer")
    assert grocer is not None
    partners.add_key(grocer.partner_id, pem(strange.key))
    return strange.post("/v1/redemptions", body, key=key)


def _revoked(pen: Pen, body: dict[str, Any], key: str) -> Any:
    partners.revoke_key(pen.key.thumbprint())
    return pen.post("/v1/redemptions", body, key=key)


def _at(minutes: int) -> Change:
    return lambda pen, body, key: replace(pen, at=pen.at + timedelta(minutes=minutes)).post(
        "/v1/redemptions", body, key=key
    )


def _header(told: str) -> Change:
    return lambda pen, body, key: pen.post("/v1/redemptions", body, key=key, header=told)


def _other_kind(pen: Pen, body: dict[str, Any], key: str) -> Any:
    return replace(pen, kind="at+jwt").post("/v1/redemptions", body, key=key)


WRONG: dict[str, tuple[int, str, Change]] = {
    "another body": (403, "signature_mismatch", _other_body),
    "another idempotency key": (403, "signature_mismatch", _other_key),
    "another path": (403, "signature_mismatch", _other_path),
    "another client": (403, "signature_mismatch", _other_salt),
    "fewer points": (403, "signature_mismatch", _other_member("points", 1)),
    "another currency": (403, "signature_mismatch", _other_member("currency", "EUR")),
    "a hold": (403, "signature_mismatch", _other_member("kind", "hold")),
    "one member more": (403, "signature_mismatch", _other_member("more", 1)),
    "no instant": (403, "signature_mismatch", _other_member("signed_at", "soon")),
    "an instant without a zone": (403, "signature_mismatch", _other_member("signed_at", "2017-01-10T12:00:00")),
    "another key under this name": (403, "signature_invalid", _other_signature),
    "an unknown key": (403, "signature_key_unknown", _unknown_key),
    "another partner's key": (403, "signature_key_unknown", _of_another_partner),
    "a revoked key": (403, "signature_key_revoked", _revoked),
    "long ago": (403, "signature_stale", _at(-6)),
    "ahead": (403, "signature_stale", _at(6)),
    "nonsense": (400, "signature_malformed", _header("A" * 22 + ".e30.e30.e30")),
    "no salt": (400, "signature_malformed", _header("e30.e30.e30")),
    "another kind of JWS": (400, "signature_malformed", _other_kind),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_signature_that_is_not_right_is_refused_and_nothing_moves(pen: Pen, sara: Customer, what: str) -> None:
    status, code, send = WRONG[what]
    body, key = redemption(sara, 120), next_key()
    before = snapshot()
    refused = send(pen, body, key)
    assert_problem(refused, status, code)
    after = snapshot()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"partner", "partner_key", "partner_key_end"}, "but for the keys that the case itself made"
    if what != "a revoked key":
        assert pen.post("/v1/redemptions", body, key=key).status_code == 201, "a refusal is not kept"


def test_a_partner_that_has_to_sign_is_refused_without(pen: Pen, fuel: Till, sara: Customer) -> None:
    whole = pen.redeem(sara, 20).json
    hold = pen.redeem(sara, 20, capture=False).json
    partners.require_signatures(fuel.partner_id)
    before = snapshot()
    assert_problem(fuel.redeem(sara, 10), 403, "signature_missing")
    assert_problem(fuel.redeem(sara, 10, capture=False), 403, "signature_missing")
    for path in (f"{hold['id']}/capture", f"{whole['id']}/reverse"):
        assert_problem(fuel.post(f"/v1/redemptions/{path}", {"points": 5}, next_key()), 403, "signature_missing")
    assert snapshot() == before
    assert pen.redeem(sara, 10).status_code == 201
    assert fuel.post(f"/v1/redemptions/{hold['id']}/void", {}, next_key()).status_code == 201, "no points are drawn"
    assert fuel.earn(sara, 10_00).status_code == 201, "the issuer is the partner itself"
    set_clock(day(1, 11))
    partners.require_signatures(fuel.partner_id, required=False)
    assert fuel.redeem(sara, 10).status_code == 201


def test_a_partner_may_have_several_keys_and_each_is_its_own(pen: Pen, coalition: Coalition, fuel: Till) -> None:
    other, third = new_key(), coalition.join("coffee")
    with pytest.raises(SignaturesNeedKey):
        partners.require_signatures(third.partner_id)
    partners.add_key(fuel.partner_id, json.dumps(other.as_dict(private=False)))
    with pytest.raises(PartnerKeyTaken):
        partners.add_key(third.partner_id, pem(pen.key))
    set_clock(day(1, 11))
    partners.revoke_key(pen.key.thumbprint())
    partners.revoke_key(pen.key.thumbprint())
    (told,) = third.get("/v1/proofs/signers").json["signers"]
    assert (told["code"], told["rules"]) == ("fuel", [])
    assert {each["kid"]: each["valid_until"] for each in told["keys"]} == {
        pen.key.thumbprint(): "2017-01-11T12:00:00Z",
        other.thumbprint(): None,
    }
    assert {each["jwk"]["x"] for each in told["keys"]} == {key.as_dict()["x"] for key in (pen.key, other)}


def test_keys_rules_and_signatures_are_never_changed(pen: Pen, fuel: Till, sara: Customer) -> None:
    pen.redeem(sara, 10)
    partners.require_signatures(fuel.partner_id)
    partners.revoke_key(pen.key.thumbprint())
    for table in ("partner_key", "partner_key_end", "signing_rule", "request_signature"):
        with pytest.raises(Exception, match="append-only") as refused:
            db.session.execute(text(f"DELETE FROM {table}"))
        assert isinstance(refused.value.__cause__, psycopg.Error)
        db.session.rollback()


def test_the_ledger_check_knows_what_has_to_be_signed_and_by_whom(pen: Pen, fuel: Till, sara: Customer) -> None:
    fuel.redeem(sara, 10)
    set_clock(day(1, 11))
    partners.require_signatures(fuel.partner_id)
    set_clock(day(1, 12))
    replace(pen, at=day(1, 12)).redeem(sara, 10)
    set_clock(day(1, 13))
    partners.require_signatures(fuel.partner_id, required=False)
    fuel.redeem(sara, 10)
    set_clock(day(1, 14))
    fuel.redeem(sara, 10)
    assert broken() == {}
    with db.session.begin_nested():
        db.session.execute(
            text("INSERT INTO signing_rule VALUES (:partner, :since, true)"),
            {"partner": fuel.partner_id, "since": day(1, 13, 13)},
        )
        db.session.execute(
            text("INSERT INTO request_signature SELECT wallet_id, 99, partner_id, 'k', kid, salt, document FROM"
                 " request_signature")
        )  # fmt: skip
    db.session.commit()
    assert broken() == {"a signature = an entry of its partner's, by a key of its own": 1,
                        "what has to be signed is signed": 1}  # fmt: skip


def test_an_unsigned_burn_runs_the_statements_that_it_ran_before() -> None:
    """One to read, one to write; neither knows of signatures."""
    shape = tuple(1 if part.name in ("journal", "movement", "lot_change", "request") else 0 for part in PARTS)
    scene = Shape(KeyKind.CARD, with_store=False, with_lots=True, is_burn=True, has_code=True)
    told = one_posting(shape) + scene_statement(scene)
    assert "signature" not in told
    assert "partner_key" not in told
