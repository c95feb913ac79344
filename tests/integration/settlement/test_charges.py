"""Fees, tax and breakage of a whole cycle: netted, stated, checked, exported, and shown to the partner."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy import text

from network.earning.domain import Rule
from network.earning.service import set_earning_rule
from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.partners import service as partners
from network.partners.domain import Conditions, ContractLeg, ContractTerms, Document, LegTerms
from network.settlement import service as settlement
from network.settlement.domain import Cycle, Position
from network.wallet import service as wallet
from tests.fixtures import START, day
from tests.integration.settlement.ledger import Ledger, broken, close_due
from tests.integration.settlement.recompute import recompute
from tests.unit.partners.terms import priced

TAXED = tuple(LegTerms(leg, Decimal("0.09"), Document.INVOICE) for leg in (ContractLeg.ISSUE, ContractLeg.FEE))
CONDITIONS = Conditions(
    fee_per_cycle_minor=10_00,
    fee_share_of_gross=Decimal("0.02"),
    breakage_share=Decimal("0.5"),
    late_penalty_rate=Decimal("0.08"),
    legs=TAXED,
)


def test_a_version_keeps_its_conditions(ledger: Ledger) -> None:
    ledger.join("deli", conditions=CONDITIONS)
    (contract,) = partners.list_contracts(ledger.partner("deli"))
    assert set(contract.terms.conditions.legs) == set(TAXED)
    assert contract.terms.conditions.late_penalty_rate == Decimal("0.08")


def test_a_cycle_is_closed_with_fees_tax_and_breakage_and_computed_again(ledger: Ledger) -> None:
    """January: deli issues 1,000 points for 11.50, a tenth of which burn at the grocer's; its fee is 10.00 + 0.23.

    Tax is 9 % of 11.50 (1.035 = 1.04) and of 10.23 (0.9207 = 0.92). A month later 900 points expire: half of 9.00.
    """
    ledger.join("deli", months=1, conditions=CONDITIONS)
    set_clock(day(1, 5))
    ledger.earn("p", "deli", 1_000)
    ledger.burn("p", "grocer", 100)
    set_clock(day(2, 1))
    close_due()
    (january,) = settlement.list_statements(ledger.partner("deli"))
    assert january.position == Position(issue_minor=11_50, fee_minor=10_23, tax_minor=1_96)
    set_clock(day(2, 10))
    wallet.sweep_due()
    set_clock(day(3, 1))
    close_due()
    february, _ = settlement.list_statements(ledger.partner("deli"))
    assert february.position == Position(breakage_minor=4_50)
    assert broken() == {}
    for name in ("2017-01", "2017-02"):
        computed, stated = recompute(settlement.export_cycle(name))
        assert computed == stated
    assert stated["deli"]["breakage"] == 4_50


def test_a_partner_reads_its_fee_and_its_taxes_line_by_line_and_by_document(ledger: Ledger) -> None:
    ledger.join("deli", conditions=CONDITIONS)
    set_clock(day(1, 5))
    ledger.earn("p", "deli", 1_000)
    close_january()
    till = ledger.tills["deli"]
    (january,) = till.get("/v1/settlements").json["data"]
    assert (january["fee_minor"], january["tax_minor"], january["net_minor"]) == (10_23, 1_96, -23_69)
    lines = till.get(f"/v1/settlements/{january['id']}").json["lines"]
    assert [(line["leg"], line["base_leg"], line["document"], line["amount_minor"]) for line in lines] == [
        ("issue", None, "invoice", 11_50),
        ("fee", None, "invoice", 10_23),
        ("tax", "issue", "invoice", 1_04),
        ("tax", "fee", "invoice", 92),
    ]


def test_fees_are_those_of_the_version_in_force_when_the_cycle_ends(ledger: Ledger) -> None:
    ledger.join("deli", conditions=Conditions(fee_per_cycle_minor=5_00))
    ledger.coalition.sign(
        ledger.partner("deli"), valid_from=day(1, 31), conditions=Conditions(fee_per_cycle_minor=7_00)
    )
    ledger.coalition.sign(ledger.partner("deli"), valid_from=day(2, 1, 0), conditions=CONDITIONS)
    set_clock(day(1, 5))
    ledger.earn("p", "deli", 1_000)
    report = settlement.cycle_report(close_january())
    assert next(each for each in report.positions if each.partner == "deli").fee_minor == 7_00
    assert broken() == {}


def close_january() -> Cycle:
    set_clock(day(2, 1) + timedelta(hours=1))
    close_due()
    return settlement.get_cycle("USD-2017-01")


def test_the_check_finds_a_fee_that_nobody_agreed_to(ledger: Ledger) -> None:
    ledger.join("deli", conditions=CONDITIONS)
    set_clock(day(1, 5))
    ledger.earn("p", "deli", 1_000)
    close_january()
    db.session.execute(text("ALTER TABLE settlement_line DISABLE TRIGGER USER"))
    db.session.execute(text("UPDATE settlement_line SET amount_minor = amount_minor + 1 WHERE leg = 'fee'"))
    db.session.execute(text("ALTER TABLE settlement_line ENABLE TRIGGER USER"))
    db.session.commit()
    assert "fees = contracts" in broken()


def test_two_currencies_net_apart_each_by_its_own_calendar_contract_and_tax(ledger: Ledger) -> None:
    """Dollars, funded to a quarter: the hybrid case of the unit tests, 65.50 of gross. Rials, with no minor unit: 2,001
    points at 115, fee 0.5 % of 230,115 = 1,150.575, tax 9 % of 230,115 and of 1,151: 20,710.35 and 103.59.
    """
    nine = tuple(LegTerms(leg, Decimal("0.09"), Document.INVOICE) for leg in ContractLeg)
    dollars = Conditions(fee_per_cycle_minor=10_00, fee_share_of_gross=Decimal("0.02"), legs=nine)
    ledger.join("deli", funded="0.25", conditions=dollars)
    settlement.ensure_calendar("IRR", "month", "Asia/Tehran", calendar="jalali")
    rials = Conditions(fee_share_of_gross=Decimal("0.005"), legs=nine)
    for code, conditions in (("deli", rials), ("fuel", Conditions())):
        partner_id = ledger.partner(code)
        partners.conclude_contract(partner_id, priced_in_rials(conditions))
        set_earning_rule(partner_id, "IRR", START, Rule(Decimal("0.001")))
    set_clock(day(1, 5))
    deli, fuel, member = ledger.tills["deli"], ledger.tills["fuel"], ledger._member("p", "deli")
    ledger._member("p", "fuel")
    assert deli.earn(member, 10_000_00).json["points"] == 10_000
    assert deli.earn(member, 2_001_999, currency="IRR").json["points"] == 2_001
    for till, points, currency in ((fuel, 4_000, "USD"), (deli, 1_000, "USD"), (fuel, 501, "IRR")):
        assert till.redeem(member, points, currency=currency).status_code == 201
    set_clock(day(2, 1))
    close_due()

    in_dollars = settlement.cycle_report(settlement.get_cycle("USD-2017-01"))
    assert {each.partner: each.net_minor for each in in_dollars.positions} == {"deli": -78_82, "fuel": 36_00}
    in_rials = settlement.cycle_report(settlement.get_cycle("IRR-1395-10"))
    assert {each.partner: each.net_minor for each in in_rials.positions} == {"deli": -252_080, "fuel": 45_090}
    (told,) = [each for each in in_rials.positions if each.partner == "deli"]
    assert (told.issue_minor, told.fee_minor, told.tax_minor) == (230_115, 1_151, 20_710 + 104)
    assert (in_dollars.operator.net_minor, in_rials.operator.net_minor) == (42_82, 206_990)
    for name, digits in (("USD-2017-01", 2), ("IRR-1395-10", 0)):
        computed, stated = recompute(settlement.export_cycle(name), digits)
        assert computed == stated
    assert broken() == {}


def priced_in_rials(conditions: Conditions) -> ContractTerms:
    return replace(
        priced(reimbursement="90", value="100", price="115", currency="IRR"),
        redemption_element=Decimal(100),
        service_fee=Decimal(15),
        conditions=conditions,
    )
