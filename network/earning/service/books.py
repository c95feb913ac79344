"""Partners' terms, kept by version: they change a few times a year, and every request needs them."""

from uuid import UUID

import psycopg

from network.earning.domain import Book
from network.earning.repository import load_book
from network.infrastructure.kept import kept
from network.infrastructure.transaction import in_transaction

_MOST_KEPT = 10_000


def book_of(connection: psycopg.Connection, partner_id: UUID, version: int) -> Book:
    """A partner's terms as of a version, which the first query tells: what is kept is never older than that.

    In a unit of work nothing is kept: what it sees may never be committed, and its version be given to other terms.
    """
    books: dict[UUID, tuple[int, Book]] = kept("books")
    found = books.get(partner_id)
    if found is None or found[0] != version:
        found = load_book(connection, partner_id)
        if not in_transaction():
            if len(books) >= _MOST_KEPT:
                books.clear()
            books[partner_id] = found
    return found[1]
