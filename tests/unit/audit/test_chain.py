"""A chain of changes: what is done to it afterwards is named, where it was done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

import pytest

from network.audit.actor import acting, current_actor
from network.audit.domain import (
    GENESIS,
    Change,
    Entry,
    Fault,
    Head,
    Link,
    PersonalValue,
    Tampering,
    check_change,
    entry_of,
    faults,
    hash_of,
    link,
    text_of,
)

T0 = datetime(2026, 1, 1, 8, 30, tzinfo=UTC)


def seal(digest: bytes) -> bytes:
    return sha256(b"a key" + digest).digest()


def entry(sequence: int, **after: object) -> Entry:
    return Entry(sequence, T0, "stf_1", "req_1", Change("tills.rename", "till", "til_1", {"no": sequence}, after))


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for number in range(1, length + 1):
        links.append(link(links[-1] if links else None, entry(number), seal))
    return links


def head(links: list[Link], at: int) -> Head:
    return Head(date(2026, 1, 2), at, links[at - 1].hash, "document")


def edited(links: list[Link]) -> list[Link]:
    links[2] = replace(links[2], entry=links[2].entry.replace('"no":3', '"no":9'))
    return links


def edited_with_its_hash(links: list[Link]) -> list[Link]:
    text = links[2].entry.replace('"no":3', '"no":9')
    links[2] = replace(links[2], entry=text, hash=hash_of(links[1].hash, text))
    return links


def garbled(links: list[Link]) -> list[Link]:
    links[2] = replace(links[2], entry="{")
    return links


def dropped(links: list[Link]) -> list[Link]:
    return links[:2] + links[3:]


def first_dropped(links: list[Link]) -> list[Link]:
    return links[2:]


def swapped(links: list[Link]) -> list[Link]:
    links[1], links[3] = replace(links[3], sequence=2), replace(links[1], sequence=4)
    return links


def closed_up(links: list[Link]) -> list[Link]:
    """One is taken out, and those after it are counted anew."""
    return links[:2] + [replace(each, sequence=each.sequence - 1) for each in links[3:]]


def shortened(links: list[Link]) -> list[Link]:
    return links[:4]


def rewritten(links: list[Link]) -> list[Link]:
    """By somebody who has the key: every hash and seal from the third on is made anew."""
    again = links[:2]
    for number in range(3, 7):
        again.append(link(again[-1], entry(number, other=True), seal))
    return again


def told(*faults: tuple[Tampering, int, int]) -> list[Fault]:
    return [Fault(*each) for each in faults]


def test_a_chain_as_it_was_written_has_no_fault() -> None:
    links = chain(6)
    assert list(faults(links, [head(links, 5)], seal)) == []
    assert list(faults(links, [head(links, 5)])) == []
    assert list(faults([], [])) == []
    assert links[0].hash == sha256(GENESIS + links[0].entry.encode()).digest()


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (edited, told((Tampering.EDITED, 3, 3))),
        (edited_with_its_hash, told((Tampering.EDITED, 3, 3))),
        (garbled, told((Tampering.EDITED, 3, 3))),
        (dropped, told((Tampering.DROPPED, 3, 3))),
        (first_dropped, told((Tampering.DROPPED, 1, 2))),
        (swapped, told((Tampering.MOVED, 2, 2), (Tampering.MOVED, 4, 4))),
        (closed_up, told((Tampering.MOVED, 3, 3), (Tampering.MOVED, 4, 4), (Tampering.MOVED, 5, 5))),
    ],
)
def test_what_was_done_to_an_entry_is_named_once_where_it_was_done(
    tamper: Callable[[list[Link]], list[Link]], found: list[Fault]
) -> None:
    assert list(faults(tamper(chain(6)), [], seal)) == found


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (shortened, told((Tampering.DROPPED, 5, 5))),
        (rewritten, told((Tampering.REWRITTEN, 5, 5))),
    ],
)
def test_who_has_the_key_is_caught_by_the_heads_that_were_exported(
    tamper: Callable[[list[Link]], list[Link]], found: list[Fault]
) -> None:
    tampered = tamper(chain(6))
    assert list(faults(tampered, [], seal)) == []
    assert list(faults(tampered, [head(chain(6), 5)], seal)) == found


def test_an_auditor_without_the_key_sees_that_a_hash_no_longer_leads_to_the_next() -> None:
    assert list(faults(edited_with_its_hash(chain(6)), [])) == told((Tampering.EDITED, 4, 4))


def test_a_fault_is_told_in_words() -> None:
    assert str(Fault(Tampering.EDITED, 3, 3)) == "entry 3 was edited"
    assert str(Fault(Tampering.DROPPED, 3, 5)) == "entries 3 to 5 were dropped"
    assert "3" in str(Fault(Tampering.REWRITTEN, 3, 3))
    assert "signature" in str(Fault(Tampering.FORGED, 3, 3))


def test_an_entry_is_its_text_and_back() -> None:
    written = entry(1, points=5, note=None)
    assert entry_of(text_of(written)) == written
    assert " " not in text_of(written)


@pytest.mark.parametrize(
    "value", ["sara@shop.example", "+989121234567", "0912 123 4567", "6037 9911 2233 4455", "x" * 201]
)
@pytest.mark.parametrize("where", ["before", "after", "deep", "subject"])
def test_nothing_personal_is_written_down(value: object, where: str) -> None:
    before, after = ({"x": value} if where == side else {} for side in ("before", "after"))
    if where == "deep":
        after = {"all": [{"x": value}]}
    with pytest.raises(PersonalValue):
        check_change(Change("staff.rename", "staff", str(value) if where == "subject" else "s", before, after))


def test_amounts_are_no_floats() -> None:
    with pytest.raises(PersonalValue):
        check_change(Change("a.b", "partner", "grocer", {"rate": 0.5}, {}))


def test_ids_instants_amounts_and_digests_may_be_written_down() -> None:
    after = {
        "at": "2026-01-01T00:00:00Z",
        "day": "2026-01-01",
        "rate": "0.0115",
        "points": 5,
        "to": "par_01jd",
        "no": None,
    }
    assert check_change(Change("a.b", "partner", "grocer", {}, after)).after == after


def test_who_acts_is_known_within_and_forgotten_after() -> None:
    assert (current_actor().who, current_actor().request) == ("network", None)
    with acting("stf_1", "req_1"):
        with acting("stf_2", "req_2"):
            assert current_actor().who == "stf_2"
        assert current_actor().request == "req_1"
    assert current_actor().who == "network"
