"""The use cases of this room: clients, keys, what members consent to, terminals, and what is used once."""

from network.auth.domain import NewClient, confirm
from network.auth.partner_keys import payload_of, read_public_key
from network.auth.repository.clients import client_state_sql, find_client_state
from network.auth.service.clients import (
    create_client,
    create_initial_token,
    get_client,
    list_clients,
    register_client,
    register_in_sandbox,
    replace_keys,
    resume_client,
    revoke_client,
    rotate_secret,
    suspend_client,
)
from network.auth.service.consents import (
    claim_authorization,
    end_terminal,
    list_consents,
    list_terminals,
    withdraw_all_consents,
    withdraw_consent,
)
from network.auth.service.devices import decide_device, find_device_request
from network.auth.service.interactions import answer_interaction, get_interaction, needs
from network.auth.service.signing import network_name, proof_keys, rotate_signing_key, sign_document, sign_text

__all__ = [
    "NewClient",
    "answer_interaction",
    "claim_authorization",
    "client_state_sql",
    "confirm",
    "create_client",
    "create_initial_token",
    "decide_device",
    "end_terminal",
    "find_client_state",
    "find_device_request",
    "get_client",
    "get_interaction",
    "list_clients",
    "list_consents",
    "list_terminals",
    "needs",
    "network_name",
    "payload_of",
    "proof_keys",
    "read_public_key",
    "register_client",
    "register_in_sandbox",
    "replace_keys",
    "resume_client",
    "revoke_client",
    "rotate_secret",
    "rotate_signing_key",
    "sign_document",
    "sign_text",
    "suspend_client",
    "withdraw_all_consents",
    "withdraw_consent",
]
