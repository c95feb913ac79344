"""The use cases of partners: join, sign, open stores, be suspended, leave."""

from network.partners.service.find import find_partner_by_code, get_partner, list_partners
from network.partners.service.join import (
    create_partner,
    ensure_operator,
    part_with,
    reinstate_partner,
    suspend_partner,
    trust_cards,
)
from network.partners.service.prepaid import (
    buy_block,
    cancel_order,
    fill_order,
    list_blocks,
    open_orders,
    prepaid_takes,
    stock_of,
    watch_blocks,
)
from network.partners.service.propose import (
    conclude_contract,
    open_proposals,
    propose_terms,
    sign_proposal,
    withdraw_proposal,
)
from network.partners.service.sign import (
    contract_by_id,
    contract_for,
    contracts_in_force,
    find_contract_in_force,
    get_contract_in_force,
    list_contracts,
    sign_contract,
)
from network.partners.service.signing import add_key, require_signatures, revoke_key, signer_of, signers
from network.partners.service.stores import add_store, find_store, list_stores

__all__ = [
    "add_key",
    "add_store",
    "buy_block",
    "cancel_order",
    "conclude_contract",
    "contract_by_id",
    "contract_for",
    "contracts_in_force",
    "create_partner",
    "ensure_operator",
    "fill_order",
    "find_contract_in_force",
    "find_partner_by_code",
    "find_store",
    "get_contract_in_force",
    "get_partner",
    "list_blocks",
    "list_contracts",
    "list_partners",
    "list_stores",
    "open_orders",
    "open_proposals",
    "part_with",
    "prepaid_takes",
    "propose_terms",
    "reinstate_partner",
    "require_signatures",
    "revoke_key",
    "sign_contract",
    "sign_proposal",
    "signer_of",
    "signers",
    "stock_of",
    "suspend_partner",
    "trust_cards",
    "watch_blocks",
    "withdraw_proposal",
]
