"""How partners, contracts and stores can be refused."""

from network.kernel.errors import Conflict, Forbidden, Invalid, NotFound


class PartnerNotFound(NotFound):
    code = "partner_not_found"
    detail = "There is no such partner."


class ContractNotFound(NotFound):
    code = "contract_not_found"
    detail = "There is no such contract version."


class NoContract(Invalid):
    code = "no_contract"
    detail = "The partner has no contract in this currency at that time."


class BadPartner(Invalid):
    code = "partner_invalid"
    detail = "The partner's code or name is not valid."


class BadTerms(Invalid):
    code = "contract_terms_invalid"
    detail = "The terms of the contract are not valid."


class PartnerCodeTaken(Conflict):
    code = "partner_code_taken"
    detail = "Another partner has this code."


class StoreCodeTaken(Conflict):
    code = "store_code_taken"
    detail = "Another store of this partner has this code."


class PartnerHasLeft(Conflict):
    code = "partner_has_left"
    detail = "The partner has left the coalition; that is final."


class OperatorStays(Conflict):
    code = "operator_stays"
    detail = "The operator runs the network and can't leave it."


class ContractTooEarly(Conflict):
    code = "contract_too_early"
    detail = "A later version has to begin after the one before it, and not in the past."


class Arbitrage(Conflict):
    """A point could be sold for more than it costs. `extra` names the currency, both numbers and both contracts."""

    code = "arbitrage"
    detail = "These terms would let somebody earn points cheaper than they can be spent."


class NotPrepaid(Conflict):
    code = "not_prepaid"
    detail = "The partner's contract in this currency is not prepaid: there is nothing to buy first."


class BadBlock(Invalid):
    code = "block_invalid"
    detail = "A block has points."


class OrderNotFound(NotFound):
    code = "order_not_found"
    detail = "There is no such open order of points."


class PrepaidUsedUp(Forbidden):
    """As a suspension, this is no answer that is kept: once more was bought, the same request is answered anew."""

    code = "prepaid_used_up"
    detail = "The partner's prepaid points, its reserve included, are used up: it has to buy more before it can issue."


class ProposalNotFound(NotFound):
    code = "proposal_not_found"
    detail = "There is no such proposal."


class ProposalClosed(Conflict):
    code = "proposal_closed"
    detail = "The proposal is signed by both sides already, or withdrawn."


class AlreadySigned(Conflict):
    code = "already_signed"
    detail = "This side has signed the proposal already."


class SameSigner(Conflict):
    code = "same_signer"
    detail = "One person can't sign for both sides."


class SignaturesMissing(Conflict):
    code = "signatures_missing"
    detail = "A change of a contract is proposed, and in force only when both sides have signed it."


class PartnerKeyTaken(Conflict):
    code = "partner_key_taken"
    detail = "This key is registered already; every partner signs with keys of its own."


class PartnerKeyNotFound(NotFound):
    code = "partner_key_not_found"
    detail = "There is no such key."


class SignaturesNeedKey(Conflict):
    code = "signatures_need_key"
    detail = "The partner has no key to sign with; register one first."


class SigningRuleTooSoon(Conflict):
    code = "signing_rule_too_soon"
    detail = "There is a rule from this very instant on; try again."
