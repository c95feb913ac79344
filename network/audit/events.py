"""What happened to the audit trail."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from network.kernel.events import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditHeadExported(Fact):
    """The head of the chain was signed and exported, as it is done daily. `document`: the compact JWS."""

    topic: ClassVar[str] = "audit.head_exported"

    sequence: int
    document: str
    exported_at: datetime
