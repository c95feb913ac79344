"""What a cycle commits to: encodings that can be read back, sums that are those of netting, and bounded memory."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.identifiers import new_id, show
from network.settlement.domain import (
    Clearing,
    ClearingLine,
    Commitment,
    LinesDoNotAddUp,
    Rates,
    Slice,
    SliceKey,
    blind,
    entry_name,
    is_opened,
    leaf_hash,
    line_text,
    shown_line,
)
from network.settlement.domain.proof import RECEIPTED
from partner_sdk.proof import verify
from partner_sdk.proof._lines import is_entry_of, read_line
from tests.unit.settlement.proof_world import KEYS, OPERATOR, PARTNERS, new_terms, play, prove

SECRET = bytes(range(32))
GROCER = Rates(UUID(int=1), UUID(int=2), "grocer", 3, "0.0115", "0.25", "0.0090")
BONUS = Rates(UUID(int=6), UUID(int=2), "grocer", 3, "0.0115", "0.25", "0.0090", point_type="bonus")
FUEL = Rates(UUID(int=4), UUID(int=5), "fuel", 1, "0.0120", "1", "0.0085")

wallets = st.uuids()
lines = st.builds(
    ClearingLine,
    wallet_id=wallets,
    sequence=st.integers(1, 2**63 - 1),
    line=st.integers(1, 2**15 - 1),
    operation=st.sampled_from([*RECEIPTED, "adjustment", "expiry", "unknown"]),
    kind=st.sampled_from([str(each) for each in Clearing]),
    points=st.integers(-(2**62), 2**62),
    issuer=st.sampled_from([GROCER, BONUS]),
    redeemer=st.none() | st.just(FUEL),
    posted_us=st.integers(0, 2**52),
    made_by=st.none() | st.sampled_from([GROCER.partner_id, FUEL.partner_id]),
)


@given(lines)
def test_a_line_is_read_back_as_it_was_written_and_opens_to_its_own_partner_alone(line: ClearingLine) -> None:
    hidden = blind(SECRET, line.wallet_id, line.sequence)
    text = line_text("cyc_1", hidden.ref, line)
    for partner_id in (GROCER.partner_id, FUEL.partner_id):
        read = read_line(json.loads(shown_line(line, hidden, text, partner_id)))
        assert read is not None
        assert read.leaf == leaf_hash(hidden.salt(line.line), text.encode())
        assert (read.cycle, read.ref, read.number) == ("cyc_1", hidden.ref.hex(), line.line)
        assert (read.operation, read.flow.kind, read.points) == (line.operation, line.kind, line.points)
        assert read.flow[1:5] == ("grocer", 3, "0.0115", "0.25")
        assert read.flow[5:9] == (0, *(("fuel", 1, "0.0085") if line.redeemer else (None, None, None)))
        assert read.flow.point_type == line.issuer.point_type
        assert text.startswith('["line/1",') is (line.issuer is GROCER), "base points have the form that they had"
        assert read.posted_us == line.posted_us
        if is_opened(line, partner_id):
            assert read.entry == entry_name(line)
            assert is_entry_of(read)
        else:
            assert read.entry is None
            assert line.wallet_id.hex not in shown_line(line, hidden, text, partner_id)


def test_the_form_of_a_line_is_the_documented_one() -> None:
    line = ClearingLine(
        UUID(int=7), 5, 2, "redemption", "draw", -50, GROCER, FUEL, 1_483_228_800_000_001, FUEL.partner_id
    )
    assert line_text("cyc_1", bytes(32), line) == (
        f'["line/1","cyc_1","{"00" * 32}",2,"redemption","draw",-50,"grocer",3,"0.0115","0.25",0,"fuel",1,"0.0085",'
        "1483228800000001]"
    )


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"type": "line"},
        {"type": "line", "leaf": [], "salt": ""},
        {"type": "line", "leaf": "x", "salt": "00"},
        *(
            {"type": "line", "salt": "00", "leaf": leaf}
            for leaf in (
                ["line/2", "c", "00", 1, "earn", "issue", 1, "a", 1, "1", "1", 0, None, None, None, 1],
                ["line/1", "c", "00", True, "earn", "issue", 1, "a", 1, "1", "1", 0, None, None, None, 1],
                ["line/1", "c", "00", 1, "earn", "issue", 1, "a", 1, "1", "1", 2, None, None, None, 1],
                ["line/1", "c", "00", 1, "earn", "gift", 1, "a", 1, "1", "1", 0, None, None, None, 1],
                ["line/1", "c", "00", 1, "earn", "issue", 2**64, "a", 1, "1", "1", 0, None, None, None, 1],
                ["line/1", "c", "00", 1, "earn", "issue", 1, "a", 1, "NaN", "1", 0, None, None, None, 1],
                ["line/1", "c", "00", 1, "earn", "issue", 1, "a", 1, "1e9", "1", 0, None, None, None, 1],
                ["line/1", "c", "00", 1, "earn", "issue", 1, "a", 1, "1", "-1", 0, None, None, None, 1],
            )
        ),
        {
            "type": "line",
            "salt": "xy",
            "leaf": ["line/1", "c", "0", 1, "earn", "issue", 1, "a", 1, "1", "1", 0, None, None, None, 1],
        },
    ],
)  # fmt: skip
def test_what_is_no_line_is_none(told: dict[str, object]) -> None:
    assert read_line(told) is None


def test_nothing_is_signed_of_lines_that_were_not_folded() -> None:
    commitment = Commitment(UUID(int=9), "USD", OPERATOR, SECRET)
    commitment.add(ClearingLine(UUID(int=7), 5, 1, "earn", "issue", 50, GROCER, None, 1, GROCER.partner_id))
    key = SliceKey(Clearing.ISSUE, GROCER.contract_id, None)
    commitment.check([Slice(UUID(int=9), key, 50, 1)])
    for folded in ([], [Slice(UUID(int=9), key, 51, 1)], [Slice(UUID(int=9), key, 50, 2)]):
        with pytest.raises(LinesDoNotAddUp):
            commitment.check(folded)


@pytest.mark.parametrize("seed", range(3))
def test_a_report_tells_the_net_and_what_nobody_has_a_receipt_of(seed: int) -> None:
    scene = play(random.Random(seed), 1, new_terms(random.Random(seed)))
    reports = {}
    proven = prove(scene)
    for code in PARTNERS:
        reports[code] = verify(proven.view(code), keys=KEYS, partner=show("par", PARTNERS[code]))
        assert reports[code].ok
        assert reports[code].lines == len(proven.view(code)) - 2 == reports[code].entry["lines"]
        assert {"expiry", "repayment"} >= set(reports[code].others)
    assert reports["grocer"].net_minor == reports["grocer"].entry["net_minor"]
    assert reports["grocer"].shared["fuel"].digest == reports["fuel"].shared["grocer"].digest


def test_the_memory_that_a_proof_takes_does_not_grow_with_its_lines() -> None:
    """Two hundred thousand lines, built and verified as they are read: as many objects are alive late as early on."""
    chance = random.Random(1)
    scene = play(chance, 1, new_terms(chance))
    rates = scene.terms.versions["grocer"][0], scene.terms.versions["fuel"][0]
    wallets = sorted((new_id() for _ in range(200)), key=lambda wallet: blind(scene.secret, wallet, 1).ref)
    cycle, noon = show("cyc", scene.cycle_id), 1_483_963_200_000_000
    commitment = Commitment(scene.cycle_id, "USD", OPERATOR, scene.secret)
    alive = []

    def view() -> Iterator[str]:
        yield from prove(scene).view("grocer")[:2]
        for wallet_id in wallets:
            hidden = blind(scene.secret, wallet_id, 1)
            for number in range(1, 1_001):
                line = ClearingLine(
                    wallet_id, 1, number, "redemption", "draw", -1, *rates, noon + number, rates[1].partner_id
                )
                commitment.add(line)
                yield shown_line(line, hidden, line_text(cycle, hidden.ref, line), PARTNERS["grocer"])
            alive.append(sys.getallocatedblocks())

    report = verify(view(), keys=KEYS, partner=show("par", PARTNERS["grocer"]))
    commitment.finish()
    assert report.lines == 200_000
    assert {finding.kind for finding in report.findings} <= {"root", "count", "points", "exact", "minor", "net"}
    assert max(alive[20:]) < alive[10] + 2_000
