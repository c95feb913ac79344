"""Hearing facts that nobody in the house listens to, for one test."""

import pytest

from network.infrastructure import outbox
from network.kernel.events import Fact


def listen(monkeypatch: pytest.MonkeyPatch, kind: type[Fact]) -> list[Fact]:
    """The facts of a kind, as `drain` hands them out from now on; the house's own listeners hear none meanwhile."""
    facts: list[Fact] = []
    monkeypatch.setitem(outbox._kinds, kind.topic, kind)
    monkeypatch.setitem(outbox._handlers, kind.topic, [facts.extend])
    return facts
