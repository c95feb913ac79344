"""Partners and their terms: values and rules in plain Python."""

from network.partners.domain.arbitrage import Standing, guard_against_arbitrage
from network.partners.domain.partner import (
    OPERATOR_CODE,
    Partner,
    PartnerStatus,
    Store,
    check_code,
    check_name,
    check_store_code,
)
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
    "Contract",
    "ContractTerms",
    "Partner",
    "PartnerStatus",
    "Standing",
    "Store",
    "check_code",
    "check_name",
    "check_start",
    "check_store_code",
    "check_terms",
    "guard_against_arbitrage",
]
