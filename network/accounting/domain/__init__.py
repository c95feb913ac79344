"""The rules of accounting, in plain Python: given the figures, never reading a clock, a database or a request."""

from network.accounting.domain.books import Account, BookedEntry, Entry, Posting, entry_of, trial_balance
from network.accounting.domain.chain_ladder import Ladder, Projection, chain_ladder
from network.accounting.domain.cohorts import Cohort, Part, Rates, Sums, cohorts_of, paid, recognised, reserve
from network.accounting.domain.deposits import block_sold, collateral_change, collateral_moved, own_cover
from network.accounting.domain.entries import (
    BUYOUT,
    ISSUE,
    TRUE_UP,
    Claim,
    Figures,
    accrual,
    claims_of,
    default_covered,
    payment,
    release,
    set_aside,
)
from network.accounting.domain.estimating import Estimate, check_rate, estimate
from network.accounting.domain.exports import account_name, as_beancount, as_csv
from network.accounting.domain.tails import BoughtTail, bought_tail

__all__ = [
    "BUYOUT",
    "ISSUE",
    "TRUE_UP",
    "Account",
    "BookedEntry",
    "BoughtTail",
    "Claim",
    "Cohort",
    "Entry",
    "Estimate",
    "Figures",
    "Ladder",
    "Part",
    "Posting",
    "Projection",
    "Rates",
    "Sums",
    "account_name",
    "accrual",
    "as_beancount",
    "as_csv",
    "block_sold",
    "bought_tail",
    "chain_ladder",
    "check_rate",
    "claims_of",
    "cohorts_of",
    "collateral_change",
    "collateral_moved",
    "default_covered",
    "entry_of",
    "estimate",
    "own_cover",
    "paid",
    "payment",
    "recognised",
    "release",
    "reserve",
    "set_aside",
    "trial_balance",
]
