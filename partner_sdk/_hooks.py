"""The world's time and chance, in one place so that tests can set them. Private."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Hooks"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """Waiting, chance in [0, 1), the clock durations are measured by, and the clock on the wall (Unix seconds)."""

    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time
