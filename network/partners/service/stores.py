"""The places of partners."""

from uuid import UUID

from network.audit.service import record
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import new_id, show
from network.partners.domain import Store, check_name, check_store_code
from network.partners.errors import StoreCodeTaken
from network.partners.repository import partners as repository
from network.partners.service.find import locked


def add_store(partner_id: UUID, *, code: str, name: str) -> Store:
    """A new store of a partner. Raises BadPartner, PartnerNotFound, PartnerHasLeft, StoreCodeTaken."""
    store = Store(store_id=new_id(), partner_id=partner_id, code=check_store_code(code), name=check_name(name))
    with transaction():
        locked(partner_id)
        if not repository.insert_store(store):
            raise StoreCodeTaken(field="code")
        record("stores.open", "store", show("sto", store.store_id), after={"partner": show("par", partner_id)})
    return store


def find_store(partner_id: UUID, code: str) -> Store | None:
    """A partner's store, if it has one of this code."""
    return repository.find_store(partner_id, code)


def list_stores(partner_id: UUID) -> list[Store]:
    """A partner's stores, by code."""
    return repository.stores_of(partner_id)
