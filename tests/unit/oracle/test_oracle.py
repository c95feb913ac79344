"""The oracle is held to the figures of docs/economics.md by itself, and shares nothing with what it judges."""

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import tests.oracle
from tests.oracle import clearing, days, follow, till
from tests.oracle.expiry import Decision, Life, Policy, life_of, policies_for
from tests.oracle.ledger import CARD, Ledger, Refusal
from tests.oracle.terms import Contract, Partner, Rule
from tests.oracle.wallet import Entry

UTC_ZONE = ZoneInfo("UTC")
START = datetime(2017, 1, 1, tzinfo=UTC)
JANUARY, FEBRUARY = datetime(2017, 1, 10, tzinfo=UTC), datetime(2017, 2, 10, tzinfo=UTC)


def coalition(*, price: str = "0.0115", funded: str = "1", **rules: Rule) -> Ledger:
    """Grocer, fuel and coffee under the same contract, and a member of each, known to all."""
    ledger = Ledger(JANUARY, UTC_ZONE)
    for code in ("grocer", "fuel", "coffee"):
        terms = Contract(
            partner=code,
            version=1,
            currency="USD",
            valid_from=START,
            price=Fraction(price),
            fee=Fraction("0.0015"),
            paid=Fraction("0.0090"),
            value=Fraction("0.0100"),
            funded=Fraction(funded),
            months=24,
        )
        ledger.partners[code] = Partner(code, contracts=[terms], rules=[rules[code]] if code in rules else [])
    for code, name in (("grocer", "p"), ("fuel", "q"), ("coffee", "r")):
        member = ledger.enrol(code, name)
        for other in ledger.partners:
            member.show(other, CARD)
    return ledger


def earn(ledger: Ledger, code: str, name: str, points: int) -> Entry:
    told = till.earn(ledger, code, ledger.members[name], amount_minor=points * 100, currency="USD")
    return entry_of(ledger, told)


def burn(ledger: Ledger, code: str, name: str, points: int) -> Entry:
    member = ledger.members[name]
    return entry_of(ledger, till.redeem(ledger, code, member, points=points, currency="USD", card_of=member))


def entry_of(ledger: Ledger, told: dict[str, tuple[str, str, int]]) -> Entry:
    _, owner, sequence = told["id"]
    return ledger.members[owner].wallet.entries[sequence - 1]


def month_one(ledger: Ledger) -> dict[str, int]:
    """The worked examples' January; what each party receives for it, in cents."""
    for code, name, points in (("grocer", "p", 100_000), ("fuel", "q", 20_000), ("coffee", "r", 10_000)):
        earn(ledger, code, name, points)
    for code, name, points in (
        ("grocer", "q", 5_000),
        ("fuel", "q", 10_000),
        ("fuel", "p", 50_000),
        ("coffee", "r", 2_000),
        ("coffee", "p", 18_000),
    ):
        burn(ledger, code, name, points)
    entries = [entry for member in ledger.members.values() for entry in member.wallet.entries]
    return clearing.nets(clearing.lines(entries, "USD 2017-01", UTC_ZONE))


def test_worked_example_a_to_the_cent() -> None:
    assert month_one(coalition()) == {"grocer": -1_105_00, "fuel": 310_00, "coffee": 65_00, "operator": 730_00}


def test_worked_example_b_to_the_cent() -> None:
    nets = month_one(coalition(price="0.0105", funded="0"))
    assert nets == {"grocer": -669_00, "fuel": 397_50, "coffee": 162_00, "operator": 109_50}


def test_a_debt_is_repaid_by_what_is_earned_next_to_the_issuer_that_was_left_unpaid() -> None:
    ledger = coalition()
    bought = earn(ledger, "grocer", "p", 100)
    burn(ledger, "fuel", "p", 70)
    assert follow.reverse_earn(ledger, "grocer", bought)["owed_points"] == 70
    earn(ledger, "coffee", "p", 50)
    wallet = ledger.members["p"].wallet
    assert wallet.balance == {"available": 0, "pending": 0, "held": 0, "debt": 20}
    (repayment,) = [entry for entry in wallet.entries if entry.operation == "repayment"]
    (draw,) = repayment.moves
    assert (draw.lot.issuer, draw.redeemer and draw.redeemer.partner, draw.points) == ("coffee", "grocer", -50)


def test_time_passes_for_each_lot_at_its_own_time() -> None:
    ledger = coalition(coffee=Rule("coffee", "USD", START, pending_days=14))
    bought = earn(ledger, "grocer", "p", 100)
    burn(ledger, "fuel", "p", 70)
    follow.reverse_earn(ledger, "grocer", bought)
    earn(ledger, "coffee", "p", 50)
    wallet = ledger.members["p"].wallet
    ledger.advance(JANUARY + timedelta(days=3 * 365))
    assert [entry.operation for entry in wallet.waiting] == ["activation", "repayment"]
    assert wallet.at(JANUARY).balance == {"available": 0, "pending": 50, "held": 0, "debt": 70}
    assert wallet.at(FEBRUARY).balance == {"available": 0, "pending": 0, "held": 0, "debt": 20}


def test_the_same_key_is_answered_once_and_a_refusal_for_want_of_points_is_kept() -> None:
    ledger = coalition()
    member = ledger.members["p"]

    def burn_five() -> dict[str, object]:
        return till.redeem(ledger, "grocer", member, points=5, currency="USD", card_of=member)

    assert ledger.ask("grocer", "key", 5, burn_five).body["code"] == "insufficient_points"
    earn(ledger, "grocer", "p", 100)
    again = ledger.ask("grocer", "key", 5, burn_five)
    assert (again.status, again.replayed) == (402, True)
    assert ledger.ask("grocer", "key", 6, burn_five).body["code"] == "idempotency_key_reused"
    assert ledger.ask("grocer", "other", 5, burn_five).status == 201


def test_nobody_returns_more_than_was_there() -> None:
    ledger = coalition()
    earn(ledger, "grocer", "p", 100)
    burned = burn(ledger, "fuel", "p", 70)
    follow.reverse_redemption(ledger, "fuel", burned, points=50)
    with pytest.raises(Refusal, match="reversal_too_large"):
        follow.reverse_redemption(ledger, "fuel", burned, points=21)


def test_a_day_begins_when_the_clock_there_says_so_even_where_midnight_is_left_out() -> None:
    new_york, sao_paulo = ZoneInfo("America/New_York"), ZoneInfo("America/Sao_Paulo")
    assert days.first_instant(days.day_of(FEBRUARY, new_york), new_york) == datetime(2017, 2, 9, 5, tzinfo=UTC)
    spring = datetime(2017, 10, 15, 3, tzinfo=UTC)  # 00:00 there, or would be: the clock goes on to 01:00
    assert days.first_instant(spring.date(), sao_paulo) == spring


@pytest.mark.parametrize(
    ("rule", "months", "calendar", "earned", "last"),
    [
        ("months_from_earning", 1, "gregorian", "2020-01-31", "2020-02-29"),
        ("months_from_earning", 12, "gregorian", "2020-02-29", "2021-02-28"),
        ("end_of_quarter", 0, "gregorian", "2017-02-11", "2017-03-31"),
        ("end_of_year", 12, "gregorian", "2017-02-11", "2018-12-31"),
        ("end_of_year", 0, "jalali", "2025-03-20", "2025-03-20"),  # 30 Esfand of a leap year
        ("end_of_year", 0, "jalali", "2025-03-21", "2026-03-20"),  # Nowruz
        ("end_of_quarter", 0, "jalali", "2025-03-21", "2025-06-21"),
        ("months_from_earning", 6, "jalali", "2025-04-20", "2025-10-22"),
    ],
)
def test_points_live_to_the_end_of_a_day_of_either_calendar(
    rule: str, months: int, calendar: str, earned: str, last: str
) -> None:
    policy = Policy(rule, months, UTC_ZONE, calendar)
    until = policy.life(datetime.fromisoformat(f"{earned}T12:00:00Z")).until
    assert until == datetime.fromisoformat(f"{last}T00:00:00Z") + timedelta(days=1)


def test_the_law_of_a_place_goes_before_the_programme_unless_it_only_sets_a_minimum() -> None:
    ledger = coalition()
    grocer = replace(ledger.partners["grocer"].contracts[0], programme="club")

    def lives(place: str | None) -> Life:
        return life_of(*policies_for(ledger.decisions, grocer, place, JANUARY, UTC_ZONE), JANUARY)

    assert lives("CA-QC").until == datetime(2019, 1, 11, tzinfo=UTC)
    ledger.decisions += [
        Decision("club", "", START, Policy("end_of_year", 0, UTC_ZONE)),
        Decision("", "CA", START, Policy("months_from_earning", 36, UTC_ZONE), is_minimum=True),
        Decision("", "CA-QC", START, Policy("never", 0, UTC_ZONE)),
    ]
    assert lives(None).until == datetime(2018, 1, 1, tzinfo=UTC)
    assert lives("CA-ON").until == datetime(2020, 1, 11, tzinfo=UTC)
    assert lives("CA-QC") == Life()


def test_points_of_an_owner_who_is_seen_expire_later() -> None:
    ledger = coalition()
    ledger.decisions.append(Decision("", "IR", START, Policy("inactivity", 1, UTC_ZONE)))
    member = ledger.members["p"]
    member.place = "IR"
    earn(ledger, "grocer", "p", 100)
    ledger.advance(datetime(2017, 2, 10, 23, tzinfo=UTC))
    burn(ledger, "grocer", "p", 30)
    ledger.advance(datetime(2017, 3, 10, 23, tzinfo=UTC))
    assert member.wallet.balance["available"] == 70
    assert [entry.operation for entry in member.wallet.extensions] == ["extension"]
    ledger.advance(datetime(2017, 3, 11, tzinfo=UTC))
    assert member.wallet.balance["available"] == 0
    assert member.wallet.extensions == [], "nobody wrote the new date down while it held"


def test_the_oracle_shares_no_line_with_the_network() -> None:
    imported = set()
    for path in Path(str(tests.oracle.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    ours = {name for name in imported if name.startswith(("network", "partner_sdk", "tests"))}
    assert {name for name in ours if not name.startswith("tests.oracle")} == set()
