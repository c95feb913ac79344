"""What settlement tells the rest of the house."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleCut(Fact):
    """Nothing will be added to this cycle any more; what comes late falls into the next."""

    topic: ClassVar[str] = "settlement.cycle_cut"

    cycle_id: UUID
    currency: str
    cut_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakageRecorded(Fact):
    """So many points of an issuer expired unused in a month (`2017-01`), in which nothing can expire any more."""

    topic: ClassVar[str] = "settlement.breakage_recorded"

    cycle_id: UUID
    issuer_id: UUID
    currency: str
    month: str
    points: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CycleStated(Fact):
    """Every partner that had part in this cycle has its statement."""

    topic: ClassVar[str] = "settlement.cycle_stated"

    cycle_id: UUID
    currency: str
    version: int
    stated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementIssued(Fact):
    """One partner's statement of a cycle. Positive `net_minor`: it receives."""

    topic: ClassVar[str] = "settlement.statement_issued"

    statement_id: UUID
    cycle_id: UUID
    partner_id: UUID
    version: int
    currency: str
    net_minor: int
    stated_at: datetime
