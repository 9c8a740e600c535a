"""The day of a time as databases write it: of a column, nobody knows which form it has."""

import re
from datetime import UTC, date, datetime
from typing import Final

from mamoru.identity import birth
from mamoru.kit import clock

_NEVER: Final = re.compile(r"[0\-/:.\sTZ]*")  # MariaDB writes 0000-00-00 where nothing happened
_PACKED: Final = re.compile(r"[0-9]{14}(?:\.[0-9]+)?")
_EPOCH: Final = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
"""Digits of an epoch of this century, and how many of them make a second."""
_DATE_FIRST: Final = re.compile(r"(?P<day>.+?日|[^\sT]+)[\sT]*[0-9]{1,2}[:時].*")


def is_empty(written: str) -> bool:
    """Return whether a cell names no time at all."""
    return _NEVER.fullmatch(written) is not None


def day_of(written: str) -> date | None:
    """Return the day in Japan of a day or time as a store writes it, None where it is unreadable.

    Read are ISO 8601 with or without a zone, days in every form in which people write them with
    or without a time behind, fourteen digits, and seconds since 1970 down to nanoseconds. What
    has no zone is Japan's.
    """
    text = written.strip()
    whole, _, _ = text.partition(".")
    if whole.isascii() and whole.isdigit() and len(whole) in _EPOCH:
        at = datetime.fromtimestamp(int(whole) / _EPOCH[len(whole)], tz=UTC)
        return clock.date_in_japan(at)
    if _PACKED.fullmatch(text):
        return birth.parse(text[:8])
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        day = birth.parse(text)
        timed = _DATE_FIRST.fullmatch(text)
        return birth.parse(timed["day"]) if day is None and timed else day
    return found.date() if found.tzinfo is None else clock.date_in_japan(found)
