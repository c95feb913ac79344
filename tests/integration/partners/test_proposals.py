"""A change of a contract is in force only when both sides have signed it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from flask import Flask

from network.infrastructure import outbox
from network.infrastructure.network_clock import set_clock
from network.kernel.identifiers import new_id
from network.partners import service as partners
from network.partners.domain import (
    Conditions,
    ContractLeg,
    Document,
    LegTerms,
    ProposalState,
    Side,
)
from network.partners.errors import (
    AlreadySigned,
    Arbitrage,
    BadTerms,
    ContractTooEarly,
    ProposalClosed,
    ProposalNotFound,
    SameSigner,
    SignaturesMissing,
)
from network.partners.events import ContractSigned, TermsProposed
from tests.fixtures import START, day
from tests.integration.partners.listening import listen
from tests.integration.partners.side_by_side import side_by_side
from tests.unit.partners.terms import EXAMPLE_A, priced, terms

CHANGE = replace(
    EXAMPLE_A,
    valid_from=day(3, 1),
    funded_at_issue=Decimal("0.5"),
    conditions=Conditions(
        fee_share_of_gross=Decimal("0.0125"),
        credit_limit_minor=5_000_00,
        legs=(LegTerms(ContractLeg.FEE, Decimal("0.09"), Document.INVOICE),),
    ),
)


@pytest.fixture
def grocer(app: Flask) -> UUID:
    """A partner under the terms of worked example A since the start of 2017."""
    set_clock(START)
    partners.ensure_operator()
    partner_id = partners.create_partner(code="grocer", name="Grocer", name_fa="بقالی").partner_id
    partners.conclude_contract(partner_id, EXAMPLE_A)
    return partner_id


def in_force(partner_id: UUID, at: datetime) -> int:
    return partners.get_contract_in_force(partner_id, "USD", at).version


def test_a_version_comes_with_the_second_signature_and_says_what_was_proposed(
    grocer: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed, signed = listen(monkeypatch, TermsProposed), listen(monkeypatch, ContractSigned)
    proposal = partners.propose_terms(grocer, CHANGE, person="maryam")
    assert partners.open_proposals() == [proposal]
    assert partners.sign_proposal(proposal.proposal_id, Side.PARTNER, person="Parvin").state is ProposalState.OPEN
    assert in_force(grocer, day(3, 2)) == 1
    done = partners.sign_proposal(proposal.proposal_id, Side.OPERATOR, person="reza")
    assert (done.state, partners.open_proposals()) == (ProposalState.SIGNED, [])
    assert [in_force(grocer, at) for at in (day(2, 28), day(3, 1))] == [1, 2]
    made = partners.get_contract_in_force(grocer, "USD", day(3, 1))
    assert (made.contract_id, made.terms) == (done.contract_id, CHANGE)
    outbox.drain()
    assert [len(proposed), len(signed)] == [1, 1]


def test_the_order_of_the_sides_does_not_matter_but_it_takes_two_people(grocer: UUID) -> None:
    number = partners.propose_terms(grocer, CHANGE, person="maryam").proposal_id
    partners.sign_proposal(number, Side.OPERATOR, person="Maryam")
    with pytest.raises(AlreadySigned):
        partners.sign_proposal(number, Side.OPERATOR, person="reza")
    with pytest.raises(SameSigner):
        partners.sign_proposal(number, Side.PARTNER, person="MARYAM")
    assert len(partners.list_contracts(grocer)) == 1
    partners.sign_proposal(number, Side.PARTNER, person="Parvin")
    with pytest.raises(ProposalClosed):
        partners.sign_proposal(number, Side.PARTNER, person="Parvin")
    with pytest.raises(ProposalClosed):
        partners.withdraw_proposal(number)
    with pytest.raises(ProposalNotFound):
        partners.withdraw_proposal(new_id())


def test_what_was_withdrawn_is_not_signed_any_more(grocer: UUID) -> None:
    number = partners.propose_terms(grocer, CHANGE, person="maryam").proposal_id
    assert partners.withdraw_proposal(number).state is ProposalState.WITHDRAWN
    with pytest.raises(ProposalClosed):
        partners.sign_proposal(number, Side.PARTNER, person="Parvin")


def test_terms_that_could_not_be_signed_are_not_proposed(grocer: UUID) -> None:
    for change, refusal in (
        (replace(CHANGE, valid_from=START - timedelta(days=1)), ContractTooEarly),
        (replace(CHANGE, prepaid=True), BadTerms),
        (priced(reimbursement="0.0070", value="0.0080", price="0.0085", valid_from=day(3, 1)), Arbitrage),
    ):
        with pytest.raises(refusal):
            partners.propose_terms(grocer, change, person="maryam")
    assert partners.open_proposals() == []


def test_the_arbitrage_guard_looks_again_at_the_second_signature(grocer: UUID) -> None:
    """Meanwhile a fuel station came in whose members pay with points at more than the new price."""
    cheaper = terms(redemption_element="0.0085", issuance_price="0.0100", valid_from=day(3, 1))
    number = partners.propose_terms(grocer, cheaper, person="maryam").proposal_id
    partners.sign_proposal(number, Side.OPERATOR, person="reza")
    fuel = partners.create_partner(code="fuel", name="Fuel", name_fa="جایگاه").partner_id
    partners.conclude_contract(fuel, terms(member_value="0.0110"))
    with pytest.raises(Arbitrage):
        partners.sign_proposal(number, Side.PARTNER, person="Parvin")
    (proposal,) = partners.open_proposals()
    assert (proposal.partner, len(partners.list_contracts(grocer))) == (None, 1)


def test_what_was_to_begin_before_it_was_signed_has_to_be_proposed_anew(grocer: UUID) -> None:
    number = partners.propose_terms(grocer, CHANGE, person="maryam").proposal_id
    partners.sign_proposal(number, Side.PARTNER, person="Parvin")
    set_clock(day(3, 2))
    with pytest.raises(ContractTooEarly):
        partners.sign_proposal(number, Side.OPERATOR, person="reza")


def test_only_a_first_contract_is_concluded_without_a_proposal(grocer: UUID) -> None:
    with pytest.raises(SignaturesMissing):
        partners.conclude_contract(grocer, CHANGE)
    partners.conclude_contract(grocer, replace(EXAMPLE_A, currency="EUR"))


def test_both_sides_signing_at_once_make_one_version(grocer: UUID, app: Flask) -> None:
    number = partners.propose_terms(grocer, CHANGE, person="maryam").proposal_id
    outcomes = side_by_side(
        app,
        [
            lambda: partners.sign_proposal(number, Side.PARTNER, person="Parvin"),
            lambda: partners.sign_proposal(number, Side.OPERATOR, person="reza"),
        ]
        * 2,
    )
    assert sorted(type(each).__name__ for each in outcomes) in (
        ["AlreadySigned", "Proposal", "Proposal", "ProposalClosed"],
        ["Proposal", "Proposal", "ProposalClosed", "ProposalClosed"],
    )
    assert len(partners.list_contracts(grocer)) == 2
