"""What lets points be burned. Numbers and codes stay out of repr and so out of logs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["CardProof", "ConsentProof", "Proof", "TillCodeProof"]

_QR = re.compile(r"PV1:([0-9A-Z]{12}):([0-9]{8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class TillCodeProof:
    """The eight digits that the member's phone shows, with the card, phone or alias that they belong to.

    Good once, and for a minute at most: ask for it when the bill is there. ValueError unless exactly one of
    `card_number`, `phone` and `alias` is given.
    """

    code: str = field(repr=False)
    card_number: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    alias: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if sum(each is not None for each in (self.card_number, self.phone, self.alias)) != 1:
            raise ValueError("A code goes with exactly one of card_number, phone and alias.")

    @classmethod
    def from_qr(cls, text: str) -> TillCodeProof:
        """From what a scanner read off the member's phone. Raises ValueError for any other QR."""
        found = _QR.fullmatch(text.strip().upper())
        if found is None:
            raise ValueError("This is not the QR of a member: PV1:<alias>:<code>.")
        return cls(alias=found[1], code=found[2])

    def _fields(self) -> dict[str, str]:
        keys = {"card_number": self.card_number, "phone": self.phone, "alias": self.alias}
        return {"type": "till_code", "code": self.code} | {name: value for name, value in keys.items() if value}


@dataclass(frozen=True, slots=True)
class ConsentProof:
    """The member's approval of this very burn, `apr_...`: where it is not at a till, or burns more than its limit."""

    approval: str

    def _fields(self) -> dict[str, str]:
        return {"type": "consent", "approval": self.approval}


@dataclass(frozen=True, slots=True)
class CardProof:
    """The member showed this card: enough only where that was agreed with the network (else `till_code_needed`)."""

    card_number: str = field(repr=False)

    def _fields(self) -> dict[str, str]:
        return {"type": "card", "card_number": self.card_number}


Proof = TillCodeProof | ConsentProof | CardProof
