"""RQ jobs of settlement. Thin, given ids, and harmless when run twice or killed anywhere.

Redis only carries them: `tick` asks the database what is due, so that flushing Redis loses nothing.
"""

from uuid import UUID

from network.infrastructure.queue import enqueue_once
from network.settlement import service

_LONGEST_PROOF_SECONDS = 6 * 3600  # tens of millions of lines


def tick() -> int:
    """Let the cycles follow the network's clock, and queue the close of each that is due; how many were queued.

    RQ's cron knows real time only, so it asks often, and the network's clock says when a cycle has ended.
    """
    service.open_cycles()
    return sum(
        enqueue_once("network.settlement.jobs.close_cycle", str(cycle.cycle_id), name=f"close-{cycle.cycle_id}")
        for cycle in service.due_cycles()
    )


def close_cycle(cycle_id: str) -> str:
    """Take a cycle as far as it goes; its state. What has to wait is queued anew by the next tick."""
    return service.close_cycle(UUID(cycle_id), share=service.WORKERS_SHARE).state.value


def cut() -> int:
    """Fold what has finished since the last cut, so that a close finds little left to do; how many movements."""
    return service.cut().movements


def credit() -> int:
    """Measure what partners with a credit limit owe, and may still issue; how many credit lines."""
    return service.measure_credit()


def pay() -> int:
    """Queue the instructing of each approved cycle whose parties have bank details; how many were queued."""
    return sum(
        enqueue_once("network.settlement.jobs.instruct_cycle", str(cycle_id), name=f"instruct-{cycle_id}")
        for cycle_id in service.due_to_instruct()
    )


def instruct_cycle(cycle_id: str) -> str:
    """Make the payments of a cycle; its state. What had no answer is asked for again by the next `pay`."""
    return service.instruct(UUID(cycle_id)).state.value


def remind() -> int:
    """Tell partners what they are to be told of their payments by now; how many notices. Twice is harmless."""
    return service.give_notices()


def prove() -> int:
    """Queue the proof of each currency's next cycle that is cut and has none; how many were queued."""
    return sum(
        enqueue_once(
            "network.settlement.jobs.prove_cycle",
            str(cycle_id),
            name=f"prove-{cycle_id}",
            timeout_seconds=_LONGEST_PROOF_SECONDS,
        )
        for cycle_id in service.unproven_cycles()
    )


def prove_cycle(cycle_id: str) -> int:
    """Make and sign a cycle's proof, and those before it; its number among those of the currency."""
    return service.prove_cycle(UUID(cycle_id)).number
