"""Identifiers: what goes out comes back, and nothing else does."""

import copy
import pickle
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.kernel.identifiers import (
    MalformedId,
    new_id,
    new_ids,
    new_shown_id,
    read,
    read_entry,
    show,
    show_entry,
    uuid_of,
)

UUIDS = st.uuids()
SEQUENCES = st.integers(1, 2**60 - 1)


def test_a_new_id_is_a_version_7_uuid_of_this_moment() -> None:
    before = time.time_ns() // 1_000_000
    identifier = new_id()
    after = time.time_ns() // 1_000_000
    assert (identifier.version, identifier.variant) == (7, "specified in RFC 4122")
    assert before <= identifier.int >> 80 <= after


def test_ids_sort_by_time_of_birth() -> None:
    first = new_id()
    time.sleep(0.002)
    assert first < new_id()


def test_the_public_form_is_that_of_the_typeid_specification() -> None:
    assert show("prefix", UUID("0188bac7-4afa-78aa-bc3b-bd1eef28d881")) == "prefix_01h2xcejqtf2nbrexx3vqjhp41"
    assert show("mbr", UUID(int=0)) == f"mbr_{'0' * 26}"
    assert show("mbr", UUID(int=2**128 - 1)) == f"mbr_7{'z' * 25}"


@given(UUIDS)
def test_what_is_shown_can_be_read(identifier: UUID) -> None:
    shown = show("mbr", identifier)
    assert len(shown) == 30
    assert read("mbr", shown) == identifier


@given(UUIDS)
def test_a_uuid_of_its_number_is_that_uuid(identifier: UUID) -> None:
    made = uuid_of(identifier.int)
    assert (made, hash(made), str(made), made.is_safe) == (
        identifier, hash(identifier), str(identifier), identifier.is_safe,
    )  # fmt: skip
    assert pickle.loads(pickle.dumps(made)) == copy.deepcopy(made) == identifier


def test_a_new_id_can_be_had_as_it_is_shown() -> None:
    first, second = new_shown_id("req"), new_shown_id("req")
    assert first != second
    assert read("req", first).version == 7


@given(UUIDS, SEQUENCES)
def test_an_entry_is_named_by_its_wallet_and_its_sequence(wallet_id: UUID, sequence: int) -> None:
    assert read_entry("ern", show_entry("ern", wallet_id, sequence)) == (wallet_id, sequence)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mbr",
        "mbr_",
        "01jd0000000000000000000000",
        "par_01jd0000000000000000000000",
        "MBR_01jd0000000000000000000000",
        "mbr_01JD0000000000000000000000",
        "mbr_01jd000000000000000000000",
        "mbr_01jd00000000000000000000000",
        "mbr_81jd0000000000000000000000",
        "mbr_01jd000000000000000000000u",
        "mbr_01jd00000000000000000000\u0660\u0660",
        "mbr_01jd0000000000000000000000\n",
        " mbr_01jd0000000000000000000000",
        "mbr__1jd0000000000000000000000",
        "mbr_" + "\0" * 26,
    ],
)
def test_anything_else_is_malformed(text: str) -> None:
    with pytest.raises(MalformedId) as failure:
        read("mbr", text, field="member")
    assert (failure.value.code, failure.value.field) == ("malformed_id", "member")


@pytest.mark.parametrize("tail", ["", "0" * 13, "z" * 13, "u", "-1", "_1", "\0"])
def test_an_entry_needs_a_sequence_of_at_most_twelve_letters(tail: str) -> None:
    with pytest.raises(MalformedId):
        read_entry("ern", show("ern", new_id()) + tail)


@given(st.text(max_size=45))
def test_no_text_breaks_the_reading(text: str) -> None:
    for reading in (read, read_entry):
        with pytest.raises(MalformedId):
            reading("nowhere", f"ern_{text}")


def test_many_ids_are_made_at_once_and_each_is_another() -> None:
    before, made = new_id(), new_ids(1000)
    assert len(set(made)) == 1000
    assert new_ids(0) == []
    for identifier in made:
        assert (identifier.version, identifier.variant) == (before.version, before.variant)
        assert before.int >> 80 <= identifier.int >> 80 <= new_id().int >> 80
