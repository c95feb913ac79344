"""Partners and their terms: values and rules in plain Python."""

from network.partners.domain.arbitrage import Standing, guard_against_arbitrage
from network.partners.domain.conditions import (
    USUAL_CONDITIONS,
    Conditions,
    ContractLeg,
    Document,
    LegTerms,
)
from network.partners.domain.partner import (
    OPERATOR_CODE,
    Partner,
    PartnerStatus,
    Store,
    check_code,
    check_name,
    check_store_code,
)
from network.partners.domain.point_types import PointType, TypeRates
from network.partners.domain.prepaid import Block, Level, OrderState, Stock, TopUp, level_of, price_of
from network.partners.domain.proposal import Proposal, ProposalState, Side, Signature, check_open, sign_for
from network.partners.domain.signing import PartnerKey, Signer, SigningRule
from network.partners.domain.terms import (
    LATE_BURN_DAYS,
    LATE_PURCHASE_DAYS,
    Contract,
    ContractTerms,
    check_start,
    check_terms,
)

__all__ = [
    "LATE_BURN_DAYS",
    "LATE_PURCHASE_DAYS",
    "OPERATOR_CODE",
    "USUAL_CONDITIONS",
    "Block",
    "Conditions",
    "Contract",
    "ContractLeg",
    "ContractTerms",
    "Document",
    "LegTerms",
    "Level",
    "OrderState",
    "Partner",
    "PartnerKey",
    "PartnerStatus",
    "PointType",
    "Proposal",
    "ProposalState",
    "Side",
    "Signature",
    "Signer",
    "SigningRule",
    "Standing",
    "Stock",
    "Store",
    "TopUp",
    "TypeRates",
    "check_code",
    "check_name",
    "check_open",
    "check_start",
    "check_store_code",
    "check_terms",
    "guard_against_arbitrage",
    "level_of",
    "price_of",
    "sign_for",
]
