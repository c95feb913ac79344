"""Policies: decided once, for a time that lies ahead, and never edited."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from network.audit.service import record
from network.expiry import repository
from network.expiry.domain import (
    Choice,
    ExpiryPolicy,
    Life,
    PolicyVersion,
    Rule,
    check_policy,
    check_version,
    choose,
)
from network.infrastructure.network_clock import network_now, network_zone
from network.infrastructure.programme import network_programme
from network.infrastructure.transaction import transaction
from network.kernel.calendar import end_of_day_after_months
from network.kernel.clock import show_instant


def set_policy(version: PolicyVersion) -> None:
    """Decide what holds for a programme in a jurisdiction from an instant on. Points that are there keep their dates.

    Two decisions on the same take turns. Raises BadPolicy, PolicyTooEarly.
    """
    if version.policy is not None:
        check_policy(version.policy)
    with transaction():
        previous, now = repository.lock_policy(version.programme, version.jurisdiction), network_now()
        check_version(version, previous=previous, now=now)
        repository.insert_version(version, now)
        told = {"jurisdiction": version.jurisdiction, "valid_from": show_instant(version.valid_from)}
        record("expiry.policy", "programme", version.programme, after=told)


def policies() -> list[PolicyVersion]:
    """Every version that was ever decided, by programme, jurisdiction and time."""
    return repository.all_versions()


def life_of_points(
    connection: psycopg.Connection,
    contract_months: int | None,
    programme: str | None,
    jurisdiction: str | None,
    earned_at: datetime,
) -> Life:
    """How long points live that are earned at an instant, by a contract and under a member's jurisdiction.

    `contract_months`: what the contract says by itself, None for ever; `programme`: whose policies it follows. Policies
    are read only where some can hold: a join of them to the till's first query was measured, and cost every earn 9 %
    of that query, used or not.
    """
    own = programme or network_programme()
    if own is None and jurisdiction is None:
        return Life(
            None if contract_months is None else end_of_day_after_months(earned_at, contract_months, network_zone())
        )
    versions = repository.versions(connection, own, jurisdiction)
    return choice_for(versions, contract_months, earned_at).life(earned_at)


def choice_for(versions: Sequence[PolicyVersion], contract_months: int | None, earned_at: datetime) -> Choice:
    """What holds for points earned at an instant, where the contract says so many months, or None for ever."""
    rule = Rule.NEVER if contract_months is None else Rule.MONTHS_FROM_EARNING
    return choose(versions, earned_at, ExpiryPolicy(rule=rule, months=contract_months or 0, zone=network_zone()))
