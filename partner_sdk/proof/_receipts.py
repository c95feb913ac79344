"""Receipts and contracts: what a partner holds itself, and holds against what it is shown."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ._keys import Keys

__all__ = ["Contract", "Receipt", "contract_at", "microseconds"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The network's receipt of one of this partner's entries. `kind`: earn, captured or reversal are those that clear.

    `points`: that were issued, drawn or undone, never negative; issued ones are of a type. `text` is what was signed.
    """

    partner: str
    kind: str
    entry: str
    points: int
    amount_minor: int
    currency: str
    occurred_at: str
    posted_at: str
    signature: str = field(repr=False)
    point_type: str = "base"

    @classmethod
    def of(cls, answer: Mapping[str, Any], partner: str) -> Receipt | None:
        """The receipt in an answer to an earn, a redemption or a return, as JSON (`.raw` of the SDK's own objects).

        `partner`: your own id, `par_...`. None for an answer without a signature, such as a line of a batch: read the
        entry again for it. Raises KeyError for what is no such answer.
        """
        if answer.get("receipt_signature") is None:
            return None
        kind, points, amount_minor, posted_at = (
            "earn",
            answer["points"],
            answer.get("amount_minor"),
            answer["posted_at"],
        )
        occurred_at = answer.get("occurred_at", posted_at)
        if "status" in answer:
            kind, amount_minor = answer["status"], answer["value_minor"]
            points = points if kind == "authorized" else answer["captured_points"]
            posted_at = answer["captured_at"] or posted_at
        elif "original" in answer:
            kind, points = "reversal", answer["cleared_points"]
        return cls(
            partner=partner,
            kind=kind,
            entry=answer["id"],
            points=points,
            amount_minor=amount_minor or 0,
            currency=answer["currency"],
            occurred_at=occurred_at,
            posted_at=posted_at,
            signature=answer["receipt_signature"],
            point_type=_type_in(answer),
        )

    @property
    def text(self) -> str:
        told = [self.partner, self.kind, self.entry, self.points, self.amount_minor, self.currency]
        form, of_type = ("receipt/1", []) if self.point_type == "base" else ("receipt/2", [self.point_type])
        return json.dumps([form, *told, self.occurred_at, self.posted_at, *of_type], separators=(",", ":"))

    @property
    def posted_us(self) -> int:
        """When it was posted, in microseconds since 1970."""
        return microseconds(self.posted_at)

    @property
    def clears(self) -> bool:
        """Whether there has to be a line for it."""
        return self.points > 0 and self.kind in ("earn", "captured", "reversal")

    def is_signed(self, keys: Keys) -> bool:
        """Whether the network signed it: what makes it evidence against the network."""
        return keys.signed(self.text, self.signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """One version of this partner's own contract, as it was signed. Rates are decimal numbers as text.

    `prepaid`: points are issued from blocks that were paid for before, and not billed again. A version that has rates
    for a type of points is told once more, with its `point_type` and those rates.
    """

    version: int
    currency: str
    valid_from: str
    issuance_price: str
    funded_at_issue: str
    reimbursement_rate: str
    prepaid: bool = False
    point_type: str = "base"


def contract_at(contracts: Iterable[Contract], currency: str, instant: str) -> Contract | None:
    """The version in force at an instant."""
    at = microseconds(instant)
    known = [each for each in contracts if each.currency == currency and microseconds(each.valid_from) <= at]
    return max(known, key=lambda each: microseconds(each.valid_from), default=None)


def _type_in(answer: Mapping[str, Any]) -> str:
    """Of an earn's points; other answers tell of none."""
    lots = answer.get("lots")
    return str(lots[0].get("point_type", "base")) if lots else "base"


def microseconds(instant: str) -> int:
    """An RFC 3339 instant as microseconds since 1970. Raises ValueError."""
    read = datetime.fromisoformat(instant)
    if read.tzinfo is None:
        raise ValueError("An instant needs its offset.")
    since = read - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
