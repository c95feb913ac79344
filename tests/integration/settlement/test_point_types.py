"""Points of several types through a whole month, worked out by hand: earned, burned elsewhere, netted, booked, proven.

The grocer pays 0.0115 for a point at issue (0.0100 and a fee of 0.0015), and is reimbursed 0.0090. Of its bonus points
it pays a quarter of 0.0103 (0.0100 and 0.0003) at issue, and is reimbursed 0.0080. The fuel station is reimbursed
0.0090, and 0.0075 for bonus points, whoever issued them. Of goodwill points nobody says anything.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from network.accounting import service as accounting
from network.accounting.checks import CHECKS as BOOK_CHECKS
from network.accounting.domain import Account
from network.adjustments import service as adjustments
from network.infrastructure.checks import run
from network.infrastructure.database import db
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import show
from network.members.service import wallet_of_member
from network.partners import service as partners
from network.partners.domain import ContractTerms, PointType, TypeRates
from network.settlement import service as settlement
from network.settlement.domain import Position
from partner_sdk.proof import Contract, Keys, Receipt, verify
from tests.fixtures import Coalition, Customer, Till, day
from tests.integration.settlement.ledger import broken, close_due
from tests.integration.settlement.recompute import recompute

GROCERS = TypeRates(
    point_type=PointType.BONUS,
    redemption_element=Decimal("0.0100"),
    service_fee=Decimal("0.0003"),
    reimbursement_rate=Decimal("0.0080"),
    funded_at_issue=Decimal("0.25"),
)
FUELS = replace(
    GROCERS, service_fee=Decimal("0.0015"), reimbursement_rate=Decimal("0.0075"), funded_at_issue=Decimal(1)
)


class Month:
    """January: the tills, the member, and the answers that the partners keep."""

    def __init__(self, coalition: Coalition) -> None:
        self.tills = {
            "grocer": coalition.join("grocer", rates_by_type=(GROCERS,)),
            "fuel": coalition.join("fuel", rates_by_type=(FUELS,)),
            "coffee": coalition.join("coffee"),
        }
        self.kept: dict[str, list[dict[str, Any]]] = {code: [] for code in self.tills}
        coalition.at(day(1, 9))
        self.sara = coalition.enrol(self.tills["grocer"])
        for code in ("fuel", "coffee"):
            self.tills[code].post("/v1/members/lookup", {"card_number": self.sara.card_number})
        self._keep("grocer", self.tills["grocer"].earn(self.sara, 3_001_00, point_type="bonus"))
        coalition.at(day(1, 10))
        self._keep("grocer", self.tills["grocer"].earn(self.sara, 10_000_00))
        coalition.at(day(1, 11))
        self._give_goodwill(self.tills["grocer"], self.sara)
        coalition.at(day(1, 20))
        for code, points in (("grocer", 501), ("fuel", 5_000), ("coffee", 6_900)):
            self._keep(code, self.tills[code].redeem(self.sara, points))
        coalition.at(day(2, 1))
        close_due()

    def _keep(self, code: str, answer: Any) -> None:
        assert answer.status_code == 201, answer.text
        self.kept[code].append(answer.json)

    def _give_goodwill(self, till: Till, member: Customer) -> None:
        adjustments.propose(
            wallet_id=wallet_of_member(member.member_id),
            issuer_id=till.partner_id,
            currency="USD",
            points=400,
            reason="goodwill",
            person="maryam",
        )

    def position(self, code: str) -> Position:
        (statement,) = settlement.list_statements(self.tills[code].partner_id)
        return statement.position

    def terms(self, code: str) -> ContractTerms:
        return partners.get_contract_in_force(self.tills[code].partner_id, "USD", day(2, 1)).terms


@pytest.fixture
def month(coalition: Coalition) -> Month:
    return Month(coalition)


def test_a_month_of_base_bonus_and_goodwill_points_is_netted_to_the_cent(month: Month) -> None:
    """Issue: 3,001 x 0.25 x 0.0103 + 10,000 x 0.0115 + 400 x 0.0115 = 7.727575 + 115 + 4.60 = 127.33.

    Burned: 501 bonus at the grocer's own (x 0.25 x 0.0080 = 1.002); 2,500 bonus and 2,500 base at the fuel station
    (x 0.0075 + x 0.0090 = 41.25), for which the grocer owes 2,500 x 0.75 x 0.0103 = 19.3125; 6,900 base at the coffee
    shop (62.10).
    """
    assert month.position("grocer") == Position(issue_minor=127_33, redemption_minor=1_00, deferred_minor=19_31)
    assert month.position("fuel") == Position(redemption_minor=41_25)
    assert month.position("coffee") == Position(redemption_minor=62_10)
    lots = db.session.execute(
        text(
            "SELECT c.point_type, l.issued, l.remaining FROM lot l JOIN contract_version c USING (contract_id)"
            " ORDER BY l.issued_at"
        )
    )
    assert [tuple(row) for row in lots] == [("bonus", 3_001, 0), ("base", 10_000, 600), ("goodwill", 400, 400)]
    assert broken() == {}


def test_an_auditor_computes_the_month_again_from_its_export(month: Month) -> None:
    computed, stated = recompute(settlement.export_cycle("USD-2017-01"))
    assert computed == stated
    grocers = {leg: amount for leg, amount in stated["grocer"].items() if amount}
    assert grocers == {"issue": 127_33, "redemption": 1_00, "deferred": 19_31}


def test_the_books_of_the_month_are_exact(month: Month) -> None:
    """Of 127.33, 3,001 x 0.25 x 0.0100 + 10,400 x 0.0100 = 111.50 is for redemptions; 1,000 points of 0.0100 are left.

    So 101.50 of it is earned. Of the 19.31 called at the burn, 2,500 x 0.75 x 0.0003 = 0.56 is the service fee.
    """
    number = settlement.get_cycle("2017-01").cycle_id
    settlement.submit(number, person="maryam")
    settlement.approve(number, person="reza")
    accounting.keep_books()
    found = dict.fromkeys(Account, 0)
    for each in accounting.balances():
        found[each.account] += each.amount_minor
    assert {account.name: amount for account, amount in found.items() if amount} == {
        "CONTRACT_LIABILITY": -10_00,
        "SERVICE_REVENUE": -(15_83 + 56),
        "REDEMPTION_REVENUE": -(101_50 + 18_75),
        "COST": 104_35,
        "RECEIVABLE": 145_64,
        "PAYABLE": -103_35,
    }
    assert [finding.check.name for finding in run(BOOK_CHECKS) if not finding.holds] == []


def test_every_partner_verifies_the_rates_of_each_type_by_its_own_contract(month: Month) -> None:
    """And finds it when bonus points are billed at a rate that it has not signed."""
    settlement.prove_cycle("2017-01")
    for code in month.tills:
        told = contracts_of(month.terms(code))
        assert findings(month, code, told) == []
    assert set(findings(month, "grocer", contracts_of(month.terms("coffee")))) == {"re_rated_line"}
    assert set(findings(month, "fuel", contracts_of(month.terms("coffee")))) == {"re_rated_line"}


def test_new_rates_of_a_type_are_tried_on_the_month(month: Month) -> None:
    """Were bonus points paid for in full at issue: 3,001 x 0.0103 = 30.9103 + 119.60, nothing deferred, 4.008 on-us."""
    terms = replace(month.terms("grocer"), rates_by_type=(replace(GROCERS, funded_at_issue=Decimal(1)),))
    (preview,) = settlement.preview_terms(month.tills["grocer"].partner_id, terms)
    assert preview.before == month.position("grocer")
    assert preview.after == Position(issue_minor=150_51, redemption_minor=4_01)


def test_later_versions_change_nothing_of_points_that_are_there(month: Month, coalition: Coalition) -> None:
    """600 base and 400 goodwill points of the first version burn at the fuel station under its second one, which names
    goodwill points: 600 x 0.0090 + 400 x 0.0050 = 7.40."""
    second = replace(FUELS, point_type=PointType.GOODWILL, reimbursement_rate=Decimal("0.0050"))
    coalition.sign(month.tills["fuel"].partner_id, valid_from=day(2, 1), rates_by_type=(second,))
    set_clock(day(2, 2))
    assert month.tills["fuel"].redeem(month.sara, 1_000).json["value_minor"] == 10_00
    set_clock(day(3, 1))
    close_due()
    february, _ = settlement.list_statements(month.tills["fuel"].partner_id)
    assert february.position == Position(redemption_minor=7_40)
    computed, stated = recompute(settlement.export_cycle("USD-2017-02"))
    assert computed == stated
    assert broken() == {}


def findings(month: Month, code: str, contracts: list[Contract]) -> list[str]:
    till = month.tills[code]
    name = till.get("/v1/settlements").json["data"][0]["id"]
    partner = show("par", till.partner_id)
    receipts = [Receipt.of(answer, partner) for answer in month.kept[code]]
    report = verify(
        till.get(f"/v1/settlements/{name}/proof").text,
        keys=Keys(till.get("/v1/proofs/keys").json),
        partner=partner,
        receipts=[each for each in receipts if each],
        contracts=contracts,
        statement=till.get(f"/v1/settlements/{name}").json,
    )
    return [finding.kind for finding in report.findings]


def contracts_of(terms: ContractTerms) -> list[Contract]:
    """A partner's first version, once for each type that it names."""
    named = (PointType.BASE, *(each.point_type for each in terms.rates_by_type))
    return [
        Contract(
            version=1,
            currency="USD",
            valid_from="2017-01-01T00:00:00Z",
            issuance_price=str(terms.of(each).issuance_price),
            funded_at_issue=str(terms.of(each).funded_at_issue),
            reimbursement_rate=str(terms.of(each).reimbursement_rate),
            point_type=each.value,
        )
        for each in named
    ]
