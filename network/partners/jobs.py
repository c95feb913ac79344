"""RQ jobs of partners. Thin, and harmless when run twice or killed anywhere."""

from network.partners import service


def watch() -> int:
    """Tell of prepaid blocks that run low, and order more; how many facts."""
    return service.watch_blocks()
