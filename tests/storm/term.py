"""How long the storm lasts: until it is told to end, or the latest instant has come."""

import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Term:
    """`calm` is a file whose being there ends the storm in all its programs; `latest` is in seconds since the epoch."""

    latest: float
    calm: str

    @property
    def is_over(self) -> bool:
        return time.time() >= self.latest or Path(self.calm).exists()

    def end(self) -> None:
        Path(self.calm).touch()
