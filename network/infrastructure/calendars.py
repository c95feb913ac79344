"""The calendars that dates can be counted in. The Jalali one is persiantools', so that rules need know no library."""

from collections.abc import Mapping
from datetime import date

from persiantools.jdatetime import JalaliDate

from network.kernel.calendar import GREGORIAN, CivilCalendar


class JalaliCalendar(CivilCalendar):
    """The calendar of Iran: six months of 31 days, five of 30, and Esfand of 29, or of 30 in leap years."""

    name = "jalali"

    def parts(self, day: date) -> tuple[int, int, int]:
        jalali = JalaliDate(day)  # type: ignore[no-untyped-call]
        return jalali.year, jalali.month, jalali.day

    def day(self, year: int, month: int, number: int) -> date:
        return JalaliDate(year, month, number).to_gregorian()  # type: ignore[no-untyped-call]

    def days_in_month(self, year: int, month: int) -> int:
        return JalaliDate.days_in_month(month, year)


JALALI = JalaliCalendar()
CALENDARS: Mapping[str, CivilCalendar] = {each.name: each for each in (GREGORIAN, JALALI)}
"""By the names under which tables keep them."""
