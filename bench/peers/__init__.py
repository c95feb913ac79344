"""Other ledgers on PostgreSQL, measured in the same run. Nothing of the product imports them.

pgledger_style.sql   double entry in functions of the database, as pgledger does it; written for this bench
hordak.py            django-hordak as PyPI has it, through its own API
"""
