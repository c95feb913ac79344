"""Who pays whom, how, and under which names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from network.payments.domain import find_creditor_reference
from network.settlement.domain import (
    BankDetails,
    Cycle,
    Leg,
    Line,
    Method,
    Netting,
    Payment,
    Scheme,
    State,
    instructions_of,
    message_id,
    payments_of,
)
from network.settlement.errors import BankDetailsMissing

_OPERATOR = UUID(int=0)
_AT = datetime(2017, 2, 2, tzinfo=UTC)
_DUE = date(2017, 2, 9)
A, B, C, D = (UUID(int=number) for number in range(1, 5))
_LINES = st.lists(
    st.tuples(st.sampled_from([A, B, C, D]), st.booleans(), st.integers(-1_000, 10_000)), min_size=1, max_size=20
)


def line(partner_id: UUID, *, pays: bool, amount_minor: int) -> Line:
    """A line between a partner and the operator; negative after reversals."""
    return Line(
        leg=Leg.ISSUE if pays else Leg.REDEMPTION,
        issuer_id=partner_id,
        redeemer_id=None if pays else partner_id,
        points=1,
        amount_minor=amount_minor,
        debtor_id=partner_id if pays else _OPERATOR,
        creditor_id=_OPERATOR if pays else partner_id,
    )


@given(_LINES, st.sampled_from(Scheme), st.randoms(use_true_random=False))
def test_payments_settle_all_nets_are_few_and_nobody_pays_more_than_it_owes(lines, scheme, random) -> None:
    netting = Netting(_OPERATOR, tuple(line(who, pays=pays, amount_minor=amount) for who, pays, amount in lines))
    nets = {partner_id: position.net_minor for partner_id, position in netting.positions.items()}
    payments = payments_of(scheme, nets, _OPERATOR)
    for party in {**nets, _OPERATOR: 0}:
        paid = sum(each.amount_minor for each in payments if each.payer_id == party)
        received = sum(each.amount_minor for each in payments if each.payee_id == party)
        owed = (each.amount_minor if each.debtor_id == party else -each.amount_minor for each in netting.lines
                if party in each.parties)  # fmt: skip
        assert received - paid == netting.position(party).net_minor
        assert paid <= sum(amount for amount in owed if amount > 0)
    assert all(each.amount_minor > 0 for each in payments)
    assert len(payments) <= len(nets)  # parties less one: the operator is one of them
    shuffled = list(nets.items())
    random.shuffle(shuffled)
    assert payments_of(scheme, dict(shuffled), _OPERATOR) == payments


def test_without_a_hub_the_largest_debtor_pays_the_largest_creditor_and_equals_go_by_id() -> None:
    nets = {A: -1_105_00, B: 310_00, C: 65_00}  # worked example A; the operator is due 730.00
    assert payments_of(Scheme.BILATERAL, nets, _OPERATOR) == (
        Payment(payer_id=A, payee_id=_OPERATOR, amount_minor=730_00),
        Payment(payer_id=A, payee_id=B, amount_minor=310_00),
        Payment(payer_id=A, payee_id=C, amount_minor=65_00),
    )
    tied = payments_of(Scheme.BILATERAL, {D: -5, B: -5, C: 5, A: 5}, _OPERATOR)
    assert [(each.payer_id, each.payee_id) for each in tied] == [(B, A), (D, C)]


def cycle(currency: str = "EUR") -> Cycle:
    moments = dict.fromkeys(("cut_at", "netted_at", "stated_at", "approved_at"), _AT)
    later = dict.fromkeys(("instructed_at", "paid_at", "closed_at"))
    return Cycle(
        cycle_id=UUID(int=99),
        currency=currency,
        name=f"{currency} 2017-01",
        starts_at=_AT,
        ends_at=_AT,
        state=State.APPROVED,
        version=1,
        boundary_xid=1,
        closed_at_xid=1,
        folded_from_xid=1,
        waiting_reason=None,
        **moments,
        **later,
    )


def details(partner_id: UUID, iban: str | None = "DE89370400440532013000", **more: object) -> BankDetails:
    nothing = dict.fromkeys(("bic", "mandate_id", "mandate_date", "creditor_id", "gateway_account"))
    return BankDetails(partner_id=partner_id, holder="x", iban=iban, valid_from=_AT, **{**nothing, **more})


def methods(known: list[BankDetails], *, currency: str = "EUR", has_gateway: bool = False) -> list[Method]:
    """How A is paid by the operator, and how B pays it."""
    payments = payments_of(Scheme.HUB, {A: 5, B: -5}, _OPERATOR)
    by_partner = {each.partner_id: each for each in known}
    made = instructions_of(cycle(currency), payments, by_partner, _OPERATOR, has_gateway=has_gateway, due_on=_DUE)
    return [each.method for each in made]


def test_how_a_payment_is_made_follows_from_what_is_known_of_both_sides() -> None:
    operator, mandate = details(_OPERATOR, creditor_id="DE1"), {"mandate_id": "M", "mandate_date": date(2017, 1, 1)}
    plain = [operator, details(A), details(B)]
    assert methods(plain) == [Method.CREDIT_TRANSFER, Method.INVOICE]
    assert methods([operator, details(A), details(B, **mandate)]) == [Method.CREDIT_TRANSFER, Method.DIRECT_DEBIT]
    assert methods([operator, details(A), details(B, **mandate)], currency="USD")[1] is Method.INVOICE
    connected = [operator, details(A, None, gateway_account="acct_1")]
    assert methods(connected, has_gateway=True) == [Method.GATEWAY, Method.INVOICE]
    with pytest.raises(BankDetailsMissing) as refusal:
        methods(connected)
    assert refusal.value.extra == {"partner_ids": [A]}
    with pytest.raises(BankDetailsMissing) as refusal:
        methods([])
    assert refusal.value.extra == {"partner_ids": [_OPERATOR, A]}


def test_the_names_of_a_payment_follow_from_its_cycle_and_fit_into_a_bank_file() -> None:
    known = {each: details(each) for each in (_OPERATOR, A, B)}
    payments = payments_of(Scheme.HUB, {A: 5, B: -5}, _OPERATOR)
    one, other = (
        instructions_of(cycle(), payments, known, _OPERATOR, has_gateway=False, due_on=_DUE) for _ in range(2)
    )
    assert one == other
    assert len({each.end_to_end_id for each in one} | {each.reference for each in one}) == 4
    for each in one:
        assert len(each.end_to_end_id) <= 35 and each.end_to_end_id.isalnum()
        assert find_creditor_reference(f"for {each.reference}.") == each.reference
    assert len(message_id(cycle(), "CT")) <= 35
