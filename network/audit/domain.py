"""The chain: an entry is kept as the very text that its hash covers, with the hash before it. Plain Python."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from network.kernel.clock import show_instant
from network.kernel.jsontext import writer

GENESIS = bytes(32)
"""The hash before the first entry."""

THE_NETWORK = "network"
"""Who does what no person of staff does."""

_text = writer(sort_names=True)
# an e-mail address; phones, abroad and at home; a card number or the like
_ADDRESS = re.compile(r"@|^\+\d[\d ()-]{5,}$|^0\d[\d -]{6,}$|^\d(?:[ -]?\d){9,}$")
_LONGEST = 200


class PersonalValue(ValueError):
    """An entry was to say what only an id or a digest may stand for. The caller is wrong, not the person."""


@dataclass(frozen=True, slots=True)
class Change:
    """What was done: `action` (`adjustments.approve`) to a thing (`kind`, and its shown id or code)."""

    action: str
    kind: str
    subject: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """`who` (the shown id of staff, or the network) made a change at an instant, in a request. `sequence` from 1."""

    sequence: int
    at: datetime
    who: str
    request: str | None
    change: Change


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is kept. `hash` covers the hash before it and the text; `seal` covers `hash`, with a key."""

    sequence: int
    entry: str
    hash: bytes
    seal: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """How far the chain was on a day (UTC): the last entry and its hash, as `document` says it, signed."""

    day: date
    sequence: int
    hash: bytes
    document: str


class Tampering(StrEnum):
    """What can be wrong at a place of the chain."""

    EDITED = "edited"
    DROPPED = "dropped"
    MOVED = "moved"
    REWRITTEN = "rewritten"
    FORGED = "forged"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the chain is not as it was written. `last`: the last entry of those that are gone, else the same."""

    what: Tampering
    sequence: int
    last: int

    def __str__(self) -> str:
        if self.what is Tampering.REWRITTEN:
            return f"entry {self.sequence} is not the one whose hash was exported"
        if self.what is Tampering.FORGED:
            return f"the head at entry {self.sequence} does not bear the network's signature"
        many = f"entries {self.sequence} to {self.last} were" if self.last > self.sequence else f"entry {self.last} was"
        return f"{many} {self.what.value}"


def check_change(change: Change) -> Change:
    """The change itself. Raises PersonalValue for values that may be somebody's name, phone or address."""
    for value in _leaves([change.before, change.after, change.subject]):
        if isinstance(value, float):
            raise PersonalValue("amounts are whole numbers, or decimals written as text")
        if isinstance(value, str) and (len(value) > _LONGEST or _ADDRESS.search(value)):
            raise PersonalValue(f"{change.action} was to write down something personal, or a text: write its digest")
    return change


def text_of(entry: Entry) -> str:
    """An entry as canonical JSON: no white space, names in the order of the alphabet."""
    change = entry.change
    return _text(
        {
            "sequence": entry.sequence,
            "at": show_instant(entry.at),
            "who": entry.who,
            "request": entry.request,
            "action": change.action,
            "kind": change.kind,
            "subject": change.subject,
            "before": change.before,
            "after": change.after,
        }
    )


def entry_of(text: str) -> Entry:
    """The entry back from its text."""
    told = json.loads(text)
    change = Change(told["action"], told["kind"], told["subject"], told["before"], told["after"])
    return Entry(told["sequence"], datetime.fromisoformat(told["at"]), told["who"], told["request"], change)


def hash_of(before: bytes, text: str) -> bytes:
    """SHA-256(hash before || text in UTF-8), 32 bytes: anybody can follow an exported chain."""
    return sha256(before + text.encode()).digest()


def link(previous: Link | None, entry: Entry, seal: Callable[[bytes], bytes]) -> Link:
    """The next link of the chain, for the entry that counts on from the one before."""
    text = text_of(entry)
    digest = hash_of(GENESIS if previous is None else previous.hash, text)
    return Link(entry.sequence, text, digest, seal(digest))


def faults(
    links: Iterable[Link], heads: Iterable[Head], seal: Callable[[bytes], bytes] | None = None
) -> Iterator[Fault]:
    """What is wrong with a chain that is given in the order of its sequences, each fault named once where it lies.

    Without `seal` (an auditor has no key) an entry that was rewritten with its hash is known by the next one's, or by
    a head.
    """
    exported = {head.sequence: head.hash for head in heads if head.sequence}
    last, before, trusted = 0, GENESIS, True
    for each in links:
        if each.sequence > last + 1:
            yield Fault(Tampering.DROPPED, last + 1, each.sequence - 1)
            trusted = False
        sealed = seal is None or each.seal == seal(each.hash)
        fault = _fault_of(each, before if trusted or not sealed else None, sealed)
        if fault is None and exported.get(each.sequence, each.hash) != each.hash:
            fault = Tampering.REWRITTEN
        if fault is not None:
            yield Fault(fault, each.sequence, each.sequence)
        last, before, trusted = each.sequence, each.hash, fault is None
    if exported and max(exported) > last:
        yield Fault(Tampering.DROPPED, last + 1, max(exported))


def _fault_of(each: Link, before: bytes | None, sealed: bool) -> Tampering | None:
    """`before`: the hash before it, None where that one is itself not as it was, and this one's seal is."""
    told = _sequence_in(each.entry)
    if told is not None and told != each.sequence:
        return Tampering.MOVED
    if told is None or not sealed or (before is not None and each.hash != hash_of(before, each.entry)):
        return Tampering.EDITED
    return None


def _sequence_in(text: str) -> int | None:
    try:
        return entry_of(text).sequence
    except (ValueError, KeyError, TypeError):
        return None


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    else:
        yield value
