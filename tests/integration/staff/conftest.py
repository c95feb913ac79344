"""Passwords are hashed at the least cost here; what they cost in truth is said by the unit tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from network.audit.service import acting
from network.staff import secrets


@pytest.fixture(autouse=True)
def _somebody_acts() -> Iterator[None]:
    """Else nothing would be recorded."""
    with acting("stf_somebody", "req_1"):
        yield


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(secrets, "_hasher", cheap)
    monkeypatch.setattr(secrets, "_nobodys", cheap.hash("nobody's"))
