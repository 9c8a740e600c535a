"""法令上の保存期間 (P3.6, appi-reference 8.1): until which day a law keeps a row from being erased.

Periods are counted as Civil Code 140 and 143 say: the day of the event is left out;
a period of years or months ends on the day before the one that corresponds to its
first day, and on the last day of the month where there is none.
"""

import calendar
import re
from datetime import date, timedelta

from mamoru.datamap.inventory import CountsFrom, Hold

_PARTS = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_DAY = timedelta(days=1)
_RETURN_MONTHS = 2  # Corporation Tax Act 74(1)
_MONTHS = 12
_LONGEST_YEAR = 366


class NoFiscalYear(ValueError):
    """A hold counts from the business year, and the map does not say when that ends."""


def ends_on(hold: Hold, anchor_day: date, fiscal_year_ends: str | None = None) -> date | None:
    """Return the last day on which a row with this anchor is held; None: until the hold is lifted.

    `fiscal_year_ends` is the map's, as `03-31`. NoFiscalYear if it is needed and missing.
    """
    if hold.period is None:
        return None
    return end_of(hold.period, _counted_from(hold, anchor_day, fiscal_year_ends))


def released_on(
    hold: Hold, latest_anchor: date, fiscal_year_ends: str | None = None
) -> date | None:
    """Return the first day on which no row is held any more, from the latest anchor among them."""
    last = ends_on(hold, latest_anchor, fiscal_year_ends)
    return None if last is None else last + _DAY


def cutoff(hold: Hold, today: date, fiscal_year_ends: str | None = None) -> date | None:
    """Return the latest anchor day that no longer holds a row today; rows with a later one are held.

    The inverse of `ends_on`. None: every row is held.
    """
    if hold.period is None:
        return None
    # `ends_on` never goes back as the anchor goes on, so the border is found by halving.
    years, months, days = _lengths(hold.period)
    longest = (years + 2) * _LONGEST_YEAR + months * 31 + days
    free = max(today.toordinal() - longest, 1)
    held = today.toordinal()
    while held - free > 1:
        middle = (free + held) // 2
        last = ends_on(hold, date.fromordinal(middle), fiscal_year_ends)
        if last is not None and last < today:
            free = middle
        else:
            held = middle
    return date.fromordinal(free)


def end_of(period: str, event: date) -> date:
    """Return the last day of a period, such as `P7Y`, that an event on this day sets going."""
    years, months, days = _lengths(period)
    return _after(event + _DAY, years * _MONTHS + months) + timedelta(days=days) - _DAY


def _lengths(period: str) -> tuple[int, int, int]:
    found = _PARTS.fullmatch(period)
    if found is None:
        raise ValueError(f"`{period}` is not a period")
    years, months, days = (int(part or 0) for part in found.groups())
    return years, months, days


def _after(first: date, months: int) -> date:
    """Return the day after `months` months that begin on `first`."""
    at = first.year * _MONTHS + first.month - 1 + months
    year, month = at // _MONTHS, at % _MONTHS + 1
    if first.day > calendar.monthrange(year, month)[1]:
        return date(year, month, calendar.monthrange(year, month)[1]) + _DAY
    return date(year, month, first.day)


def _counted_from(hold: Hold, anchor_day: date, fiscal_year_ends: str | None) -> date:
    """Return the day of the event after which the period runs."""
    if hold.counts_from is CountsFrom.ANCHOR:
        return anchor_day
    if fiscal_year_ends is None:
        raise NoFiscalYear(hold.code)
    closing = _year_end(anchor_day, fiscal_year_ends)
    if hold.counts_from is CountsFrom.FISCAL_YEAR_END:
        return closing
    return _after(closing + _DAY, _RETURN_MONTHS) - _DAY


def _year_end(day: date, fiscal_year_ends: str) -> date:
    """Return the last day of the business year in which `day` lies.

    The last day of a month stays that: a year that ends in February ends on the 29th where there
    is one, however the map writes it.
    """
    month, last = (int(part) for part in fiscal_year_ends.split("-"))
    whole = last >= calendar.monthrange(2023, month)[1]

    def closing(year: int) -> date:
        return date(year, month, calendar.monthrange(year, month)[1] if whole else last)

    return closing(day.year) if day <= closing(day.year) else closing(day.year + 1)
