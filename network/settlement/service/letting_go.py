"""Four eyes over accounts: no payment goes where one person alone has led it."""

from collections.abc import Iterable
from datetime import datetime

from network.settlement.domain import Cycle, Instruction, check_accounts
from network.settlement.repository import accounts, trail


def check_recorders(cycle: Cycle, made: Iterable[Instruction], person: str, now: datetime) -> None:
    """Whether these payments of a cycle may go out by the details that hold now. Raises PayerIsRecorder.

    To be asked after they were made, in their unit of work: it sees what somebody has recorded meanwhile.
    """
    recorded = accounts.recorded_at(now)
    payees = {each.payee_id for each in made if not each.progress.is_done}
    submission = trail.find_submission(cycle.cycle_id, cycle.version)
    told = [recorded[payee_id] for payee_id in sorted(payees) if payee_id in recorded]
    check_accounts(told, submission, cycle.approved_at, person)
