"""The use cases of partners: join, sign, open stores, be suspended, leave."""

from datetime import datetime
from uuid import UUID

from network.infrastructure.network_clock import network_now
from network.infrastructure.outbox import announce
from network.infrastructure.transaction import after_commit, transaction
from network.kernel.identifiers import new_id
from network.partners import repository
from network.partners.domain import (
    OPERATOR_CODE,
    Contract,
    ContractTerms,
    Partner,
    PartnerStatus,
    Standing,
    Store,
    check_code,
    check_name,
    check_start,
    check_store_code,
    check_terms,
    guard_against_arbitrage,
)
from network.partners.errors import (
    ContractNotFound,
    NoContract,
    PartnerCodeTaken,
    PartnerHasLeft,
    PartnerNotFound,
    StoreCodeTaken,
)
from network.partners.events import ContractSigned, PartnerJoined

_MOST_REMEMBERED = 1024
_remembered: dict[UUID, Contract] = {}  # versions are never edited, so what was once read stays true


def create_partner(*, code: str, name: str, name_fa: str) -> Partner:
    """A new partner, active and without a contract. Raises BadPartner, PartnerCodeTaken."""
    if check_code(code) == OPERATOR_CODE:
        raise PartnerCodeTaken(field="code")
    with transaction():
        return _join(code, check_name(name), check_name(name_fa, field="name_fa"), is_operator=False)


def ensure_operator(*, name: str = "Operator", name_fa: str = "گرداننده") -> Partner:
    """The operator as a partner; made at the first call, with these names. Safe to call at once from everywhere."""
    with transaction():
        found = repository.find_operator()
        try:
            return found or _join(OPERATOR_CODE, check_name(name), check_name(name_fa), is_operator=True)
        except PartnerCodeTaken:  # somebody else was faster, and has committed by now
            return _found(repository.find_operator())


def suspend_partner(partner_id: UUID) -> Partner:
    """Stop the issuing at a partner's tills; burning goes on. Raises PartnerNotFound, PartnerHasLeft."""
    return _move(partner_id, PartnerStatus.SUSPENDED)


def reinstate_partner(partner_id: UUID) -> Partner:
    """Let a suspended partner issue again. Raises PartnerNotFound, PartnerHasLeft."""
    return _move(partner_id, PartnerStatus.ACTIVE)


def part_with(partner_id: UUID) -> Partner:
    """A partner leaves, for good; its outstanding lots burn on elsewhere. Raises PartnerNotFound, PartnerHasLeft."""
    return _move(partner_id, PartnerStatus.LEFT)


def sign_contract(partner_id: UUID, terms: ContractTerms) -> Contract:
    """Sign the next version of a partner's contract; it can't be edited afterwards.

    Raises PartnerNotFound, PartnerHasLeft, BadTerms, ContractTooEarly, and Arbitrage if the coalition's prices would
    no longer hold against each other. Two signings in one currency take turns, so that neither misses the other.
    """
    check_terms(terms)
    with transaction():
        partner = _locked(partner_id)
        repository.lock_currency(terms.currency)
        now = network_now()
        signed = repository.contracts_of(partner_id)
        before = [each.terms.valid_from for each in signed if each.terms.currency == terms.currency]
        check_start(terms.valid_from, previous=max(before, default=None), now=now)
        version = len(signed) + 1
        new = Standing(partner_code=partner.code, version=version, terms=terms, is_usable=True)
        guard_against_arbitrage(new, repository.standing_versions(terms.currency, now))
        contract = Contract(contract_id=new_id(), partner_id=partner_id, version=version, signed_at=now, terms=terms)
        repository.insert_contract(contract)
        announce(_signed(contract))
    return contract


def find_contract_in_force(partner_id: UUID, currency: str, at: datetime) -> Contract | None:
    """The version of a partner's contract in a currency at an instant, if there is one."""
    return repository.find_contract_at(partner_id, currency, at)


def get_contract_in_force(partner_id: UUID, currency: str, at: datetime) -> Contract:
    """The version of a partner's contract in a currency at an instant. Raises NoContract."""
    contract = find_contract_in_force(partner_id, currency, at)
    if contract is None:
        raise NoContract
    return contract


def contract_by_id(contract_id: UUID) -> Contract:
    """A contract version, remembered from the first reading on. Raises ContractNotFound."""
    contract = _remembered.get(contract_id) or repository.find_contract(contract_id)
    if contract is None:
        raise ContractNotFound
    after_commit(lambda: _remember(contract))  # not before: this unit of work may have signed it, and be undone
    return contract


def list_contracts(partner_id: UUID) -> list[Contract]:
    """Every version of a partner's contract, oldest first."""
    return repository.contracts_of(partner_id)


def find_partner(partner_id: UUID) -> Partner | None:
    """A partner, if there is one of this id."""
    return repository.find_partner(partner_id)


def get_partner(partner_id: UUID) -> Partner:
    """A partner. Raises PartnerNotFound."""
    return _found(repository.find_partner(partner_id))


def find_partner_by_code(code: str) -> Partner | None:
    """A partner, if there is one of this code."""
    return repository.find_partner_by_code(code)


def list_partners() -> list[Partner]:
    """Every partner, the operator and those that left included, by code."""
    return repository.all_partners()


def add_store(partner_id: UUID, *, code: str, name: str) -> Store:
    """A new store of a partner. Raises BadPartner, PartnerNotFound, PartnerHasLeft, StoreCodeTaken."""
    store = Store(store_id=new_id(), partner_id=partner_id, code=check_store_code(code), name=check_name(name))
    with transaction():
        _locked(partner_id)
        if not repository.insert_store(store):
            raise StoreCodeTaken(field="code")
    return store


def find_store(partner_id: UUID, code: str) -> Store | None:
    """A partner's store, if it has one of this code."""
    return repository.find_store(partner_id, code)


def list_stores(partner_id: UUID) -> list[Store]:
    """A partner's stores, by code."""
    return repository.stores_of(partner_id)


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
    announce(
        PartnerJoined(partner_id=partner.partner_id, code=code, is_operator=is_operator, joined_at=partner.created_at)
    )
    return partner


def _move(partner_id: UUID, status: PartnerStatus) -> Partner:
    with transaction():
        _locked(partner_id)
        repository.set_partner_status(partner_id, status)
        return get_partner(partner_id)


def _locked(partner_id: UUID) -> Partner:
    """The partner, unchanged by others until the unit of work ends. Raises PartnerNotFound, PartnerHasLeft."""
    partner = _found(repository.lock_partner(partner_id))
    if partner.status is PartnerStatus.LEFT:
        raise PartnerHasLeft
    return partner


def _found(partner: Partner | None) -> Partner:
    if partner is None:
        raise PartnerNotFound
    return partner


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
