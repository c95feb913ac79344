"""Fees, tax and breakage of a whole cycle: netted, stated, checked, exported, and shown to the partner."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import text

from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.partners import service as partners
from network.partners.domain import BankDetails, Conditions, ContractLeg, Document, LegTerms
from network.settlement import service as settlement
from network.settlement.domain import Cycle, Position
from network.wallet import service as wallet
from tests.fixtures import day
from tests.integration.settlement.ledger import Ledger, broken, close_due
from tests.integration.settlement.recompute import recompute

TAXED = tuple(LegTerms(leg, Decimal("0.09"), Document.INVOICE) for leg in (ContractLeg.ISSUE, ContractLeg.FEE))
BANK = BankDetails(holder="Delicatessen", iban="GB29NWBK60161331926819", bic="NWBKGB2L")
CONDITIONS = Conditions(
    fee_per_cycle_minor=10_00,
    fee_share_of_gross=Decimal("0.02"),
    breakage_share=Decimal("0.5"),
    late_penalty_rate=Decimal("0.08"),
    legs=TAXED,
    bank=BANK,
)


def test_a_version_keeps_its_conditions(ledger: Ledger) -> None:
    ledger.join("deli", conditions=CONDITIONS)
    (contract,) = partners.list_contracts(ledger.partner("deli"))
    assert set(contract.terms.conditions.legs) == set(TAXED)
    assert contract.terms.conditions.bank == BANK
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
