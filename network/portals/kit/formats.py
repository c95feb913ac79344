"""Numbers, dates and instants as readers write them: Persian digits and the Jalali calendar, or English ones."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from network.infrastructure.calendars import JALALI
from network.kernel.money import minor_digits, to_major
from network.portals.kit.languages import Language

_PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
_JALALI_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)
_SEPARATORS = str.maketrans(",.", "٬٫")


def digits(text: object, language: Language) -> str:
    """A text with the digits of a language and nothing else changed."""
    return str(text).translate(_PERSIAN) if language is Language.FA else str(text)


def number(value: int, language: Language) -> str:
    """A whole number in groups of three: `1,234` or `۱٬۲۳۴`."""
    return _in_groups(f"{value:,}", language)


def amount(amount_minor: int, currency: str, language: Language) -> str:
    """An amount of money with its currency: `12.50 USD`, `۱۲٫۵۰ USD`."""
    figure = f"{to_major(amount_minor, currency):,.{minor_digits(currency)}f}"
    return f"{_in_groups(figure, language)} {currency}"


def day(value: date, language: Language) -> str:
    """A day in words: `22 November 2026`, `۱ آذر ۱۴۰۵`."""
    if language is Language.FA:
        year, month, number_of_day = JALALI.parts(value)
        return digits(f"{number_of_day} {_JALALI_MONTHS[month - 1]} {year}", language)
    return f"{value.day} {value:%B %Y}"


def moment(instant: datetime, zone: ZoneInfo, language: Language) -> str:
    """An instant as a clock in that zone shows it, to the minute."""
    local = instant.astimezone(zone)
    separator = "، " if language is Language.FA else ", "
    return f"{day(local.date(), language)}{separator}{digits(f'{local:%H:%M}', language)}"


def _in_groups(figure: str, language: Language) -> str:
    return digits(figure.translate(_SEPARATORS), language) if language is Language.FA else figure
