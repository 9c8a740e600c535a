"""P3.10: a birth date is a day of the calendar or nothing; it is never shifted."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.identity import birth
from mamoru.identity.terms import Verdict
from mamoru.kit import calendar
from tests import sweeps

KANJI = "〇一二三四五六七八九"


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1989年1月7日", date(1989, 1, 7)),
        ("昭和64年1月7日", date(1989, 1, 7)),
        ("昭和64年1月8日", None),
        ("平成元年1月8日", date(1989, 1, 8)),
        ("平成元年1月7日", None),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("平成31年5月1日", None),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和1年4月30日", None),
        ("大正15年12月25日", date(1926, 12, 25)),
        ("昭和元年12月25日", date(1926, 12, 25)),
        ("大正15年12月26日", None),
        ("明治45年7月30日", date(1912, 7, 30)),
        ("大正元年7月30日", date(1912, 7, 30)),
        ("明治6年1月1日", date(1873, 1, 1)),
        ("明治5年12月2日", None),
        ("S64.1.7", date(1989, 1, 7)),
        ("s64/01/07", date(1989, 1, 7)),
        ("Ｈ元．１．８", date(1989, 1, 8)),
        ("昭和六十三年十二月三十一日", date(1988, 12, 31)),
        ("一九八八年十二月三十一日", date(1988, 12, 31)),
        ("㍼63年12月31日", date(1988, 12, 31)),
        ("昭 63-12-31", date(1988, 12, 31)),
        ("S631231", date(1988, 12, 31)),
        ("19881231", date(1988, 12, 31)),
        ("１９８８／１２／３１", date(1988, 12, 31)),
        ("西暦1988年12月31日生", date(1988, 12, 31)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2023-02-29", None),
        ("1990年2月30日", None),
        ("平成40年1月1日", None),
        ("March 2, 1979", date(1979, 3, 2)),
        ("mar. 2nd 1979", date(1979, 3, 2)),
        ("2 March 1979", date(1979, 3, 2)),
        ("02 MAR 1979", date(1979, 3, 2)),
        ("02-Mar-1979", date(1979, 3, 2)),
        ("２ Ｓｅｐｔ １９７９", date(1979, 9, 2)),
        ("March 21979", None),
        ("31 April 1979", None),
        ("Mars 2, 1979", None),
        ("March 2, 79", None),
        ("88/12/31", None),
        ("01/02/1990", None),
        ("1988.12/31", None),
        ("元年1月1日", None),
        ("昭和0年12月31日", None),
        ("1988年12月", None),
        ("1872-12-31", None),
        ("不明", None),
        ("", None),
        ("1988-12-\u200b31", None),
    ],
)
def test_reads_a_day_or_nothing(text: str, day: date | None) -> None:
    assert birth.parse(text) == day


def in_kanji(number: int) -> str:
    tens = ("" if number // 10 < 2 else KANJI[number // 10]) + "十" if number > 9 else ""
    return tens + (KANJI[number % 10] if number % 10 else "")


def notations(day: date) -> list[str]:
    era = calendar.era_year(day)
    year = era[2:-1]
    letter = {"明": "M", "大": "T", "昭": "S", "平": "H", "令": "R"}[era[0]]
    number = 1 if year == "元" else int(year)
    return [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}/{day.month}/{day.day}",
        f"{era}{day.month}月{day.day}日",
        f"{era[:2]}{in_kanji(number)}年{in_kanji(day.month)}月{in_kanji(day.day)}日",
        f"{letter}{number}.{day.month}.{day.day}",
        f"{letter}{number:02d}{day:%m%d}",
    ]


@pytest.mark.sweep
@pytest.mark.promise("P3.10")
def test_every_day_since_1873_is_read_in_every_notation(record_property: sweeps.Record) -> None:
    first, last = date(1873, 1, 1), date(2026, 12, 31)
    every = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    days = sweeps.take(every, sample=9_001)  # no whole number of weeks, months or years apart
    sweeps.record(record_property, "days of birth in each notation", ran=len(days), of=len(every))

    wrong = [text for day in days for text in notations(day)[4::3] if birth.parse(text) != day]
    sampled = [text for day in days[::37] for text in notations(day) if birth.parse(text) != day]

    assert wrong == []
    assert sampled == []


@given(st.text(max_size=50))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = birth.parse(text)

    assert found is None or found >= birth.GREGORIAN_FROM


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("昭和64年1月7日", "1989-01-07", Verdict.MATCH),
        ("1989-01-07", "1989-01-08", Verdict.MISMATCH),
        ("1989-01-07", "平成31年5月1日", Verdict.CANNOT_TELL),
        ("1989-01-07", "", Verdict.CANNOT_TELL),
    ],
)
def test_compares_days_without_tolerance(a: str, b: str, verdict: Verdict) -> None:
    assert birth.compare(a, b).verdict is verdict
    assert birth.compare(b, a).verdict is verdict
