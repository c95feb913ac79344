"""How far a batch is, and what of it was refused."""

from collections.abc import Iterator
from uuid import UUID

from network.batches import repository
from network.batches.domain import Batch, Refusal
from network.batches.errors import BatchNotFound
from network.infrastructure.database import statement_connection

_PAGE = 2_000


def get_batch(partner_id: UUID, batch_id: UUID) -> Batch:
    """A partner's own batch. Raises BatchNotFound."""
    found = repository.find_batch(statement_connection(), partner_id, batch_id)
    if found is None:
        raise BatchNotFound
    return found


def refused_lines(partner_id: UUID, batch_id: UUID) -> Iterator[Refusal]:
    """The refused lines of a partner's own batch, in the order of the file. Raises BatchNotFound, at once."""
    get_batch(partner_id, batch_id)
    return _pages(batch_id)


def _pages(batch_id: UUID) -> Iterator[Refusal]:
    """Page by page, each a statement by itself: however slowly they are read, no transaction stays open."""
    after = 0
    while page := repository.refusals(statement_connection(), batch_id, after, _PAGE):
        yield from page
        after = page[-1].line
