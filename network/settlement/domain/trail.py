"""The audit trail of a cycle: every step that somebody took, in a chain of hashes of its own.

An entry is kept as the very text that its hash covers, so that the database can verify a chain by itself.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from network.kernel.clock import show_instant

GENESIS = bytes(32)
"""The hash before a cycle's first entry."""

THE_NETWORK = "network"
"""Who does what no person does: cut, net, state."""


@dataclass(frozen=True, slots=True)
class TrailEntry:
    """`who` did `what`, by which `before` became `after` (plain JSON values), at an instant. `step` counts from 1."""

    step: int
    who: str
    what: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is kept: its text, and the hash that covers this text and the hash before it."""

    step: int
    entry: str
    hash: bytes


def text_of(entry: TrailEntry) -> str:
    """An entry as text: a JSON object without white space, its members in the order of the alphabet."""
    values = {
        "step": entry.step,
        "who": entry.who,
        "what": entry.what,
        "before": entry.before,
        "after": entry.after,
        "at": show_instant(entry.at),
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def entry_of(text: str) -> TrailEntry:
    """The entry back from its text."""
    values = json.loads(text)
    return TrailEntry(**values | {"at": datetime.fromisoformat(values["at"])})


def link(previous: Link | None, *, who: str, what: str, before: Any, after: Any, at: datetime) -> Link:
    """The next entry of a chain. Its hash is SHA-256(hash before || text in UTF-8), 32 bytes."""
    step, head = (1, GENESIS) if previous is None else (previous.step + 1, previous.hash)
    text = text_of(TrailEntry(step, who, what, before, after, at))
    return Link(step, text, sha256(head + text.encode()).digest())


def first_broken(links: Iterable[Link]) -> int | None:
    """The step at which a chain, in order, stops being whole; None if it is whole."""
    previous: Link | None = None
    for expected, each in enumerate(links, start=1):
        head = GENESIS if previous is None else previous.hash
        is_next = each.step == expected and entry_of(each.entry).step == expected
        if not is_next or each.hash != sha256(head + each.entry.encode()).digest():
            return expected
        previous = each
    return None
