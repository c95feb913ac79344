"""A batch of 100,000 earns. The product takes no batches yet; the measure is named so that its place is known."""

from bench.results import Row
from bench.run import Run


def earns(run: Run) -> list[Row]:
    """Rows a second against reference earns a second: a row without a value until there are batches."""
    return [Row("batch of 100,000 earns", "a second", None, bar=2, reach=3.5, note="not offered yet")]
