"""The use cases of accounting."""

from network.accounting.service.breakage import Told, estimates, expected_burn, recognise, recognise_estimates
from network.accounting.service.defaults import cover_default
from network.accounting.service.deposits import return_collateral
from network.accounting.service.keeping import keep_books
from network.accounting.service.reading import Balance, balances, books, codes_of_partners, export_books

__all__ = [
    "Balance",
    "Told",
    "balances",
    "books",
    "codes_of_partners",
    "cover_default",
    "estimates",
    "expected_burn",
    "export_books",
    "keep_books",
    "recognise",
    "recognise_estimates",
    "return_collateral",
]
