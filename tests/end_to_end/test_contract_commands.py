"""What an operator types about calendars, contracts, blocks and credit; each command is a process of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.fixtures import Coalition, day
from tests.staffing import at_shell

if TYPE_CHECKING:
    from tests.live import Installation

RATES = (
    *("--currency", "USD", "--redemption-element", "0.0100", "--service-fee", "0.0015"),
    *("--reimbursement-rate", "0.0090", "--member-value", "0.0100"),
)
SINCE = ("--valid-from", "2017-01-01T00:00:00+00:00")
CHARGES = (
    *("--fee-per-cycle-minor", "1000", "--fee-share-of-gross", "0.02", "--tax", "fee=0.09:invoice", "--tax"),
    *("issue=0.09", "--credit-limit-minor", "500000", "--type-rates", "bonus:service_fee=0.0005,funded_at_issue=0.5"),
)


def test_a_contract_is_tried_proposed_and_signed_by_both_sides(
    installation: Installation, coalition: Coalition
) -> None:
    told = installation.run(
        "settlement", "calendar", "--currency", "IRR", "--period", "ten_days", "--calendar", "jalali",
        "--time-zone", "Asia/Tehran", "--cut-off", "18",
    )  # fmt: skip
    assert told.strip() == "IRR is cleared by the ten days of Asia/Tehran, jalali, days ending at 18:00."
    grocer = coalition.join("grocer")
    member = coalition.enrol(grocer)
    grocer.earn(member, 1_000_00)
    coalition.at(day(2, 2))
    installation.run("settlement", "due")
    at_shell("maryam", "reza")
    at_shell("parvin", partner_id=grocer.partner_id)
    later = ("--valid-from", "2017-03-01T00:00:00+00:00")

    installation.run("partner", "sign", "grocer", *RATES, *later, status=1)
    assert "-11.50 USD" in installation.run("contract", "preview", "grocer", *RATES, *later, *CHARGES)
    proposed = installation.run("contract", "propose", "grocer", *RATES, *later, *CHARGES, "--by", "maryam")
    (number,) = re.findall(r"prp_\w{26}", proposed)
    # 10.00 and 2 % of 11.50 are 10.23; 9 % of 11.50 and of 10.23 are 1.04 and 0.92
    assert re.search(r"USD 2017-01 +│ -11\.50 USD │ -23\.69 USD +│ -12\.19 USD │ 12\.19 USD", proposed)
    assert number in installation.run("contract", "list")
    assert "signed by the partner" in installation.run("contract", "sign", number, "--for", "partner", "--by", "Parvin")
    installation.run("contract", "sign", number, "--for", "operator", "--by", "parvin", status=1)
    signed = installation.run("contract", "sign", number, "--for", "operator", "--by", "reza")
    assert "signed by both; in force from 2017-03-01T00:00:00+00:00" in signed
    installation.run("contract", "withdraw", number, status=1)
    rates = installation.run("contract", "rates", "grocer")
    assert re.search(r"2 +│ 2017-03-01 00:00 │ USD +│ base +│ 0\.0115 │ 0\.0015 │ 0\.0090 +│ 1 ", rates)
    assert re.search(r"2 +│ 2017-03-01 00:00 │ USD +│ bonus +│ 0\.0105 │ 0\.0005 │ 0\.0090 +│ 0\.5 ", rates)

    coalition.at(day(3, 5))
    grocer.earn(member, 1_000_00)
    coalition.at(day(4, 2))
    installation.run("settlement", "due")
    shown = installation.run("settlement", "show", "USD-2017-03")
    assert re.search(r"grocer .* 10\.23 USD +│ 1\.96 USD .*│ -23\.69 USD", shown)
    assert "Every invariant holds" in installation.run("ledger", "check")


def test_blocks_are_bought_listed_and_ordered(installation: Installation, coalition: Coalition) -> None:
    installation.run("partner", "add", "kiosk", "Kiosk")
    thresholds = ("--low-points", "50", "--critical-points", "10", "--topup-points", "200")
    installation.run("partner", "sign", "kiosk", *RATES, *SINCE, "--prepaid", *thresholds)
    at_shell("maryam", "reza")
    bought = installation.run("prepaid", "buy", "kiosk", "40", "--currency", "USD", "--by", "maryam")
    assert bought.strip().endswith(": 40 points for 0.46 USD")
    reserve = installation.run("prepaid", "buy", "kiosk", "100", "--currency", "USD", "--reserve", "--by", "maryam")
    assert "reserve of 100 points for 1.15 USD" in reserve
    listed = installation.run("prepaid", "list", "kiosk")
    assert "reserve" in listed
    assert "0.46 USD" in listed
    watched = installation.run("prepaid", "watch")
    assert "2 facts" in watched
    (order,) = re.findall(r"ord_\w{26}", installation.run("prepaid", "orders"))
    assert "200 points for 2.30 USD" in installation.run("prepaid", "fill", order, "--by", "reza")
    installation.run("prepaid", "cancel", order, status=1)
