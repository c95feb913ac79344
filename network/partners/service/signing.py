"""Partners' public keys: registered, revoked, published; and that a partner's requests have to be signed."""

from collections import defaultdict
from dataclasses import replace
from uuid import UUID

from network.audit.service import record
from network.auth.service import read_public_key
from network.infrastructure.network_clock import network_now
from network.infrastructure.transaction import transaction
from network.kernel.identifiers import show
from network.partners.domain import PartnerKey, Signer, SigningRule
from network.partners.errors import PartnerKeyNotFound, PartnerKeyTaken, SignaturesNeedKey, SigningRuleTooSoon
from network.partners.repository import signing as repository
from network.partners.service.find import list_partners, locked


def add_key(partner_id: UUID, text: str) -> PartnerKey:
    """Let a public key, given as PEM or as a JWK, sign a partner's requests from now on.

    Raises BadPublicKey, PartnerNotFound, PartnerHasLeft, PartnerKeyTaken: a key is one partner's, and only once.
    """
    kid, jwk = read_public_key(text)
    with transaction():
        locked(partner_id)
        key = PartnerKey(kid=kid, partner_id=partner_id, jwk=jwk, valid_from=network_now())
        if not repository.insert_key(key):
            raise PartnerKeyTaken
        record("signatures.key", "partner", show("par", partner_id), after={"kid": kid})
    return key


def revoke_key(kid: str) -> PartnerKey:
    """Refuse what a key signs from now on, for ever; twice does nothing more. Raises PartnerKeyNotFound."""
    with transaction():
        key = repository.find_key(kid)
        if key is None:
            raise PartnerKeyNotFound
        if key.valid_until is None:
            key = replace(key, valid_until=max(network_now(), key.valid_from))
            repository.end_key(key)
            record("signatures.revoke", "partner", show("par", key.partner_id), before={"kid": kid})
    return key


def require_signatures(partner_id: UUID, *, required: bool = True) -> SigningRule:
    """Refuse a partner's unsigned redemptions, captures and returns of them from now on; or no longer.

    Raises PartnerNotFound, PartnerHasLeft, SignaturesNeedKey while it has no key to sign with, SigningRuleTooSoon for a
    second rule in the same instant.
    """
    with transaction():
        locked(partner_id)
        rule, signer = SigningRule(network_now(), required), signer_of(partner_id)
        if required and not any(key.is_good_at(rule.since) for key in signer.keys):
            raise SignaturesNeedKey
        if signer.rules and signer.rules[-1].since >= rule.since:
            raise SigningRuleTooSoon
        repository.insert_rule(partner_id, rule)
        record("signatures.require", "partner", show("par", partner_id), after={"required": required})
    return rule


def signer_of(partner_id: UUID) -> Signer:
    """One partner's keys and rules. Raises KeyError for what is no partner."""
    return {each.partner_id: each for each in _signers()}[partner_id]


def signers() -> list[Signer]:
    """Every partner that has, or had, a key or a rule: what is published, to all alike."""
    return [each for each in _signers() if each.keys or each.rules]


def _signers() -> list[Signer]:
    keys: defaultdict[UUID, list[PartnerKey]] = defaultdict(list)
    rules: defaultdict[UUID, list[SigningRule]] = defaultdict(list)
    for key in repository.all_keys():
        keys[key.partner_id].append(key)
    for partner_id, rule in repository.all_rules():
        rules[partner_id].append(rule)
    return [
        Signer(each.partner_id, each.code, tuple(keys[each.partner_id]), tuple(rules[each.partner_id]))
        for each in list_partners()
    ]
