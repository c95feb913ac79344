"""What signing in tells the rest of the house: ids and instants, nothing personal. Instants are the system's."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInOnNewDevice(Fact):
    """A member signed in where it had not been before."""

    topic: ClassVar[str] = "signin.signed_in_on_new_device"

    member_id: UUID
    session_id: UUID
    signed_in_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneChanged(Fact):
    """A member has another phone; nothing is spent until `cooling_until`."""

    topic: ClassVar[str] = "signin.phone_changed"

    member_id: UUID
    changed_at: datetime
    cooling_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendRulesChanged(Fact):
    """A member has locked or unlocked its points, set a limit, or opened a partner."""

    topic: ClassVar[str] = "signin.spend_rules_changed"

    member_id: UUID
    changed_at: datetime
