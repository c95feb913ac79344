"""A debt is repaid by later earning, and the issuer that was left unpaid gets its due."""

from datetime import datetime

from network.wallet.domain.draft import Draft
from network.wallet.domain.values import Lot, Operation, Slip


def repay(draft: Draft, lot: Lot, at: datetime) -> int:
    """Repay what the member owes from a lot that became spendable at an instant, oldest debt first; points repaid.

    Each repayment is an entry of its own: a draw of the lot at the issuer that is owed, reimbursed at that issuer's
    own rate, so that it is paid although its points can't be taken back (docs/economics.md: earn reversal).
    """
    repaid = 0
    for debt in sorted(draft.debts.values(), key=lambda each: each.sequence):
        lot = draft.lot(lot.lot_id)
        points = min(debt.remaining, lot.free)
        if not points or debt.currency != lot.currency:
            continue
        draft.draw(lot, points, redeemer_id=debt.issuer_id, redeemer_contract_id=debt.contract_id, repays=points)
        draft.pay_debt(debt, points)
        draft.enter(Operation.REPAYMENT, points, Slip(debt.issuer_id, at), refers_to=debt.sequence)
        repaid += points
    return repaid
