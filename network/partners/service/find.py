"""Which partners there are."""

from uuid import UUID

from network.partners.domain import Partner, PartnerStatus
from network.partners.errors import PartnerHasLeft, PartnerNotFound
from network.partners.repository import partners as repository


def get_partner(partner_id: UUID) -> Partner:
    """A partner. Raises PartnerNotFound."""
    return found(repository.find_partner(partner_id))


def find_partner_by_code(code: str) -> Partner | None:
    """A partner, if there is one of this code."""
    return repository.find_partner_by_code(code)


def list_partners() -> list[Partner]:
    """Every partner, the operator and those that left included, by code."""
    return repository.all_partners()


def locked(partner_id: UUID) -> Partner:
    """The partner, unchanged by others until the unit of work ends. Raises PartnerNotFound, PartnerHasLeft."""
    partner = found(repository.lock_partner(partner_id))
    if partner.status is PartnerStatus.LEFT:
        raise PartnerHasLeft
    return partner


def found(partner: Partner | None) -> Partner:
    """The partner itself. Raises PartnerNotFound for None."""
    if partner is None:
        raise PartnerNotFound
    return partner
