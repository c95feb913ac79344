"""Partners join, are suspended, and leave."""

from uuid import UUID

from network.audit.service import record
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners.domain import OPERATOR_CODE, Partner, PartnerStatus, check_code, check_name
from network.partners.errors import OperatorStays, PartnerCodeTaken
from network.partners.events import PartnerJoined
from network.partners.repository import partners as repository
from network.partners.service.find import found, get_partner, locked


def create_partner(*, code: str, name: str, name_fa: str, trusts_cards: bool = False) -> Partner:
    """A new partner, active and without a contract. `trusts_cards`: see `trust_cards`.

    Raises BadPartner, PartnerCodeTaken.
    """
    if check_code(code) == OPERATOR_CODE:
        raise PartnerCodeTaken(field="code")
    with transaction():
        joined = _join(code, check_name(name), check_name(name_fa, field="name_fa"), is_operator=False)
        return trust_cards(joined.partner_id, True) if trusts_cards else joined


def ensure_operator(*, name: str = "Operator", name_fa: str = "گرداننده") -> Partner:
    """The operator as a partner; made at the first call, with these names. Safe to call at once from everywhere."""
    with transaction():
        operator = repository.find_operator()
        try:
            return operator or _join(OPERATOR_CODE, check_name(name), check_name(name_fa), is_operator=True)
        except PartnerCodeTaken:  # somebody else was faster, and has committed by now
            return found(repository.find_operator())


def trust_cards(partner_id: UUID, trusts_cards: bool) -> Partner:
    """Agree with a partner that a card alone lets its bearer burn there, or that it doesn't any more.

    For tills that can neither scan nor type a code. A copied card burns there, at the partner's risk by its contract;
    what a member has locked or limited itself holds there as well. Raises PartnerNotFound.
    """
    with transaction():
        before = locked(partner_id)
        repository.set_trusts_cards(partner_id, trusts_cards)
        told = {"trusts_cards": before.trusts_cards}, {"trusts_cards": trusts_cards}
        record("partners.cards", "partner", show("par", partner_id), before=told[0], after=told[1])
        return get_partner(partner_id)


def suspend_partner(partner_id: UUID) -> Partner:
    """Stop the issuing at a partner's tills; burning goes on. Raises PartnerNotFound, PartnerHasLeft."""
    return _move(partner_id, PartnerStatus.SUSPENDED)


def reinstate_partner(partner_id: UUID) -> Partner:
    """Let a suspended partner issue again. Raises PartnerNotFound, PartnerHasLeft."""
    return _move(partner_id, PartnerStatus.ACTIVE)


def part_with(partner_id: UUID) -> Partner:
    """A partner leaves, for good; its outstanding lots burn on elsewhere.

    Raises PartnerNotFound, PartnerHasLeft, and OperatorStays for the operator.
    """
    return _move(partner_id, PartnerStatus.LEFT)


def _join(code: str, name: str, name_fa: str, *, is_operator: bool) -> Partner:
    partner = Partner(
        partner_id=new_id(),
        code=code,
        name=name,
        name_fa=name_fa,
        is_operator=is_operator,
        status=PartnerStatus.ACTIVE,
        created_at=network_now(),
    )
    if not repository.insert_partner(partner):
        raise PartnerCodeTaken(field="code")
    record("partners.join", "partner", show("par", partner.partner_id), after={"code": code})
    announce(
        PartnerJoined(partner_id=partner.partner_id, code=code, is_operator=is_operator, joined_at=partner.created_at)
    )
    return partner


def _move(partner_id: UUID, status: PartnerStatus) -> Partner:
    with transaction():
        before = locked(partner_id)
        if before.is_operator and status is PartnerStatus.LEFT:
            raise OperatorStays
        repository.set_partner_status(partner_id, status)
        told = {"status": before.status.value}, {"status": status.value}
        record("partners.status", "partner", show("par", partner_id), before=told[0], after=told[1])
        return get_partner(partner_id)
