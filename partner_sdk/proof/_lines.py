"""The lines of a proof, read one by one: what each says, and what hides whom it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from ._merkle import leaf_hash
from ._money import Flow

__all__ = ["RECEIPTED", "Line", "canonical", "is_entry_of", "objects", "read_line"]

RECEIPTED = ("earn", "redemption", "capture", "redemption_reversal", "earn_reversal")
"""Operations that a partner asks for, and gets a receipt of."""

_KINDS = ("issue", "unissue", "draw", "undraw", "expire")
_LETTERS = {letter: value for value, letter in enumerate("0123456789abcdefghjkmnpqrstvwxyz")}
_WALLET_LETTERS = 26
_RATE = re.compile(r"[0-9]{1,24}(\.[0-9]{1,24})?")
_MOST = 2**63
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_COMMON = (str, str, str, int, str, str, int, str, int, str, str, int)
_NONE = type(None)
_SHAPES = ((*_COMMON, _NONE, _NONE, _NONE, int), (*_COMMON, str, int, str, int))  # without and with a redeemer
_BASE = "base"
_FORMS = {"line/1": _SHAPES, "line/2": tuple((*shape, str) for shape in _SHAPES)}  # the second ends with a type


@dataclass(slots=True)
class Line:
    """One clearing line. `entry` is the own entry that it is of, None for one of somebody else's.

    `points`: signed as the lot's remaining points changed. `leaf`: the hash that the tree has of it. `request`: how its
    redeemer signed what it asked, of a draw elsewhere.
    """

    cycle: str
    ref: str
    number: int
    operation: str
    points: int
    flow: Flow
    posted_us: int
    leaf: bytes
    entry: str | None
    nonce: str | None
    request: str | None

    @property
    def place(self) -> tuple[str, int]:
        """By which lines are in order, and no two are the same."""
        return self.ref, self.number

    @property
    def name(self) -> str:
        """For people: the entry if it is known, else what hides it; and the number of the line in it."""
        return f"{self.entry or self.ref[:16]} line {self.number}"

    @property
    def made_by(self) -> str:
        """Whose entry a receipted operation's is: an issuer's earns and their returns, a redeemer's redemptions."""
        flow = self.flow
        return flow.issuer if self.operation in ("earn", "earn_reversal") else flow.redeemer or flow.issuer


def objects(proof: bytes | str | Iterable[bytes | str]) -> Iterator[dict[str, Any]]:
    """The JSON objects of a proof, which is its whole text, or its lines, such as an open file. Raises ValueError."""
    for text in proof.splitlines() if isinstance(proof, (bytes, str)) else proof:
        if text.strip():
            told = json.loads(text)
            if not isinstance(told, dict):
                raise ValueError("A line of a proof is a JSON object.")
            yield told


def canonical(told: Any) -> bytes:
    """JSON as leaves cover it: names sorted, no white space, ASCII."""
    return _encode(told).encode()


def read_line(told: dict[str, Any]) -> Line | None:
    """A line of a proof; None for one that is none."""
    leaf, salt = told.get("leaf"), told.get("salt")
    if told.get("type") != "line" or not isinstance(leaf, list) or not isinstance(salt, str):
        return None
    if not leaf or tuple(map(type, leaf)) not in _FORMS.get(str(leaf[0]), ()):
        return None
    form, cycle, ref, number, operation, kind, points = leaf[:7]
    flow = _flow(kind, *leaf[7:15], *leaf[16:])
    if flow is None or (form == "line/2") is (flow.point_type == _BASE) or not -_MOST <= points <= _MOST:
        return None
    try:
        hashed = leaf_hash(bytes.fromhex(salt), canonical(leaf))
    except ValueError:
        return None
    entry, nonce, request = told.get("entry"), told.get("nonce"), told.get("request")
    if not isinstance(request, str | None):
        return None
    return Line(cycle, ref, number, operation, points, flow, leaf[15], hashed, entry, nonce, request)


def is_entry_of(line: Line) -> bool:
    """Whether what opens the line does: SHA-256(nonce || wallet || sequence), which the entry's id names, is ref."""
    try:
        letters = str(line.entry).partition("_")[2]
        wallet = _number(letters[:_WALLET_LETTERS]).to_bytes(16, "big")
        sequence = _number(letters[_WALLET_LETTERS:]).to_bytes(8, "big")
        return sha256(bytes.fromhex(str(line.nonce)) + wallet + sequence).hexdigest() == line.ref
    except (KeyError, ValueError, OverflowError):
        return False


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number << 5 | _LETTERS[letter]
    return number


@lru_cache(maxsize=4096)  # there are few, and each is looked at once
def _flow(kind: str, *more: Any) -> Flow | None:
    flow = Flow(kind, *more)
    rates = (flow.issuance_price, flow.funded_at_issue, flow.reimbursement_rate or "0")
    return flow if kind in _KINDS and flow.prepaid in (0, 1) and all(map(_RATE.fullmatch, rates)) else None
