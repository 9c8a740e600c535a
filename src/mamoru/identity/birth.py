"""Birth dates in 西暦 and 和暦, as people write them: a day of the calendar or nothing (P3.10).

An impossible date is never shifted to a possible one.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from mamoru.identity import numerals
from mamoru.identity.terms import Verdict
from mamoru.kit import text as kit_text

_ERAS: Final = (  # first and last day; on 1912-07-30 and 1926-12-25 two eras meet
    ("M", ("明治", "明", "M"), date(1868, 10, 23), date(1912, 7, 30)),
    ("T", ("大正", "大", "T"), date(1912, 7, 30), date(1926, 12, 25)),
    ("S", ("昭和", "昭", "S"), date(1926, 12, 25), date(1989, 1, 7)),
    ("H", ("平成", "平", "H"), date(1989, 1, 8), date(2019, 4, 30)),
    ("R", ("令和", "令", "R"), date(2019, 5, 1), date(2099, 12, 31)),
)
_ERA_OF: Final = {name: each for each in _ERAS for name in each[1]}
_SQUARE: Final = str.maketrans(
    {"㍾": "明治", "㍽": "大正", "㍼": "昭和", "㍻": "平成", "㋿": "令和"}
)
GREGORIAN_FROM: Final = date(1873, 1, 1)
"""Japan's first day of the Gregorian calendar; older dates are not read."""

_NUMBER: Final = rf"[0-9]+|[{numerals.KANJI}]+|元"
_MARK: Final = rf"[./{re.escape(kit_text.DASHES)}]"
_WRITTEN: Final = re.compile(
    rf"(?P<era>明治|大正|昭和|平成|令和|西暦|[明大昭平令MTSHR])?"
    rf"(?P<year>{_NUMBER})(?:年(?P<month>{_NUMBER})月(?P<day>{_NUMBER})日?"
    rf"|(?P<mark>{_MARK})(?P<m>[0-9]{{1,2}})(?P=mark)(?P<d>[0-9]{{1,2}}))"
    r"(?:生|生まれ)?"
)
_EIGHT: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SEVEN: Final = re.compile(r"([MTSHR])([0-9]{2})([0-9]{2})([0-9]{2})")
_MONTHS: Final = (
    *("JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE"),
    *("JULY", "AUGUST", "SEPTEMBER", "OCTOBER", "NOVEMBER", "DECEMBER"),
)
_MONTH: Final = "|".join(f"{each[:3]}(?:{each[3:]})?" for each in _MONTHS) + "|SEPT"
_DAY: Final = "(?P<day>[0-9]{1,2})(?:ST|ND|RD|TH)?"
_ENGLISH: Final = re.compile(  # 2 March 1979 as in passports, March 2, 1979
    rf"\s*(?:{_DAY}[\s-]*(?P<month>{_MONTH})[.,]?"
    rf"|(?P<first>{_MONTH})\.?\s*{_DAY.replace('day', 'second')}(?=[\s,]),?)"
    r"[\s-]*(?P<year>[0-9]{4})\s*"
)
_MAX: Final = 40
_FOUR_DIGITS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class BirthComparison:
    """The verdict on two dates as written, and what was read."""

    verdict: Verdict
    reasons: tuple[str, ...]
    a: str
    b: str
    a_day: date | None
    b_day: date | None


def parse(text: str) -> date | None:
    """Return the day that `text` names, or None if it is impossible or can be read in two ways."""
    if len(text) > _MAX or kit_text.hidden_characters(text):
        return None
    folded = kit_text.fold(text.translate(_SQUARE)).upper()
    if english := _ENGLISH.fullmatch(folded):
        return _named_month(english)
    plain = re.sub(r"\s", "", folded)
    if eight := _EIGHT.fullmatch(plain):
        return _day(None, *(int(part) for part in eight.groups()))
    if seven := _SEVEN.fullmatch(plain):
        return _day(seven[1], *(int(part) for part in seven.groups()[1:]))
    found = _WRITTEN.fullmatch(plain)
    return _written(found) if found else None


def _written(found: re.Match[str]) -> date | None:
    """Return the day of year, month and day with or without an era."""
    year = 1 if found["year"] == "元" else numerals.number(found["year"])
    month = numerals.number(found["month"] or found["m"])
    day = numerals.number(found["day"] or found["d"])
    era = None if found["era"] in {None, "西暦"} else found["era"]
    if year is None or month is None or day is None or (found["year"] == "元" and era is None):
        return None
    return _day(era, year, month, day)


def compare(a: str, b: str) -> BirthComparison:
    """Return whether two written dates are one day; there is no tolerance."""
    left, right = parse(a), parse(b)
    if not a.strip() or not b.strip():
        verdict, code = Verdict.CANNOT_TELL, "not-given"
    elif left is None or right is None:
        verdict, code = Verdict.CANNOT_TELL, "date-unreadable"
    elif left != right:
        verdict, code = Verdict.MISMATCH, "date-differs"
    else:
        verdict, code = Verdict.MATCH, "" if a == b else "date-notation"
    codes = (code,) if code else ()
    return BirthComparison(verdict=verdict, reasons=codes, a=a, b=b, a_day=left, b_day=right)


def _named_month(found: re.Match[str]) -> date | None:
    """Return the day whose month stands in letters, so that no order of numbers can be mistaken."""
    name = found["month"] or found["first"]
    month = next(at for at, each in enumerate(_MONTHS, 1) if each.startswith(name[:3]))
    return _day(None, int(found["year"]), month, int(found["day"] or found["second"]))


def _day(era: str | None, year: int, month: int, day: int) -> date | None:
    first, last = GREGORIAN_FROM, date.max
    if era is not None:
        _, _, first, last = _ERA_OF[era]
        year += first.year - 1
        first = max(first, GREGORIAN_FROM)
    elif year < _FOUR_DIGITS:
        return None  # two digits of a year without an era
    try:
        found = date(year, month, day)
    except (ValueError, OverflowError):
        return None
    return found if first <= found <= last else None
