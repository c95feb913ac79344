"""Fees, tax and the issuers' share of breakage: hand-computed cases, and what must hold for any matrix."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.partners.domain import Conditions, ContractLeg, Document, LegTerms
from network.settlement.domain import Expired, Flow, Leg, Line, Netting, Position, Tariff, charge, document_of, net
from tests.unit.settlement.test_netting import COFFEE, FUEL, GROCER, OPERATOR, drawn, issued, month_one

ALL_LEGS = (Leg.ISSUE, Leg.REDEMPTION, Leg.DEFERRED, Leg.BREAKAGE, Leg.FEE)


def tariff(fee_minor: int = 0, share: str = "0", tax: str | None = None, *, is_active: bool = True) -> Tariff:
    """A tariff whose one tax rate is on everything."""
    rates = dict.fromkeys(ALL_LEGS, Decimal(tax)) if tax else {}
    return Tariff(
        fee_per_cycle_minor=fee_minor, fee_share_of_gross=Decimal(share), tax_rates=rates, is_active=is_active
    )


def lapsed(issuer: UUID, points: int, *, share: str, funded: str = "1", element: str = "0.0100") -> Expired:
    return Expired(
        issuer_id=issuer,
        points=points,
        funded_at_issue=Decimal(funded),
        redemption_element=Decimal(element),
        breakage_share=Decimal(share),
    )


def charged(flows: list[Flow], tariffs: Mapping[UUID, Tariff], *expired: Expired, currency: str = "USD") -> Netting:
    return charge(currency, net(currency, OPERATOR, flows), tariffs, expired)


def hybrid() -> list[Flow]:
    """A quarter of the price is due at issue, the rest when a point burns elsewhere."""
    return [
        issued(GROCER, 10_000, price="0.0115", funded="0.25"),
        drawn(GROCER, FUEL, 4_000, price="0.0115", funded="0.25"),
        drawn(GROCER, GROCER, 1_000, price="0.0115", funded="0.25"),
    ]


def test_a_hybrid_partner_pays_its_fee_and_the_tax_of_each_leg_to_the_cent() -> None:
    """Gross 28.75 + 34.50 + 2.25 = 65.50; fee 10.00 + 2 % of it = 11.31. Nine per cent of each leg, half to even:
    2.5875 = 2.59, 3.105 = 3.10, -0.2025 = -0.20, 1.0179 = 1.02; together 6.51.
    """
    netting = charged(hybrid(), {GROCER: tariff(10_00, "0.02", "0.09")})
    assert netting.position(GROCER) == Position(
        issue_minor=28_75, redemption_minor=2_25, deferred_minor=34_50, fee_minor=11_31, tax_minor=6_51
    )
    assert netting.position(GROCER).net_minor == 2_25 - 28_75 - 34_50 - 11_31 - 6_51 == -78_82
    assert netting.position(FUEL) == Position(redemption_minor=36_00)
    assert netting.operator.net_minor == 78_82 - 36_00 == 42_82
    taxes = {line.base_leg: line.amount_minor for line in netting.lines if line.leg is Leg.TAX}
    assert taxes == {Leg.ISSUE: 2_59, Leg.REDEMPTION: 20, Leg.DEFERRED: 3_10, Leg.FEE: 1_02}
    assert next(line for line in netting.lines if line.base_leg is Leg.REDEMPTION).creditor_id == GROCER


def test_worked_example_a_with_ten_per_cent_tax_and_a_fee_of_five_dollars() -> None:
    """Tax is owed on issue and fee and due on redemption: A 115.00 + 0.50 - 4.50, B 23.00 + 0.50 - 54.00."""
    everybody = dict.fromkeys((GROCER, FUEL, COFFEE), tariff(5_00, tax="0.10"))
    netting = charged(month_one(price="0.0115", funded="1"), everybody)
    assert [(each.fee_minor, each.tax_minor) for each in netting.positions.values()] == [
        (5_00, 111_00),
        (5_00, -30_50),
        (5_00, -6_00),
    ]
    assert [each.net_minor for each in netting.positions.values()] == [-1_221_00, 335_50, 66_00]
    assert netting.operator.net_minor == 1_221_00 - 335_50 - 66_00


@pytest.mark.parametrize(
    ("currency", "price", "issue", "fee", "tax"),
    [("USD", "0.0115", 11_50, 1_15, 1_14), ("IRR", "450", 450_000, 45_000, 44_550), ("KWD", "0.0035", 3_500, 350, 347)],
)
def test_fee_and_tax_are_whole_minor_units_of_any_currency(
    currency: str, price: str, issue: int, fee: int, tax: int
) -> None:
    """A thousand points, a fee of a tenth of gross, nine per cent on both: 103.5 = 104 and 10.35 = 10 cents; 40,500 and
    4,050 rials; 315 and 31.5 = 32 mills.
    """
    netting = charged([issued(GROCER, 1_000, price=price)], {GROCER: tariff(0, "0.1", "0.09")}, currency=currency)
    taxes = [line.amount_minor for line in netting.lines if line.leg is Leg.TAX]
    assert netting.position(GROCER) == Position(issue_minor=issue, fee_minor=fee, tax_minor=sum(taxes))
    assert sum(taxes) == tax


def test_the_share_of_breakage_goes_back_of_what_was_prefunded() -> None:
    """26,000 points, half of the redemption element of a cent: 130.00; funded to a quarter, 32.50."""
    netting = charged([], {}, lapsed(GROCER, 26_000, share="0.5"), lapsed(FUEL, 26_000, share="0.5", funded="0.25"))
    assert netting.positions == {GROCER: Position(breakage_minor=130_00), FUEL: Position(breakage_minor=32_50)}
    assert netting.operator.net_minor == -162_50
    assert [line.points for line in netting.lines] == [26_000, 26_000]


def test_versions_of_one_issuers_breakage_are_added_before_they_are_rounded() -> None:
    parts = [lapsed(GROCER, 1, share="0.4"), lapsed(GROCER, 1, share="0.3"), lapsed(GROCER, 9, share="0")]
    (line,) = charged([], {}, *parts).lines
    assert (line.points, line.amount_minor) == (2, 1)


def test_a_partner_at_whose_tills_nothing_moved_owes_no_fee() -> None:
    """Its points burned elsewhere: the deferred price is due, and the tax on it, but no fee."""
    away = [drawn(GROCER, FUEL, 1_000, price="0.0115", funded="0")]
    netting = charged(away, {GROCER: tariff(5_00, "0.5", "0.10", is_active=False)})
    assert netting.position(GROCER) == Position(deferred_minor=11_50, tax_minor=1_15)


def test_reversals_turn_the_sign_of_the_tax_and_not_that_of_the_fee() -> None:
    netting = charged([issued(GROCER, -1_000, price="0.0115")], {GROCER: tariff(0, "0.1", "0.10")})
    assert netting.position(GROCER) == Position(issue_minor=-11_50, fee_minor=1_15, tax_minor=-1_15 + 12)


def test_the_operator_is_charged_nothing() -> None:
    flows = [issued(OPERATOR, 1_000, price="0.0115"), drawn(OPERATOR, FUEL, 500, price="0.0115", funded="1")]
    netting = charged(flows, {OPERATOR: tariff(5_00, "0.5", "0.5")}, lapsed(OPERATOR, 100, share="1"))
    assert netting.lines == net("USD", OPERATOR, flows).lines


def test_a_document_follows_from_the_contract_and_from_the_sign() -> None:
    conditions = Conditions(legs=(LegTerms(ContractLeg.FEE, Decimal("0.1"), Document.SELF_BILLED),))
    netting = charged(hybrid(), {GROCER: tariff(10_00, tax="0.1")})
    told = {(line.leg, line.base_leg): document_of(line, conditions) for line in netting.lines}
    assert told[Leg.ISSUE, None] is told[Leg.TAX, Leg.ISSUE] is Document.INVOICE
    assert told[Leg.FEE, None] is told[Leg.TAX, Leg.FEE] is told[Leg.REDEMPTION, None] is Document.SELF_BILLED
    (back,) = charged([issued(GROCER, -1, price="1")], {}).lines
    assert document_of(back, conditions) is Document.CREDIT_NOTE


RATES = st.decimals(0, 1, places=4, allow_nan=False, allow_infinity=False)
PARTIES = st.sampled_from([GROCER, FUEL, COFFEE, OPERATOR])
FLOWS = st.lists(
    st.builds(
        Flow,
        issuer_id=PARTIES,
        redeemer_id=st.none() | PARTIES,
        points=st.integers(-50_000, 200_000),
        issuance_price=st.decimals("0.0001", 2, places=6),
        funded_at_issue=RATES,
        reimbursement_rate=st.decimals("0.0001", 2, places=6),
    ),
    max_size=12,
)
TARIFFS = st.dictionaries(
    PARTIES,
    st.builds(
        Tariff,
        fee_per_cycle_minor=st.integers(0, 100_000),
        fee_share_of_gross=RATES,
        tax_rates=st.dictionaries(st.sampled_from(ALL_LEGS), RATES),
        is_active=st.booleans(),
    ),
)
EXPIRED = st.lists(
    st.builds(
        Expired,
        issuer_id=PARTIES,
        points=st.integers(0, 100_000),
        funded_at_issue=RATES,
        redemption_element=st.decimals("0.0001", 2, places=6),
        breakage_share=RATES,
    ),
    max_size=5,
)


@given(FLOWS, TARIFFS, EXPIRED, st.sampled_from(["USD", "IRR", "KWD"]))
def test_charges_make_and_lose_no_money_whatever_is_charged(
    flows: list[Flow], tariffs: dict[UUID, Tariff], expired: list[Expired], currency: str
) -> None:
    netting = charged(flows, tariffs, *expired, currency=currency)
    assert sum(each.net_minor for each in netting.positions.values()) + netting.operator.net_minor == 0
    assert charged(flows[::-1], tariffs, *expired[::-1], currency=currency) == netting
    assert len({_key(line) for line in netting.lines}) == len(netting.lines)
    for line in netting.lines:
        if line.leg is Leg.TAX:
            assert line.base_leg is not None
            (partner,) = line.parties - {OPERATOR}
            own = [each for each in netting.lines if each.leg is line.base_leg and partner in each.parties]
            exact = Fraction(tariffs[partner].tax_rates[line.base_leg]) * sum(each.amount_minor for each in own)
            assert abs(line.amount_minor - exact) <= Fraction(1, 2)


def _key(line: Line) -> tuple[object, ...]:
    return line.leg, line.issuer_id, line.redeemer_id, line.base_leg
