"""A cycle, as it stands."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from network.kernel.identifiers import show
from network.settlement.domain.assignment import Window
from network.settlement.domain.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """One clearing cycle of a currency; `name` is like `USD 2017-01`. See `models.CycleRow` for the transaction ids."""

    cycle_id: UUID
    currency: str
    name: str
    starts_at: datetime
    ends_at: datetime
    state: State
    version: int
    boundary_xid: int | None
    closed_at_xid: int | None
    folded_from_xid: int | None
    waiting_reason: str | None
    cut_at: datetime | None
    netted_at: datetime | None
    stated_at: datetime | None
    approved_at: datetime | None
    instructed_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None

    @property
    def public_id(self) -> str:
        """The id as people and partners see it, `cyc_...`."""
        return show("cyc", self.cycle_id)

    @property
    def period_name(self) -> str:
        """The name without the currency, such as `2017-01`."""
        return self.name.removeprefix(f"{self.currency} ")

    @property
    def window(self) -> Window:
        return Window(self.cycle_id, self.starts_at, self.ends_at, self.closed_at_xid)
