"""RQ jobs of batches. Thin, given ids, and harmless when run twice or killed anywhere."""

from uuid import UUID

from network.batches import service


def tick() -> int:
    """Queue whatever is not finished, should Redis have lost it; how many jobs."""
    return service.queue_unfinished()


def run_batch(batch_id: str, lane: int = 0) -> int:
    """Work through a lane of a batch, and queue what waited for it; how many parts."""
    posted = service.run(UUID(batch_id), lane)
    service.queue_unfinished(UUID(batch_id))
    return posted
