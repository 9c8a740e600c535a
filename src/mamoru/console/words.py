"""Days, moments and the words of codes in the language of the page (house, Japanese first)."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.utils.translation import get_language

from mamoru.console import labels
from mamoru.documents import wording
from mamoru.kit import calendar, clock

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def language() -> str:
    """Return the language of this page: `ja` or `en`."""
    return "en" if (get_language() or "ja").startswith("en") else "ja"


def day(value: date) -> str:
    """Return a day with its weekday."""
    if language() == "ja":
        return calendar.long_date(value)
    return f"{value:%a}, {value.day} {value:%B} {value.year}"


def moment(value: datetime) -> str:
    """Return a moment in Japan to the minute."""
    local = value.astimezone(clock.JAPAN)
    return f"{day(local.date())} {local.hour:02}:{local.minute:02}"


def version(text: str) -> str:
    """Return a version of the policy as the day from which it holds."""
    return day(date.fromisoformat(text)) if _DAY.fullmatch(text) else text


def thousands(count: int | str) -> str:
    """Return a count with its thousands parted, `1,234`; what is no count stays as it is."""
    text = str(count)
    return f"{int(text):,}" if text.isdecimal() else text


def listed(items: Iterable[object]) -> str:
    """Return items one behind the other, with the comma of the language."""
    return ("、" if language() == "ja" else ", ").join(map(str, items))


def said(words: wording.Words, code: str) -> str:
    """Return words that letters share; KeyError for a code that has none."""
    return wording.said(words, code, language())


def word(words: labels.Words, code: str) -> str:
    """Return staff words of a code, or the code itself where there are none."""
    return str(words.get(code, code))
