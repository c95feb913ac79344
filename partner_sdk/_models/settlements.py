"""What clearing says between this partner and the coalition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from .._exchange import Answer
from .._reading import Reader
from ._base import Model, origin

__all__ = ["Settlement", "SettlementLine", "SettlementSummary"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementSummary(Model):
    """One clearing cycle's statement for this partner, without its lines, as lists show it.

    `net_minor` = redemption - issue - deferred: positive means that this partner receives.
    """

    id: str
    cycle: str
    cycle_name: str
    currency: str
    starts_at: datetime
    ends_at: datetime
    status: str
    issue_minor: int
    redemption_minor: int
    deferred_minor: int
    net_minor: int
    stated_at: datetime

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            id=reader.text("id"),
            cycle=reader.text("cycle"),
            cycle_name=reader.text("cycle_name"),
            currency=reader.text("currency"),
            starts_at=reader.instant("starts_at"),
            ends_at=reader.instant("ends_at"),
            status=reader.text("status"),
            issue_minor=reader.whole("issue_minor"),
            redemption_minor=reader.whole("redemption_minor"),
            deferred_minor=reader.whole("deferred_minor"),
            net_minor=reader.whole("net_minor"),
            stated_at=reader.instant("stated_at"),
            **origin(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementLine(Model):
    """One line: `leg` is "issue", "redemption" or "deferred"; `counterparty` a partner's code or "operator"."""

    leg: str
    counterparty: str
    points: int
    amount_minor: int

    @classmethod
    def _read(cls, reader: Reader) -> Self:
        return cls(
            leg=reader.text("leg"),
            counterparty=reader.text("counterparty"),
            points=reader.whole("points"),
            amount_minor=reader.whole("amount_minor"),
            **origin(reader),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement(SettlementSummary):
    """One clearing cycle's statement for this partner, line by line."""

    lines: tuple[SettlementLine, ...] = ()

    @classmethod
    def _read_answer(cls, answer: Answer) -> Self:
        reader = Reader(answer, cls.__name__)
        lines = tuple(SettlementLine._read(each) for each in reader.each("lines"))
        return replace(cls._read(reader), lines=lines)
