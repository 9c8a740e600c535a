"""値を人の言葉で (P3.2, P3.18, P3.24): what a stored value says to the person whose it is.

The raw value stays what machines read; letters, packages and member pages show this.
"""

import re
from datetime import date

from mamoru.datamap.inventory import CHOICES_JOINED_BY, Column, Table, ValueKind
from mamoru.datamap.terms import ColumnType

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_YES_NO = {"ja": ("はい", "いいえ"), "en": ("Yes", "No")}
_TRUE = frozenset({"1", "true", "t", "yes", "y"})
_FALSE = frozenset({"0", "false", "f", "no", "n"})
_POSTAL = re.compile(r"〒?\s*(\d{3})[-－ー‐−]?(\d{4})")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d))?")
_WHOLE = re.compile(r"-?\d{4,}")
_YEN = re.compile(r"[(（]円[)）]")  # the unit of an amount stands in the title of its column
_BASIC = re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})|(\d{4})(\d\d)(\d\d)")


def spoken(table: Table, column: str, value: object, language: str) -> str:
    """Return a cell as people read it, in `ja` or `en`; an empty cell is empty text.

    Labels of the map come first, also for each part of a list (`export;law`); then dates, moments, yes and no, and postal codes in
    their written form, amounts of yen with their thousands parted. A day of the year 1 is the
    neutral value of an emptied cell that may not be null: it is empty text too. What is none of
    these, or not in the form its column promises, stays as it is stored. KeyError if the table has no such column.
    """
    raw = "" if value is None else str(value)
    known = table.column(column)
    label = known.labels.get(raw)
    if label is None and isinstance(value, bool):
        label = known.labels.get(str(int(value)))  # an engine's own boolean, mapped as 0 and 1
    if label is not None:
        return label.en if language == "en" else label.ja
    if not raw:
        return ""
    listed = _listed(known, raw, language)
    if listed:
        return listed
    return _formed(known, raw, language)


def spoken_day(raw: str, language: str) -> str:
    """Return a stored day as people read it, in `ja` or `en`; other text stays as it is."""
    return _moment(raw, language, time=False)


def _listed(column: Column, raw: str, language: str) -> str:
    """Return the labels of a list that is stored in one cell (`export;law`), empty if it is none.

    A part without a label stays as it is stored.
    """
    parts = [each.strip() for each in raw.split(CHOICES_JOINED_BY)]
    if len(parts) == 1 or not any(each in column.labels for each in parts):
        return ""
    said = [
        (label.en if language == "en" else label.ja) if label else each
        for each, label in ((each, column.labels.get(each)) for each in parts)
        if each
    ]
    return (", " if language == "en" else "、").join(said)


def _formed(column: Column, raw: str, language: str) -> str:
    if column.type is ColumnType.BOOLEAN:
        yes, no = _YES_NO["en" if language == "en" else "ja"]
        said = raw.lower()
        return yes if said in _TRUE else no if said in _FALSE else raw
    if column.type is ColumnType.DATETIME or column.type is ColumnType.DATE:
        return _moment(raw, language, time=column.type is ColumnType.DATETIME)
    if column.value is ValueKind.DATE:
        return _moment(raw, language, time=False)
    if column.value is ValueKind.POSTAL_CODE:
        found = _POSTAL.fullmatch(raw.strip())
        return f"{found[1]}-{found[2]}" if found else raw
    if column.type is ColumnType.INTEGER and _YEN.search(column.title.ja) and _WHOLE.fullmatch(raw):
        return f"{int(raw):,}"
    return raw


def _moment(raw: str, language: str, *, time: bool) -> str:
    """Return the day, with hour and minute where the column has them and they were stored."""
    found = _MOMENT.match(raw.strip())
    if found is not None:
        day = _day((found[1], found[2], found[3]))
        hour = f"{found[4]}:{found[5]}" if time and found[4] else ""
    else:
        basic = _BASIC.fullmatch(raw.strip())
        day = _day(tuple(part for part in basic.groups() if part)) if basic else None
        hour = ""
    if day is None:
        return raw
    if day.year == 1:
        return ""
    if language == "en":
        said = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    else:
        said = f"{day.year}年{day.month}月{day.day}日"
    if hour and not raw.endswith(("Z", "+00:00")):
        return f"{said} {hour}"
    if hour:
        return f"{said} {hour} UTC"
    return said


def _day(parts: tuple[str, ...]) -> date | None:
    try:
        year, month, day = (int(part) for part in parts)
        return date(year, month, day)
    except ValueError:
        return None
