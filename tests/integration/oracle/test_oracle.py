"""Any steps of anybody, on the real network and on the oracle: the same answers and the same state after each one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from network.cli.ledger import check_everything
from tests.integration.oracle.at_home import AtHome
from tests.integration.oracle.at_the_desk import AtTheDesk
from tests.integration.oracle.at_the_till import AtTheTill
from tests.integration.oracle.dice import Dice, dice
from tests.integration.oracle.found import CODES, found
from tests.integration.oracle.in_the_calendar import InTheCalendar
from tests.integration.oracle.walk import Ask, Walk
from tests.oracle.ledger import CARD
from tests.oracle.office import Office

_ZONES = ("UTC", "America/New_York", "Asia/Tehran", "America/Sao_Paulo")
_STARTS = (
    datetime(2017, 1, 1, tzinfo=UTC),
    datetime(2017, 3, 19, 12, tzinfo=UTC),  # before Nowruz, and the change of the clock in Tehran
    datetime(2017, 10, 14, 12, tzinfo=UTC),  # before the day without a midnight in Sao Paulo
    datetime(2020, 1, 31, 4, 30, tzinfo=UTC),  # a month before a leap day
)

_DAY = {
    "earn": 5,
    "redeem": 6,
    "capture": 4,
    "void": 1,
    "reverse_redemption": 3,
    "reverse_earn": 5,
    "wait": 2,
    "wait_for_something": 2,
    "send_again": 1,
    "read_balance": 1,
    "move_in": 2,
    "contribute": 3,
    "move_out": 1,
    "set_caps": 1,
    "set_share": 1,
    "share_earns": 3,
    "pass_headship": 1,
    "propose_merge": 2,
    "propose_unmerge": 2,
    "prolong": 1,
    "tell_ahead": 1,
}
_NEEDS: dict[str, Callable[[Walk], object]] = {
    "capture": Walk.has_open_hold,
    "void": Walk.has_open_hold,
    "reverse_redemption": lambda walk: walk.entries("redemption", "capture"),
    "reverse_earn": lambda walk: walk.entries("earn"),
    "contribute": lambda walk: walk.ledger.homes,
    "move_out": lambda walk: walk.ledger.homes,
    "set_caps": lambda walk: walk.ledger.homes,
    "set_share": lambda walk: walk.ledger.homes,
    "pass_headship": lambda walk: walk.ledger.homes,
    "propose_unmerge": lambda walk: any(each.merged_into for each in walk.members),
    "send_again": lambda walk: walk.asked,
}


class Network(AtTheTill, AtHome, AtTheDesk, InTheCalendar):
    """Everything that anybody can do."""

    throws = 0

    @initialize(zone=st.sampled_from(_ZONES), start=st.sampled_from(_STARTS))
    def begin_there(self, zone: str, start: datetime) -> None:
        self.begin(ZoneInfo(zone), start)
        found(self)
        self.office, self.waiting, self.prolonging, self.households, self.merges = Office(self.ledger), [], [], {}, []
        for number in range(2):
            self.enrol(Dice(number))
        for code in CODES:
            self.show(code, self.members[0], CARD)
            for amount, currency in ((5_000, "USD"), (12_345, "USD"), (60, "JPY")):
                fields = {"amount_minor": amount, "currency": currency}
                self.ask(Ask(code, "earn", self.members[0], fields, self.new_key()))
        self.found_home(self.members[0])
        self.put_in(self.members[0], 200)

    def _busy(self, dice: Dice) -> None:
        """What a day is made of. Hypothesis turns most rules off in each walk, to see what the others do by themselves;
        these make sure that there is something to do it with.
        """
        self.throws += 1
        dice = dice.thrown(self.throws)
        (step,) = dice.choices([*_DAY], weights=[*_DAY.values()])
        if step not in _NEEDS or _NEEDS[step](self):
            getattr(self, step)(dice)

    @rule(dice=dice)
    def morning(self, dice: Dice) -> None:
        self._busy(dice)

    @rule(dice=dice)
    def noon(self, dice: Dice) -> None:
        self._busy(dice)

    @rule(dice=dice)
    def evening(self, dice: Dice) -> None:
        self._busy(dice)

    def teardown(self) -> None:
        """At the end: all is swept, cut and closed, and every invariant holds."""
        try:
            if hasattr(self, "office"):
                self.sweep()
                self.close()
                broken = {finding.check.name: finding.rows for finding in check_everything() if not finding.holds}
                assert broken == {}
        finally:
            super().teardown()


for _number in range(5):  # most of the steps are a day's
    for _part in ("morning", "noon", "evening"):
        setattr(Network, f"{_part}_{_number}", getattr(Network, _part))


def _walk(app: Flask, *, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        lambda: Network(app),
        # Not shrunk: a walk is short enough to read, and each try costs a second.
        settings=hypothesis_settings(
            max_examples=examples,
            stateful_step_count=steps,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck],
        ),
    )


@pytest.mark.slow
def test_the_network_answers_and_stands_as_the_oracle_says(app: Flask) -> None:
    _walk(app, examples=6, steps=100)


@pytest.mark.storm
def test_the_network_and_the_oracle_go_a_long_way_together(app: Flask) -> None:
    _walk(app, examples=60, steps=150)
