"""Contracts: signed once, found by id or by what was in force when."""

from datetime import datetime
from uuid import UUID

from network.audit.service import record
from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import after_commit, transaction
from network.kernel.clock import show_instant
from network.kernel.identifiers import new_id, show
from network.partners.domain import (
    Contract,
    ContractTerms,
    PointType,
    Standing,
    check_start,
    check_terms,
    guard_against_arbitrage,
)
from network.partners.errors import ContractNotFound, NoContract
from network.partners.events import ContractSigned
from network.partners.repository import partners as repository
from network.partners.service.find import locked

_MOST_REMEMBERED = 1024
_remembered: dict[UUID, Contract] = {}  # versions are never edited, so what was once read stays true


def sign_contract(partner_id: UUID, terms: ContractTerms) -> Contract:
    """Make what both sides have signed the next version of a partner's contract; it can't be edited afterwards.

    People come here by `conclude_contract` and `sign_proposal`, which ask for the signatures. Two signings in one
    currency take turns, so that neither misses the other. Raises PartnerNotFound, PartnerHasLeft, BadTerms,
    ContractTooEarly, and Arbitrage if the coalition's prices would no longer hold against each other.
    """
    with transaction():
        version, now = check_next(partner_id, terms)
        contract = Contract(contract_id=new_id(), partner_id=partner_id, version=version, signed_at=now, terms=terms)
        repository.insert_contracts(contract.for_each_type(new_id))
        told = {"partner": show("par", partner_id), "version": version, "currency": terms.currency}
        told |= {"valid_from": show_instant(terms.valid_from)}
        record("contracts.version", "contract", show("con", contract.contract_id), after=told)
        announce(_signed(contract))
    return contract


def check_next(partner_id: UUID, terms: ContractTerms) -> tuple[int, datetime]:
    """Whether terms could be signed now: the number that the version would have, and the present instant.

    Joins the unit of work, in which nobody else signs in this currency from then on. Raises as `sign_contract`.
    """
    check_terms(terms)
    partner = locked(partner_id)
    repository.lock_currency(terms.currency)
    now = network_now()
    signed = repository.contracts_of(partner_id)
    before = [each.terms.valid_from for each in signed if each.terms.currency == terms.currency]
    check_start(terms.valid_from, previous=max(before, default=None), now=now)
    new = Standing(partner_code=partner.code, version=len(signed) + 1, terms=terms, is_usable=True)
    guard_against_arbitrage(new, repository.standing_versions(terms.currency, now))
    return len(signed) + 1, now


def find_contract_in_force(partner_id: UUID, currency: str, at: datetime) -> Contract | None:
    """The version of a partner's contract in a currency at an instant, if there is one."""
    return repository.find_contract_at(partner_id, currency, at)


def contracts_in_force(currency: str, at: datetime) -> dict[UUID, Contract]:
    """Every partner's version in a currency at an instant, of those that have one; by partner."""
    return {contract.partner_id: contract for contract in repository.contracts_at(currency, at)}


def get_contract_in_force(partner_id: UUID, currency: str, at: datetime) -> Contract:
    """The version of a partner's contract in a currency at an instant. Raises NoContract."""
    contract = find_contract_in_force(partner_id, currency, at)
    if contract is None:
        raise NoContract
    return contract


def contract_by_id(contract_id: UUID) -> Contract:
    """A contract version, remembered from the first reading on. Raises ContractNotFound."""
    remembered = _remembered.get(contract_id)
    if remembered is not None:
        return remembered
    contract = repository.find_contract(contract_id)
    if contract is None:
        raise ContractNotFound
    after_commit(lambda: _remember(contract))  # not before: this unit of work may have signed it, and be undone
    return contract


def contract_for(contract: Contract, point_type: PointType) -> Contract:
    """A version as it holds for a type of points."""
    if contract.point_type is point_type:
        return contract
    version = repository.find_version(contract.partner_id, contract.version)
    return next(each for each in version if each.point_type is point_type)


def list_contracts(partner_id: UUID) -> list[Contract]:
    """Every version of a partner's contract, oldest first."""
    return repository.contracts_of(partner_id)


def _signed(contract: Contract) -> ContractSigned:
    return ContractSigned(
        partner_id=contract.partner_id,
        contract_id=contract.contract_id,
        version=contract.version,
        currency=contract.terms.currency,
        valid_from=contract.terms.valid_from,
        signed_at=contract.signed_at,
    )


def _remember(contract: Contract) -> None:
    if len(_remembered) >= _MOST_REMEMBERED:
        _remembered.clear()
    _remembered[contract.contract_id] = contract
