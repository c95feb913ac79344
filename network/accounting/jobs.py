"""RQ jobs of accounting. Harmless when run twice or killed anywhere."""

from network.accounting import service


def keep_books() -> int:
    """Book the cycles that were approved or paid since the last time; how many entries were written."""
    return service.keep_books()
