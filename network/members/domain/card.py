"""Card numbers: 16 digits, made by the network, checked by their last digit (ISO/IEC 7812-1, Annex B: Luhn).

They begin with 99. A leading 9 is left to national use, with the country's ISO 3166-1 number after it, and no country
has a number from 900 on: so no bank's card looks like ours. The 13 digits after that are random, because the number
is what a member proves its presence with, and must not be guessed.
"""

import re
import secrets
from collections.abc import Callable

from network.members.domain.digits import plain_digits
from network.members.errors import BadCardNumber

PREFIX = "99"
_RANDOM_DIGITS = 13
_FORM = re.compile(rf"{PREFIX}[0-9]{{14}}")
_ZERO = ord("0")
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")  # to the sum of the digits of twice a digit


def make_card_number(random_below: Callable[[int], int] = secrets.randbelow) -> str:
    """A new card number. `random_below(n)` gives a whole number from 0 to n - 1 that nobody can foresee."""
    body = f"{PREFIX}{random_below(10**_RANDOM_DIGITS):0{_RANDOM_DIGITS}d}"
    return body + check_digit(body)


def read_card_number(text: str, *, field: str = "card_number") -> str:
    """A card number as 16 ASCII digits, from any digits, spaces and dashes. Raises BadCardNumber."""
    number = plain_digits(text)
    if _FORM.fullmatch(number) is None or check_digit(number[:-1]) != number[-1]:
        raise BadCardNumber(field=field)
    return number


def check_digit(body: str) -> str:
    """The digit that makes Luhn's sum of body and digit a multiple of ten."""
    digits = body.encode()[::-1]
    total = sum(digits[0::2].translate(_DOUBLED)) + sum(digits[1::2]) - len(digits) * _ZERO
    return str(-total % 10)
