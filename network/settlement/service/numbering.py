"""Invoices and credit notes get their numbers when their cycle is approved, and keep them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from network.kernel.calendar import local_day
from network.partners import service as partners
from network.settlement.domain import Cycle, StatementNumber, kind_of, reference_of
from network.settlement.repository import cycles, numbering


def number_statements(cycle: Cycle, approved_at: datetime) -> None:
    """Give every statement of a cycle that is being approved the next number of its partner and year.

    Joins the unit of work, which locks the series until it ends: if it is rolled back, so are the numbers, and nobody
    has taken a later one meanwhile. The year is the calendar's own, Gregorian or Jalali,
    in its time zone.
    """
    calendar = next(each for each in cycles.all_calendars() if each.currency == cycle.currency)
    year, _, _ = calendar.calendar.parts(local_day(approved_at, ZoneInfo(calendar.time_zone)))
    codes = {partner.partner_id: partner.code for partner in partners.list_partners()}
    for statement_id, partner_id, net_minor in numbering.nets_of(cycle.cycle_id, cycle.version):
        number = numbering.next_number(partner_id, year)
        numbering.insert_number(
            StatementNumber(
                statement_id=statement_id,
                partner_id=partner_id,
                year=year,
                number=number,
                reference=reference_of(codes[partner_id], year, number),
                kind=kind_of(net_minor),
                given_at=approved_at,
            )
        )
