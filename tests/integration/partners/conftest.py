"""Partners to sign contracts with, at a network clock that stands still."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask

from network.infrastructure.network_clock import set_clock
from network.kernel.events import Fact
from network.partners.domain import Partner
from network.partners.service import create_partner
from tests.integration.partners.listening import listen

NOW = datetime(2017, 1, 15, 12, tzinfo=UTC)


@pytest.fixture
def now(app: Flask) -> datetime:
    """The network's clock, stood at the middle of January 2017."""
    set_clock(NOW)
    return NOW


@pytest.fixture
def partner(app: Flask) -> Callable[[str], Partner]:
    """Makes a partner of a code."""
    return lambda code: create_partner(code=code, name=code.title(), name_fa="شریک")


@pytest.fixture
def grocer(now: datetime, partner: Callable[[str], Partner]) -> UUID:
    return partner("grocer").partner_id


@pytest.fixture
def fuel(now: datetime, partner: Callable[[str], Partner]) -> UUID:
    return partner("fuel").partner_id


@pytest.fixture
def heard(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[type[Fact]], list[Fact]]:
    """Listens to a kind of fact; what has been announced is in the list after `drain`."""
    return lambda kind: listen(monkeypatch, kind)
