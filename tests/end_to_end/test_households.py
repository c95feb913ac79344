"""Households and merges as they are used: the operator's commands, and a partner's software over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from network.cli.ledger import check_everything
from network.households.domain import Policy
from partner_sdk import CardProof, ConflictError, Partner, PaymentRequiredError
from tests.fixtures import START, Coalition, Customer, Till
from tests.live import Installation
from tests.staffing import at_shell

pytestmark = pytest.mark.slow
_BY = ("--by", "Laleh")
_CONSENT = ("--consent", "2017-01", "--evidence", "form-17", *_BY)


@pytest.fixture
def grocer(coalition: Coalition) -> Till:
    return coalition.join("grocer")


@pytest.fixture
def partner(grocer: Till, installation: Installation) -> Iterator[Partner]:
    with installation.partner(grocer.client) as made:
        yield made


def enrol(coalition: Coalition, grocer: Till, partner: Partner, points: int) -> Customer:
    customer = coalition.enrol(grocer)
    partner.earns.create(member=customer.id, amount_minor=points * 100, currency="USD")
    return customer


def _id(prefix: str, said: str) -> str:
    found = re.search(rf"{prefix}_[0-9a-z]{{26}}", said)
    assert found, said
    return found[0]


def test_a_household_from_its_founding_to_its_end(
    coalition: Coalition, grocer: Till, partner: Partner, installation: Installation
) -> None:
    sara, reza = (enrol(coalition, grocer, partner, points) for points in (100, 40))
    network = installation.run
    at_shell("laleh")
    household = _id("hsh", network("household", "found", sara.id, *_CONSENT))
    network("household", "invite", household, reza.id, *_BY)
    assert "2017-01-08 00:00" in network("household", "join", household, reza.id, *_CONSENT)
    network("household", "contribute", sara.id, "60")
    network("household", "share", reza.id, "50")
    coalition.at(START + timedelta(days=Policy().delay_days))
    pool = partner.members.balance(reza.id).pool
    assert pool is not None
    assert (pool.available, pool.spendable) == (60, 60)
    card = CardProof(reza.card_number)
    paid = partner.redemptions.create(member=reza.id, points=25, currency="USD", proof=card, source="pool")
    assert (paid.source, paid.status, paid.value_minor) == ("pool", "captured", 25)
    network("household", "cap", reza.id, "--spend", "30")
    with pytest.raises(PaymentRequiredError) as refusal:
        partner.redemptions.create(member=reza.id, points=6, currency="USD", proof=card, source="pool")
    assert (refusal.value.code, refusal.value.body["spendable"]) == ("pool_cap_reached", 5)
    network("household", "pass", household, reza.id)
    assert f"{reza.id} (head)" in network("household", "show", household)
    assert "8 members" in network("household", "policy", "--most-members", "8")
    assert "35 points came home" in network("household", "leave", sara.id, *_BY)
    assert "points came home" in network("household", "dissolve", household, *_BY)
    assert "not_in_household" in _refused(installation, "household", "leave", sara.id, *_BY)
    assert partner.members.balance(sara.id).available == 75
    assert all(finding.holds for finding in check_everything())


def test_two_accounts_merged_and_parted_again(
    coalition: Coalition, grocer: Till, partner: Partner, installation: Installation
) -> None:
    old, sara = (enrol(coalition, grocer, partner, points) for points in (100, 40))
    network = installation.run
    at_shell("laleh", "omid")
    merge = _id("mrg", network("member", "merge", old.id, sara.id, "--reason", "one person", "--by", "Omid"))
    assert merge in network("member", "merges")
    assert "second_person_needed" in _refused(installation, "member", "approve", merge, "--by", "Omid")
    assert "merged" in network("member", "approve", merge, *_BY)
    with pytest.raises(ConflictError) as refusal:
        partner.earns.create(member=old.id, amount_minor=100, currency="USD")
    assert (refusal.value.code, refusal.value.body["merged_into"]) == ("member_merged", sara.id)
    assert partner.members.get(old.id).id == sara.id
    assert partner.members.lookup(card_number=old.card_number).id == sara.id
    assert partner.members.balance(sara.id).available == 140
    network("member", "unmerge", merge, "--reason", "two persons", "--by", "Omid")
    network("member", "reject", merge, *_BY)
    network("member", "unmerge", merge, "--reason", "two persons, really", "--by", "Omid")
    assert "unmerged" in network("member", "approve", merge, *_BY)
    assert [partner.members.balance(each.id).available for each in (old, sara)] == [100, 40]
    assert all(finding.holds for finding in check_everything())


def _refused(installation: Installation, *arguments: str) -> str:
    """What a command that fails says of it."""
    with pytest.raises(AssertionError) as failure:
        installation.run(*arguments)
    return str(failure.value)
