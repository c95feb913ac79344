"""A dishonest operator, who has the network's own key: what docs/proof.md claims to be found is found, offline, by the
SDK; and honest cycles raise no alarm.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from datetime import timedelta

import pytest

from network.kernel.identifiers import new_id
from network.settlement.domain import ClearingLine
from partner_sdk.proof import Report, Signers, compare, shared_lines, verify
from tests.unit.settlement.proof_world import (
    KEYS,
    PARTNERS,
    SIGNERS,
    Proven,
    Scene,
    earn,
    new_terms,
    play,
    post,
    prove,
)

_DAY_US = 86_400 * 10**6
Tampering = Callable[[random.Random, Scene, str], set[str]]


def check(
    scene: Scene,
    proven: Proven,
    code: str,
    *,
    previous: str | None = None,
    last: Report | None = None,
    signers: Signers | None = SIGNERS,
) -> Report:
    """What a partner finds with all that it holds."""
    return verify(
        proven.view(code),
        keys=KEYS,
        partner=scene.receipts[code][0].partner,
        receipts=scene.receipts[code],
        awaited=last.awaited if last else None,
        contracts=scene.terms.contracts(code),
        signers=signers,
        used=last.used if last else (),
        previous=previous,
    )


def swap(scene: Scene, which: ClearingLine, **changes: object) -> ClearingLine:
    """Another line in the place of one."""
    other = copy(which)
    for name, value in changes.items():
        setattr(other, name, value)
    scene.lines[next(index for index, each in enumerate(scene.lines) if each is which)] = other
    return other


# One line is altered, dropped, added, moved or re-rated before the operator commits to it, and signs.


def altered(chance: random.Random, scene: Scene, code: str) -> set[str]:
    line = chance.choice(scene.own(code))
    swap(scene, line, points=line.points + chance.choice((-1, 1)) * chance.randrange(1, 9))
    return {"altered_line"}


def dropped(chance: random.Random, scene: Scene, code: str) -> set[str]:
    line = chance.choice(scene.own(code))
    scene.lines = [each for each in scene.lines if each is not line]
    return {"missing_line", "altered_line"}  # of several lots, one: the entry has fewer points than its receipt


def added(chance: random.Random, scene: Scene, code: str) -> set[str]:
    like = chance.choice(scene.own(code))
    scene.lines.append(replace(like, wallet_id=new_id()))
    return {"added_line"}


def added_to_an_entry(chance: random.Random, scene: Scene, code: str) -> set[str]:
    like = chance.choice(scene.own(code))
    scene.lines.append(replace(like, line=like.line + 10))
    return {"altered_line"}


def given_to_another_issuer(chance: random.Random, scene: Scene, code: str) -> set[str]:
    line = chance.choice(scene.own(code, "earn"))
    other = next(each for each in PARTNERS if each != code)
    swap(scene, line, issuer=scene.terms.versions[other][0])
    return {"missing_line"}


def given_to_another_entry(chance: random.Random, scene: Scene, code: str) -> set[str]:
    swap(scene, chance.choice(scene.own(code)), wallet_id=new_id(), line=9)
    return {"missing_line", "added_line", "altered_line"}


def moved_to_the_next_cycle(chance: random.Random, scene: Scene, code: str) -> set[str]:
    line = chance.choice(scene.own(code))
    swap(scene, line, posted_us=line.posted_us + 40 * _DAY_US)
    return {"moved_line"}


def moved_in_time(chance: random.Random, scene: Scene, code: str) -> set[str]:
    line = chance.choice(scene.own(code))
    swap(scene, line, posted_us=line.posted_us + chance.choice((-1, 1)) * chance.randrange(1, _DAY_US // 48))
    return {"altered_line"}


def re_rated(chance: random.Random, scene: Scene, code: str) -> set[str]:
    line = chance.choice(scene.own(code, "earn", "redemption", "capture"))
    if line.operation == "earn":
        price, funded, prepaid = ({"issuance_price": "0.0299"}, {"funded_at_issue": "0.999"}, {"prepaid": True})
        worse = chance.choice([price, funded] if line.issuer.prepaid else [price, funded, prepaid])
        swap(scene, line, issuer=replace(line.issuer, **worse))
    else:
        assert line.redeemer is not None
        swap(scene, line, redeemer=replace(line.redeemer, reimbursement_rate="0.0001"))
    return {"re_rated_line"}


def re_rated_elsewhere(chance: random.Random, scene: Scene, code: str) -> set[str]:
    drawn = [each for each in scene.lines if each.kind == "draw" and each.issuer.partner == code]
    line = chance.choice([each for each in drawn if each.redeemer and each.redeemer.partner != code] or drawn)
    swap(scene, line, issuer=replace(line.issuer, issuance_price="0.0301"))
    return {"re_rated_line"}


def of_another_version(chance: random.Random, scene: Scene, code: str) -> set[str]:
    line = chance.choice(scene.own(code, "earn", "redemption", "capture"))
    first, second = scene.terms.versions[code]
    side = "issuer" if line.operation == "earn" else "redeemer"
    swap(scene, line, **{side: second if getattr(line, side) is first else first})
    return {"re_rated_line"}


LINES = (
    altered,
    dropped,
    added,
    added_to_an_entry,
    given_to_another_issuer,
    given_to_another_entry,
    moved_to_the_next_cycle,
    moved_in_time,
    re_rated,
    re_rated_elsewhere,
    of_another_version,
)


@pytest.mark.parametrize("seed", range(7))
@pytest.mark.parametrize("tamper", LINES, ids=lambda tamper: tamper.__name__)
def test_a_line_that_was_tampered_with_before_it_was_signed_is_found_and_named(tamper: Tampering, seed: int) -> None:
    chance = random.Random(seed)
    scene = play(chance, 1, new_terms(chance))
    for code in PARTNERS:  # so that everybody has of everything
        post(
            scene,
            code,
            "redemption",
            [("draw", -11, code, code)],
            scene.starts_at + (scene.ends_at - scene.starts_at) / 2,
        )
        earn(scene, code, 5, scene.starts_at + (scene.ends_at - scene.starts_at) / 3)
        for other in PARTNERS:
            post(
                scene,
                other,
                "redemption",
                [("draw", -6, code, other)],
                scene.starts_at + (scene.ends_at - scene.starts_at) / 4,
            )
    code = chance.choice(list(PARTNERS))
    expected = tamper(chance, scene, code)
    report = check(scene, prove(scene), code)
    assert {finding.kind for finding in report.findings} & expected, report.findings
    assert all(finding.where for finding in report.findings)


SUMS = {
    "net": lambda told: told.update(net_minor=told["net_minor"] + 1),
    "minor": lambda told: told["minor"].update(issue=told["minor"]["issue"] + 1),
    "exact": lambda told: told["exact"].update(redemption=told["exact"]["redemption"] + "1"),
    "points": lambda told: told["issuer"].update(issue=told["issuer"]["issue"] + 1),
    "count": lambda told: told.update(lines=told["lines"] - 1),
    "root": lambda told: told.update(root="00" * 32),
    "partner": lambda told: told.update(partner="par_00000000000000000000000000"),
}


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("kind", SUMS)
def test_a_sum_that_is_not_that_of_the_lines_is_found(kind: str, seed: int) -> None:
    chance = random.Random(seed)
    scene = play(chance, 1, new_terms(chance))
    code = chance.choice(list(PARTNERS))
    report = check(scene, prove(scene, alter={code: SUMS[kind]}), code)
    assert kind in {finding.kind for finding in report.findings}


@pytest.mark.parametrize("seed", range(3))
def test_a_line_that_hides_whose_entry_it_is_is_found(seed: int) -> None:
    chance = random.Random(seed)
    scene = play(chance, 1, new_terms(chance))
    code = chance.choice(list(PARTNERS))
    line = chance.choice(scene.own(code))
    hidden = [each for each in scene.lines if each.wallet_id == line.wallet_id]
    report = check(scene, prove(scene, hide=hidden), code)
    assert {"unopened_line", "missing_line"} <= {finding.kind for finding in report.findings}


@pytest.mark.parametrize("seed", range(3))
def test_two_views_of_one_cycle_are_found_by_comparing(seed: int) -> None:
    chance = random.Random(seed)
    scene = play(chance, 1, new_terms(chance))
    proven, again = prove(scene), prove(replace(scene, secret=bytes(32)))
    one, other = check(scene, proven, "grocer"), check(scene, again, "fuel")
    assert one.ok
    assert other.ok
    assert "two_views" in {finding.kind for finding in compare(one, other)}
    assert compare(one, check(scene, proven, "fuel")) == []


@pytest.mark.parametrize("seed", range(4))
def test_an_issuer_that_is_told_of_other_draws_than_the_redeemer_is_found_by_comparing(seed: int) -> None:
    """Both are in one signed document: where requests are not signed, nobody but the two together can see it."""
    chance = random.Random(seed)
    scene = play(chance, 1, new_terms(chance))
    noon = scene.starts_at + (scene.ends_at - scene.starts_at) / 2
    (drawn,) = post(scene, "fuel", "redemption", [("draw", -11, "grocer", "fuel")], noon)
    told = [each for each in scene.lines if each is not drawn]
    if seed % 2:
        told.append(replace(drawn, points=-1_000))
    else:
        told += [drawn, replace(drawn, wallet_id=new_id())]
    proven = prove(scene, told_otherwise={"grocer": told})
    one, other = (check(scene, proven, code, signers=None) for code in ("grocer", "fuel"))
    assert one.ok
    assert other.ok
    assert "unshared_line" in {finding.kind for finding in compare(one, other)}
    seen = set(shared_lines(proven.view("grocer"), "fuel")) ^ set(shared_lines(proven.view("fuel"), "grocer"))
    assert len(seen) == 2 if seed % 2 else len(seen) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_history_that_was_made_anew_is_found_by_the_chain(seed: int) -> None:
    chance = random.Random(seed)
    terms = new_terms(chance)
    january, february = play(chance, 1, terms), play(chance, 2, terms)
    kept, made_anew = prove(january).document, prove(replace(january, secret=bytes(32))).document
    report = check(february, prove(february, previous=made_anew), "fuel", previous=kept)
    assert [finding.kind for finding in report.findings] == ["chain"]
    assert {f.kind for f in check(february, prove(february), "fuel", previous=kept).findings} == {"chain"}


@pytest.mark.parametrize("seed", range(3))
def test_views_that_were_tampered_with_after_they_were_signed_are_found(seed: int) -> None:
    chance = random.Random(seed)
    scene = play(chance, 1, new_terms(chance))
    code = chance.choice(list(PARTNERS))
    proven = prove(scene)
    view = proven.view(code)
    place = chance.randrange(2, len(view))
    for changed in (
        view[:place] + view[place + 1 :],
        [*view[:place], view[place], *view[place:]],
        [*view[:2], *reversed(view[2:])],
        [view[0], proven.view(next(each for each in PARTNERS if each != code))[1], *view[2:]],
        [view[0].replace('"document": "', '"document": "e'), *view[1:]],
        [*view, '{"type":"line"}'],
    ):
        assert not check(scene, Proven(proven.document, {code: changed}), code).ok


def test_a_receipt_that_the_network_did_not_sign_accuses_nobody() -> None:
    chance = random.Random(1)
    scene = play(chance, 1, new_terms(chance))
    forged = replace(scene.receipts["fuel"][0], entry="ern_00000000000000000000000000" + "1", points=99)
    scene.receipts["fuel"].append(forged)
    assert [finding.kind for finding in check(scene, prove(scene), "fuel").findings] == ["bad_receipt"]


def test_a_hundred_honest_cycles_raise_no_alarm() -> None:
    """In chains of four, with what was posted in a cycle's last minutes and fell into the next one."""
    checked, late = 0, 0
    for seed in range(9):
        chance = random.Random(seed)
        terms = new_terms(chance)
        previous: str | None = None
        last: dict[str, Report] = {}
        carried: list[ClearingLine] = []
        for number in range(1, 5):
            scene = play(chance, number, terms)
            scene.lines += carried
            slow = earn(scene, "fuel", 9, scene.ends_at - (scene.ends_at - scene.starts_at) / 100_000)
            earn(scene, "fuel", 8, scene.ends_at - (scene.ends_at - scene.starts_at) / 100_000)
            carried = slow if chance.random() < 0.5 else []
            scene.lines = [each for each in scene.lines if all(each is not one for one in carried)]
            proven = prove(scene, previous=previous)
            reports = {c: check(scene, proven, c, previous=previous, last=last.get(c)) for c in PARTNERS}
            assert {code: report.findings for code, report in reports.items()} == dict.fromkeys(PARTNERS, ())
            assert all(compare(one, other) == [] for one in reports.values() for other in reports.values())
            late += len(reports["fuel"].late)
            checked += len(reports)
            previous, last = proven.document, reports
    assert checked >= 100
    assert late


def test_what_was_awaited_and_never_came_is_missing() -> None:
    chance = random.Random(3)
    terms = new_terms(chance)
    january, february = play(chance, 1, terms), play(chance, 2, terms)
    slow = earn(january, "fuel", 9, january.ends_at - (january.ends_at - january.starts_at) / 100_000)
    january.lines = [each for each in january.lines if each is not slow[0]]
    proven = prove(january)
    first = check(january, proven, "fuel")
    assert first.ok
    assert [each.points for each in first.awaited] == [9]
    second = check(february, prove(february, previous=proven.document), "fuel", previous=proven.document, last=first)
    assert [finding.kind for finding in second.findings] == ["missing_line"]


def test_points_told_as_another_type_are_found_by_the_receipt() -> None:
    """Even where the partner has signed the rates of either."""
    chance = random.Random(7)
    terms = new_terms(chance)
    both = terms.versions["grocer"]
    base = both[0]
    bonus = replace(base, contract_id=new_id(), point_type="bonus")
    honest = play(chance, 1, terms)
    terms.versions["grocer"] = (bonus, bonus)
    (line,) = earn(honest, "grocer", 300, honest.starts_at + timedelta(days=3))
    terms.versions["grocer"] = both
    assert check(honest, prove(honest), "grocer").ok
    swap(honest, line, issuer=base)
    assert {finding.kind for finding in check(honest, prove(honest), "grocer").findings} == {"re_rated_line"}
