"""RQ jobs of batches. Thin, given ids, and harmless when run twice or killed anywhere."""

from uuid import UUID

from network.batches import service


def tick() -> int:
    """Queue whatever is not finished, should Redis have lost it; how many jobs."""
    return service.queue_unfinished()


def run_batch(batch_id: str, job: int, turn: int) -> int:
    """Work on a batch for a while; how many parts."""
    return service.take_turn(UUID(batch_id), job, turn)
