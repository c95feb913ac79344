"""Words that every room shares. Plain Python: no third-party imports, no database, no request."""
