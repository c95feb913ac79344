"""A scripted network, and a Partner at it whose time passes only by waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from partner_sdk import Partner
from partner_sdk._hooks import Hooks
from tests.unit.partner_sdk.scripted_network import CLIENT_ID, CLIENT_SECRET, ScriptedNetwork


class Time:
    """A clock that only `sleep` and `pass_by` move, and that remembers how long was slept."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def network() -> Iterator[ScriptedNetwork]:
    network = ScriptedNetwork()
    yield network
    network.close()


@pytest.fixture
def time_() -> Time:
    return Time()


@pytest.fixture
def make_partner(network: ScriptedNetwork, time_: Time) -> Iterator[Callable[..., Partner]]:
    with ExitStack() as stack:

        def make(**changes: Any) -> Partner:
            hooks = Hooks(
                sleep=time_.sleep, random=lambda: 0.0, monotonic=lambda: time_.now, now=lambda: 1_500_000_000.0
            )
            options = {"base_url": network.url, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "_hooks": hooks}
            return stack.enter_context(Partner(**{**options, **changes}))

        yield make


@pytest.fixture
def partner(make_partner: Callable[..., Partner]) -> Partner:
    return make_partner()
