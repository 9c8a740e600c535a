"""Japan's calendar: open days, and dates as an office writes them."""

from datetime import date, timedelta
from functools import lru_cache

import holidays

_WEEKDAYS = "月火水木金土日"
_ERAS = (
    (date(2019, 5, 1), "令和"),
    (date(1989, 1, 8), "平成"),
    (date(1926, 12, 25), "昭和"),
    (date(1912, 7, 30), "大正"),
    (date(1868, 10, 23), "明治"),
)


@lru_cache(maxsize=64)
def _national_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("JP", years=year).keys())


def is_open(day: date) -> bool:
    """Return whether offices are open: no weekend, no national holiday, not 29 Dec to 3 Jan."""
    new_year = (day.month, day.day) >= (12, 29) or (day.month, day.day) <= (1, 3)
    return day.weekday() < 5 and not new_year and day not in _national_holidays(day.year)  # noqa: PLR2004 - Saturday


def next_open(day: date) -> date:
    """Return `day`, or the first open day after it."""
    while not is_open(day):
        day += timedelta(days=1)
    return day


def add_open_days(day: date, count: int) -> date:
    """Return the `count`-th open day after `day`; the day itself is not counted (Civil Code 140)."""
    while count > 0:
        day += timedelta(days=1)
        if is_open(day):
            count -= 1
    return day


def era_year(day: date) -> str:
    """Return the year as 令和8年 (元年 for the first); 西暦 before Meiji."""
    for start, era in _ERAS:
        if day >= start:
            year = day.year - start.year + 1
            return f"{era}{'元' if year == 1 else year}年"
    return f"西暦{day.year}年"


def plain_date(day: date) -> str:
    """Return 2026年12月7日."""
    return f"{day.year}年{day.month}月{day.day}日"


def long_date(day: date) -> str:
    """Return 2026年12月7日（月）."""
    return f"{plain_date(day)}（{_WEEKDAYS[day.weekday()]}）"


def letter_date(day: date) -> str:
    """Return 2026年12月7日（令和8年12月7日）, as letters carry it."""
    return f"{plain_date(day)}（{era_year(day)}{day.month}月{day.day}日）"
