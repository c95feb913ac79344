"""Money is whole minor units of a currency; rates are exact decimals in major units. No floats, ever."""

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

# ISO 4217 gives two digits to all others that this network can meet. The rial is written without its hundredth
# everywhere it is spent, so a whole rial is its minor unit here.
_MINOR_DIGITS = {"IRR": 0, "JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0} | dict.fromkeys(
    ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3
)
_CURRENCY = re.compile(r"[A-Z]{3}")
_WHOLE = Decimal(1)
# 60 digits are more than any sum of points times rates can need, so that only the last step rounds.
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)


def is_currency(text: str) -> bool:
    """Whether this has the form of an ISO 4217 code."""
    return _CURRENCY.fullmatch(text) is not None


def minor_digits(currency: str) -> int:
    """How many decimal digits the minor unit of a currency stands for."""
    return _MINOR_DIGITS.get(currency, 2)


def round_half_even(amount: Decimal) -> int:
    """To the nearest whole number, halves to the even neighbour (banker's rounding)."""
    return int(_EXACT.quantize(amount, _WHOLE))


def to_minor(amount_major: Decimal, currency: str) -> int:
    """An exact amount in major units as whole minor units, rounded half to even once, here."""
    return round_half_even(_EXACT.scaleb(amount_major, minor_digits(currency)))


def to_major(amount_minor: int, currency: str) -> Decimal:
    """Whole minor units as an exact amount in major units."""
    return Decimal(amount_minor).scaleb(-minor_digits(currency))


def times(points: int, rate: Decimal) -> Decimal:
    """points x rate in major units, exact."""
    return _EXACT.multiply(Decimal(points), rate)


def show_minor(amount_minor: int, currency: str) -> str:
    """For people who read English: `-1,105.00 USD`."""
    return f"{to_major(amount_minor, currency):,.{minor_digits(currency)}f} {currency}"
