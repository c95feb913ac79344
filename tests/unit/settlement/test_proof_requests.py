"""A dishonest operator against a redeemer that signs what it asks: draws that the redeemer never asked for are found by
the issuer alone, offline, from the redeemer's published keys.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc.jwk import ECKey

from network.kernel.identifiers import new_id
from network.settlement.domain import ClearingLine
from partner_sdk.proof import Draws, Report, Signers
from tests.unit.settlement.proof_world import (
    FUEL_KEY,
    KEY,
    SIGNERS,
    Scene,
    new_terms,
    play,
    post,
    prove,
    signed_request,
)
from tests.unit.settlement.test_proof_drill import check

Tampering = Callable[[random.Random, Scene, ClearingLine], None]


def asked(scene: Scene, chance: random.Random, *, operation: str = "redemption") -> ClearingLine:
    """A draw of the grocer's points at the petrol station, which signed it together with points of another issuer."""
    at = scene.starts_at + timedelta(seconds=chance.randrange(86_400, 25 * 86_400))
    kind, sign = ("undraw", 1) if operation == "redemption_reversal" else ("draw", -1)
    lines = post(
        scene, "fuel", operation, [(kind, sign * 110, "grocer", "fuel"), (kind, sign * 40, "coffee", "fuel")], at
    )
    return lines[0]


def invented(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    scene.lines.append(replace(line, wallet_id=new_id(), request=None))


def invented_with_a_key_of_the_operators(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    made_up = replace(line, wallet_id=new_id())
    scene.lines.append(replace(made_up, request=signed_request([made_up], key=KEY)))


def disguised(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    operation = chance.choice(("adjustment", "earn", "unknown", "hold"))
    scene.lines.append(replace(line, wallet_id=new_id(), operation=operation))


def inflated(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    line.points -= 40 + chance.randrange(1, 1_000)  # 150 were signed; where the rest was drawn this issuer can't see


def inflated_by_a_line(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    scene.lines.append(replace(line, line=9))


def reused(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    later = line.posted_us + chance.choice((0, 1, 60 * 10**6))
    scene.lines.append(replace(line, wallet_id=new_id(), points=-chance.randrange(1, 110), posted_us=later))


def reused_later(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    scene.lines = [each for each in scene.lines if each is not line]
    scene.lines.append(replace(line, wallet_id=new_id(), posted_us=line.posted_us + 3_600 * 10**6))


def signed_for_something_else(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    told = chance.choice(({"kind": "hold"}, {"kind": "return"}, {"currency": "EUR"}, {"format": "request/2"}))
    line.request = signed_request([line], **told)


def altered_after_it_was_signed(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    other = signed_request([line], points=9_999)
    head, _, signature = str(line.request).split(".")
    line.request = ".".join((head, other.split(".")[1], signature))


def not_shown(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    line.request = None


def shown_with_another_line(chance: random.Random, scene: Scene, line: ClearingLine) -> None:
    scene.lines.append(replace(line, line=9, points=-1, request=signed_request([line], request="00" * 32)))


FOUND: dict[Tampering, set[str]] = {
    invented: {"unsigned_draw"},
    invented_with_a_key_of_the_operators: {"bad_request"},
    disguised: {"unsigned_draw"},
    inflated: {"inflated_draw"},
    inflated_by_a_line: {"inflated_draw"},
    reused: {"reused_request"},
    reused_later: {"bad_request"},
    signed_for_something_else: {"bad_request"},
    altered_after_it_was_signed: {"bad_request"},
    not_shown: {"unsigned_draw"},
    shown_with_another_line: {"bad_request"},
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tamper", FOUND, ids=lambda tamper: tamper.__name__)
def test_a_draw_that_the_redeemer_did_not_sign_is_found_and_named(tamper: Tampering, seed: int) -> None:
    chance = random.Random(seed)
    scene = play(chance, 1, new_terms(chance), entries=4)
    line = asked(scene, chance, operation=chance.choice(("redemption", "capture")))
    tamper(chance, scene, line)
    report = check(scene, prove(scene), "grocer")
    assert {finding.kind for finding in report.findings} == FOUND[tamper], report.findings
    assert len(report.findings) == 1
    assert report.findings[0].where
    assert check(scene, prove(scene), "grocer", signers=None).ok, "and by nothing else"


def test_a_return_of_more_than_was_signed_is_found() -> None:
    chance = random.Random(1)
    scene = play(chance, 1, new_terms(chance), entries=4)
    asked(scene, chance, operation="redemption_reversal").points += 41
    (finding,) = check(scene, prove(scene), "grocer").findings
    assert finding.kind == "inflated_draw"


@pytest.mark.parametrize("seed", range(2))
def test_a_request_of_a_cycles_last_minutes_is_not_shown_again_in_the_next(seed: int) -> None:
    chance = random.Random(seed)
    terms = new_terms(chance)
    january, february = play(chance, 1, terms, entries=2), play(chance, 2, terms, entries=2)
    (line,) = post(
        january, "fuel", "redemption", [("draw", -50, "grocer", "fuel")], january.ends_at - timedelta(minutes=2)
    )
    february.lines.append(replace(line, wallet_id=new_id(), posted_us=line.posted_us + 240 * 10**6 * seed))
    proven = prove(january)
    first = check(january, proven, "grocer")
    assert first.ok
    assert len(first.used) == 1
    again = prove(february, previous=proven.document)
    (finding,) = check(february, again, "grocer", previous=proven.document, last=first).findings
    assert finding.kind == "reused_request"


def test_the_report_tells_how_many_points_no_signature_stands_behind() -> None:
    chance = random.Random(5)
    scene = Scene(1, new_terms(chance))
    noon = scene.starts_at + timedelta(days=3)
    for code in ("fuel", "coffee"):
        post(scene, code, "redemption", [("draw", -100, "grocer", code)], noon)
        post(scene, code, "redemption_reversal", [("undraw", 30, "grocer", code)], noon)
        post(scene, code, "repayment", [("draw", -7, "grocer", code)], noon)
    post(scene, "grocer", "redemption", [("draw", -5, "grocer", "grocer")], noon)
    report = check(scene, prove(scene), "grocer")
    assert report.findings == ()
    assert report.draws == {"fuel": Draws(70, 7), "coffee": Draws(0, 77)}
    assert check(scene, prove(scene), "grocer", signers=None).draws == {}


def signers(**changes: object) -> Signers:
    """The petrol station's, with something else said of its key or its rule."""
    jwk = FUEL_KEY.as_dict(private=False)
    key = {"kid": FUEL_KEY.kid, "jwk": jwk, "valid_from": "2016-12-01T00:00:00Z", "valid_until": None}
    rule = {"since": "2016-12-01T00:00:00Z", "required": True}
    told = {name: value for name, value in changes.items() if name in key}
    rules = [rule | {name: value for name, value in changes.items() if name in rule}]
    return Signers({"signers": [{"code": "fuel", "keys": [key | told], "rules": rules}]})


def _draws(known: Signers, *, request: bool) -> Report:
    chance = random.Random(9)
    scene = Scene(1, new_terms(chance))
    earlier = scene.starts_at + timedelta(days=3)
    (line,) = post(scene, "fuel", "redemption", [("draw", -100, "grocer", "fuel")], earlier)
    line.request = line.request if request else None
    post(scene, "grocer", "earn", [("issue", 5, "grocer", None)], earlier)
    return check(scene, prove(scene), "grocer", signers=known)


@pytest.mark.parametrize(
    ("changes", "request_is_shown", "found"),
    [
        ({"valid_until": "2017-01-04T00:00:00Z"}, True, []),
        ({"valid_until": "2017-01-03T23:55:00Z"}, True, []),  # on its way while the key was revoked
        ({"valid_until": "2017-01-03T23:00:00Z"}, True, ["bad_request"]),
        ({"valid_from": "2017-01-04T01:00:00Z"}, True, ["bad_request"]),
        ({"since": "2017-01-03T23:00:00Z"}, False, ["unsigned_draw"]),
        ({"since": "2017-01-03T23:55:00Z"}, False, []),  # on its way while the rule was made
        ({"since": "2017-01-04T01:00:00Z"}, False, []),
        ({"required": False}, False, []),
        ({"jwk": ECKey.generate_key("P-256").as_dict(private=False)}, True, ["bad_request"]),
    ],
)
def test_keys_and_rules_count_when_they_are_in_force(
    changes: dict[str, object], request_is_shown: bool, found: list[str]
) -> None:
    assert [each.kind for each in _draws(signers(**changes), request=request_is_shown).findings] == found


def test_a_partner_that_never_registered_a_key_has_signed_nothing() -> None:
    nobody = Signers({"signers": []})
    assert [each.kind for each in _draws(nobody, request=True).findings] == ["bad_request"]
    assert _draws(nobody, request=False).ok
    assert _draws(SIGNERS, request=True).ok
