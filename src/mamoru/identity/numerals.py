"""Kanji numerals as numbers: 二百四十一, 二四一, 廿 and mixtures are 241 or nothing, never a guess."""

import re
from typing import Final

DIGITS: Final = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_PLACES: Final = {"十": 10, "百": 100, "千": 1000}
_MYRIAD: Final = "万"
KANJI: Final = "〇一二三四五六七八九十百千万廿"
RUN: Final = re.compile(rf"[0-9]+|[{KANJI}]+")
MAX: Final = 12
"""Longer runs are no number of a place."""


def number(text: str) -> int | None:
    """Return the number of one run of ASCII digits or kanji numerals, or None if it is neither."""
    if not text or len(text) > MAX:
        return None
    if text.isascii():
        return int(text) if text.isdecimal() else None
    plain = text.replace("廿", "二十")
    if all(character in DIGITS for character in plain):
        return int("".join(str(DIGITS[character]) for character in plain))
    high, mark, low = plain.partition(_MYRIAD)
    if not mark:
        return _below_myriad(plain)
    upper = _below_myriad(high) if high else None
    lower = _below_myriad(low) if low else 0
    return None if upper is None or lower is None else upper * 10_000 + lower


def _below_myriad(text: str) -> int | None:
    total, digit, last_place = 0, None, 10_000
    for character in text:
        if character in DIGITS:
            if digit is not None or character == "〇":
                return None
            digit = DIGITS[character]
            continue
        place = _PLACES.get(character)
        if place is None or place >= last_place:
            return None
        total += (1 if digit is None else digit) * place
        digit, last_place = None, place
    return total + (digit or 0)


def plain(text: str) -> str:
    """Return text with each run of numerals as digits between bars, so that runs never join."""
    return RUN.sub(_bar, text)


def _bar(run: re.Match[str]) -> str:
    value = number(run[0])
    return run[0] if value is None else f"|{value}|"
