"""The use cases of partners: join, sign, open stores, be suspended, leave."""

from network.partners.service.find import find_partner, find_partner_by_code, get_partner, list_partners
from network.partners.service.join import (
    create_partner,
    ensure_operator,
    part_with,
    reinstate_partner,
    suspend_partner,
)
from network.partners.service.sign import (
    contract_by_id,
    find_contract_in_force,
    get_contract_in_force,
    list_contracts,
    sign_contract,
)
from network.partners.service.stores import add_store, find_store, list_stores

__all__ = [
    "add_store",
    "contract_by_id",
    "create_partner",
    "ensure_operator",
    "find_contract_in_force",
    "find_partner",
    "find_partner_by_code",
    "find_store",
    "get_contract_in_force",
    "get_partner",
    "list_contracts",
    "list_partners",
    "list_stores",
    "part_with",
    "reinstate_partner",
    "sign_contract",
    "suspend_partner",
]
