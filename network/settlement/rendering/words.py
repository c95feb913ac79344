"""What documents say in English and in Persian, and how they write numbers, days and names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

from network.kernel.money import minor_digits, to_major
from network.settlement.domain import Party

_LRM = "\u200e"
_PERSIAN = str.maketrans("0123456789,.", "۰۱۲۳۴۵۶۷۸۹٬٫")
_MINUS = "\u2212"

_ENGLISH = {
    "invoice": "Invoice",
    "credit_note": "Credit note",
    "draft": "Statement (draft)",
    "is_draft": "Not approved yet: no number, and it may still change.",
    "number": "Number",
    "issued": "Issued",
    "from": "From",
    "to": "To",
    "cycle": "Cycle",
    "period": "Period",
    "stated": "Stated",
    "version": "Version",
    "currency": "Currency",
    "summary": "Summary",
    "about_amounts": "Amounts are positive where you receive, negative where you pay.",
    "leg": "For",
    "points": "Points",
    "gross": "Before reversals",
    "reversed": "Reversals",
    "amount": "Amount",
    "opening": "Opening balance",
    "net": "Net of this cycle",
    "closing": "Closing balance",
    "to_receive": "You receive",
    "to_pay": "You pay",
    "nothing_due": "Nothing is due",
    "matrix": "Whose points were redeemed where",
    "issuer": "Issuer",
    "redeemer": "Redeemer",
    "lines": "Lines",
    "line": "Line",
    "entries": "Entries",
    "list": "list",
    "own_points": "Your points",
    "points_opening": "Outstanding at the beginning",
    "points_issued": "Issued",
    "points_reversed": "Taken back",
    "points_burned": "Redeemed",
    "points_expired": "Expired",
    "points_outstanding": "Outstanding at the end",
    "page": "Page {page} of {pages}",
    "leg_issue": "Points issued",
    "leg_redemption": "Points of others redeemed here",
    "leg_on_us": "Own points redeemed here",
    "leg_deferred": "Own points redeemed elsewhere, deferred part",
    "leg_breakage": "Share of breakage",
    "leg_fee": "Fees",
    "leg_tax": "Tax",
    "leg_penalty": "Late payment penalty",
    "leg_adjustment": "Adjustments",
}
_PERSIAN_WORDS = {
    "invoice": "صورت‌حساب",
    "credit_note": "اعلامیهٔ بستانکاری",
    "draft": "صورت‌وضعیت (پیش‌نویس)",
    "is_draft": "هنوز تأیید نشده است: شماره ندارد و ممکن است تغییر کند.",
    "number": "شماره",
    "issued": "تاریخ صدور",
    "from": "از",
    "to": "به",
    "cycle": "دورهٔ تسویه",
    "period": "بازه",
    "stated": "تاریخ تنظیم",
    "version": "نسخه",
    "currency": "ارز",
    "summary": "خلاصه",
    "about_amounts": "مبلغ مثبت را دریافت می‌کنید و مبلغ منفی را می‌پردازید.",
    "leg": "بابت",
    "points": "امتیاز",
    "gross": "پیش از برگشتی‌ها",
    "reversed": "برگشتی‌ها",
    "amount": "مبلغ",
    "opening": "ماندهٔ آغازین",
    "net": "خالص این دوره",
    "closing": "ماندهٔ پایانی",
    "to_receive": "دریافتی شما",
    "to_pay": "پرداختی شما",
    "nothing_due": "مبلغی برای تسویه نیست",
    "matrix": "امتیاز چه کسی کجا خرج شد",
    "issuer": "صادرکننده",
    "redeemer": "پذیرنده",
    "lines": "ردیف‌ها",
    "line": "ردیف",
    "entries": "ثبت‌ها",
    "list": "فهرست",
    "own_points": "امتیازهای شما",
    "points_opening": "مانده در آغاز دوره",
    "points_issued": "صادرشده",
    "points_reversed": "پس‌گرفته‌شده",
    "points_burned": "خرج‌شده",
    "points_expired": "منقضی‌شده",
    "points_outstanding": "مانده در پایان دوره",
    "page": "صفحهٔ {page} از {pages}",
    "leg_issue": "امتیازهای صادرشده",
    "leg_redemption": "امتیازهای دیگران که اینجا خرج شد",
    "leg_on_us": "امتیازهای خودی که اینجا خرج شد",
    "leg_deferred": "سهم مؤجل امتیازهای خودی که جای دیگر خرج شد",
    "leg_breakage": "سهم از امتیازهای منقضی",
    "leg_fee": "کارمزد",
    "leg_tax": "مالیات",
    "leg_penalty": "جریمهٔ دیرکرد",
    "leg_adjustment": "تعدیل‌ها",
}
_CURRENCIES = {"IRR": "ریال ایران", "USD": "دلار آمریکا", "EUR": "یورو", "AED": "درهم امارات", "GBP": "پوند بریتانیا"}


@dataclass(frozen=True, slots=True)
class Words:
    """One language: its words, its direction, and how it writes what is not words."""

    locale: str
    direction: str
    told: Mapping[str, str]
    number: Callable[[str], str]
    day: Callable[[date], str]
    currency: Callable[[str], str]

    def __getitem__(self, name: str) -> str:
        return self.told[name]

    def leg(self, name: str) -> str:
        """The name of a section; of one that nobody has put into words yet, its own."""
        return self.told.get(f"leg_{name}", name.replace("_", " ").capitalize())

    def whole(self, number: int) -> str:
        """A number of points, or any other."""
        return self.number(f"{number:,}")

    def plain(self, number: int) -> str:
        """A number that is a name: a line, a version."""
        return self.number(str(number))

    def money(self, amount_minor: int, currency: str) -> str:
        """An amount in major units, without its currency."""
        return self.number(f"{to_major(amount_minor, currency):,.{minor_digits(currency)}f}")

    def instant(self, at: datetime, time_zone: str) -> str:
        """A day and a time of day, somewhere."""
        local = at.astimezone(ZoneInfo(time_zone))
        return f"{self.day(local.date())}{'،' if self.direction == 'rtl' else ','} {self.number(f'{local:%H:%M}')}"

    def name(self, party: Party) -> str:
        """How readers of this language know a partner."""
        return party.name_fa if self.locale == "fa" else party.name


def _english_number(told: str) -> str:
    return told.replace("-", _MINUS)


def _persian_number(told: str) -> str:
    """Persian digits and separators. The mark keeps a minus before its number wherever the text around it leads."""
    return told.translate(_PERSIAN).replace("-", f"{_LRM}{_MINUS}")


def _english_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _persian_day(day: date) -> str:
    jalali = JalaliDate(day)  # type: ignore[no-untyped-call]
    month = jalali.strftime("%B", locale="fa")
    return f"{jalali.day} {month} {jalali.year}".translate(_PERSIAN)


def _english_currency(code: str) -> str:
    return code


def _persian_currency(code: str) -> str:
    return _CURRENCIES.get(code, code)


LOCALES: Mapping[str, Words] = {
    "en": Words("en", "ltr", _ENGLISH, _english_number, _english_day, _english_currency),
    "fa": Words("fa", "rtl", _PERSIAN_WORDS, _persian_number, _persian_day, _persian_currency),
}
"""The languages that documents are written in."""


def words_of(locale: str) -> Words:
    """One of `LOCALES`."""
    return LOCALES[locale]
