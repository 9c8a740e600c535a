"""Open days, holidays and eras as an office in Japan counts them (P3.26)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.kit import calendar, clock

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 21), "Saturday"),
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 9, 22), "a day between two holidays is one"),
        (date(2026, 5, 6), "Constitution Day fell on a Sunday"),
        (date(2026, 12, 29), "the offices close"),
        (date(2026, 12, 31), "year's end"),
        (date(2027, 1, 1), "元日"),
        (date(2027, 1, 3), "the third of January"),
        (date(2027, 1, 11), "成人の日"),
        (date(2019, 5, 1), "the Emperor's accession"),
    ],
)
def test_a_closed_day_is_closed(day: date, why: str) -> None:
    assert not calendar.is_open(day), why


@pytest.mark.parametrize("day", [date(2026, 12, 28), date(2027, 1, 4), date(2026, 8, 12)])
def test_a_working_day_is_open(day: date) -> None:
    assert calendar.is_open(day)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2026, 12, 1), date(2026, 12, 1)),
        (date(2026, 12, 31), date(2027, 1, 4)),
        (date(2026, 11, 23), date(2026, 11, 24)),
        (date(2027, 1, 10), date(2027, 1, 12)),
        (date(2026, 12, 30), date(2027, 1, 4)),
        (date(2026, 5, 5), date(2026, 5, 7)),
    ],
)
def test_a_last_day_that_is_closed_moves_to_the_next_open_one(last: date, due: date) -> None:
    assert calendar.next_open(last) == due


@given(DAYS)
def test_the_next_open_day_is_the_first_open_one(day: date) -> None:
    found = calendar.next_open(day)

    assert calendar.is_open(found)
    assert not any(
        calendar.is_open(day + timedelta(days=gone)) for gone in range((found - day).days)
    )


@given(DAYS, st.integers(0, 30))
def test_open_days_are_counted_one_by_one_without_the_first(day: date, count: int) -> None:
    end = calendar.add_open_days(day, count)

    passed = [day + timedelta(days=gone) for gone in range(1, (end - day).days + 1)]
    assert sum(map(calendar.is_open, passed)) == count
    assert end == day or calendar.is_open(end)


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 12, 7), "令和8年"),
        (date(2019, 5, 1), "令和元年"),
        (date(2019, 4, 30), "平成31年"),
        (date(1989, 1, 8), "平成元年"),
        (date(1989, 1, 7), "昭和64年"),
        (date(1926, 12, 25), "昭和元年"),
        (date(1926, 12, 24), "大正15年"),
        (date(1912, 7, 30), "大正元年"),
        (date(1912, 7, 29), "明治45年"),
        (date(1868, 10, 22), "西暦1868年"),
    ],
)
def test_an_era_begins_on_its_day(day: date, year: str) -> None:
    assert calendar.era_year(day) == year


def test_a_letter_carries_both_calendars() -> None:
    assert calendar.letter_date(date(2026, 12, 7)) == "2026年12月7日（令和8年12月7日）"


def test_a_day_in_japan_begins_nine_hours_before_utc() -> None:
    assert clock.date_in_japan(datetime(2026, 11, 19, 15, 0, tzinfo=UTC)) == date(2026, 11, 20)
    assert clock.date_in_japan(datetime(2026, 11, 19, 14, 59, tzinfo=UTC)) == date(2026, 11, 19)
    assert clock.now().utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_has_no_day_in_japan() -> None:
    with pytest.raises(ValueError, match="time zone"):
        clock.date_in_japan(datetime(2026, 11, 19, 15, 0))  # noqa: DTZ001 - the fault itself
