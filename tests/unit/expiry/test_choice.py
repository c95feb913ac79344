"""Which policy holds: the programme's, the law's, and since when."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from network.expiry.domain import (
    Choice,
    ExpiryPolicy,
    PolicyVersion,
    Rule,
    applicable,
    check_version,
    choose,
)
from network.expiry.errors import BadPolicy, PolicyTooEarly

START = datetime(2017, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=100)


def months(number: int) -> ExpiryPolicy:
    return ExpiryPolicy(rule=Rule.MONTHS_FROM_EARNING, months=number, zone=ZoneInfo("UTC"))


CONTRACT, NEVER = months(24), ExpiryPolicy(rule=Rule.NEVER, months=0, zone=ZoneInfo("UTC"))


def version(
    policy: ExpiryPolicy | None,
    *,
    programme: str = "",
    place: str = "",
    valid_from: datetime = START,
    is_minimum: bool = False,
) -> PolicyVersion:
    return PolicyVersion(
        programme=programme, jurisdiction=place, valid_from=valid_from, policy=policy, is_minimum=is_minimum
    )


def test_without_any_policy_the_contract_holds() -> None:
    assert choose([], LATER, CONTRACT) == Choice(CONTRACT)


def test_a_programmes_policy_takes_the_place_of_the_contracts() -> None:
    assert choose([version(months(6), programme="gold")], LATER, CONTRACT) == Choice(months(6))


def test_of_several_versions_the_latest_that_has_begun_holds() -> None:
    versions = [
        version(months(number), programme="gold", valid_from=START + timedelta(days=days))
        for number, days in ((8, 200), (6, 0), (7, 50))
    ]
    assert choose(versions, START + timedelta(days=49), CONTRACT).policy.months == 6
    assert choose(versions, START + timedelta(days=50), CONTRACT).policy.months == 7
    assert choose(versions, START + timedelta(days=500), CONTRACT).policy.months == 8
    assert choose(versions, START - timedelta(days=1), CONTRACT).policy.months == 24


def test_the_law_of_the_members_place_overrides_the_programme() -> None:
    versions = [version(months(6), programme="gold"), version(NEVER, place="CA-QC")]
    assert choose(versions, LATER, CONTRACT) == Choice(NEVER)


def test_the_narrower_place_comes_first_and_in_it_the_programme() -> None:
    country, region = version(months(36), place="CA"), version(NEVER, place="CA-QC")
    assert choose([region, country], LATER, CONTRACT) == Choice(NEVER)
    own = version(months(48), place="CA", programme="gold")
    assert choose([own, country], LATER, CONTRACT) == Choice(months(48))
    assert choose([own, region, country], LATER, CONTRACT) == Choice(NEVER)


def test_a_minimum_leaves_the_programme_what_it_gives_beyond_it() -> None:
    law = version(months(36), place="IR", is_minimum=True)
    choice = choose([law], LATER, CONTRACT)
    assert choice == Choice(CONTRACT, months(36))
    assert choice.life(START).expires_at == months(36).life(START).expires_at
    generous = choose([law, version(months(60), programme="gold")], LATER, CONTRACT)
    assert generous.life(START).expires_at == months(60).life(START).expires_at


def test_what_was_withdrawn_holds_no_more_and_what_is_wider_does_again() -> None:
    versions = [
        version(months(36), place="CA"),
        version(NEVER, place="CA-QC"),
        version(None, place="CA-QC", valid_from=LATER),
    ]
    assert choose(versions, START, CONTRACT) == Choice(NEVER)
    assert choose(versions, LATER, CONTRACT) == Choice(months(36))


def test_only_what_is_said_of_the_programme_and_the_place_applies() -> None:
    gold, silver = version(NEVER, programme="gold"), version(NEVER, programme="silver")
    country, region, other = (version(NEVER, place=place) for place in ("CA", "CA-QC", "CA-ON"))
    everything = [gold, silver, country, region, other]
    assert applicable(everything, "gold", "CA-QC") == [gold, country, region]
    assert applicable(everything, None, "CA") == [country]
    assert applicable(everything, "silver", None) == [silver]


@pytest.mark.parametrize(
    ("field", "made"),
    [
        ("programme", version(NEVER)),
        ("programme", version(NEVER, programme="Gold Card")),
        ("jurisdiction", version(NEVER, place="Quebec")),
        ("jurisdiction", version(NEVER, place="ca")),
        ("is_minimum", version(NEVER, programme="gold", is_minimum=True)),
    ],
)
def test_a_version_that_makes_no_sense_is_refused(field: str, made: PolicyVersion) -> None:
    with pytest.raises(BadPolicy) as refusal:
        check_version(made, previous=None, now=LATER)
    assert refusal.value.field == field


def test_the_first_version_may_begin_at_any_time_and_later_ones_not_in_the_past() -> None:
    made = version(NEVER, programme="gold", valid_from=START)
    check_version(made, previous=None, now=LATER)
    check_version(made, previous=START - timedelta(days=1), now=START)
    for previous, now in ((START - timedelta(days=1), LATER), (START, START), (LATER, START)):
        with pytest.raises(PolicyTooEarly):
            check_version(made, previous=previous, now=now)
