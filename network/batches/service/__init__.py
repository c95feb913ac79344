"""The use cases of batches."""

from network.batches.service.read import get_batch, refused_lines
from network.batches.service.receive import receive
from network.batches.service.run import queue_unfinished, run, take_turn

__all__ = ["get_batch", "queue_unfinished", "receive", "refused_lines", "run", "take_turn"]
