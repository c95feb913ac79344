"""An instructed cycle is paid and closed when all of its payments have been seen, or nobody waits for them."""

from uuid import UUID

from network.infrastructure.transaction import transaction
from network.settlement.domain import State
from network.settlement.repository import instructions
from network.settlement.service.lifecycle import close_settled, mark_paid
from network.settlement.service.states import locked_cycle


def finish_cycle(cycle_id: UUID) -> None:
    """Take an instructed cycle to paid and closed if nothing of it is outstanding. Raises CycleNotFound.

    The cycle is locked first: of two who settle its last payments side by side the second sees both.
    """
    with transaction():
        cycle = locked_cycle(cycle_id)
        if cycle.state is not State.INSTRUCTED:
            return
        if all(each.progress.is_done for each in instructions.instructions_of_cycle(cycle)):
            mark_paid(cycle_id)
            close_settled(cycle_id)
