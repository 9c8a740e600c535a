"""個人番号: a number of twelve digits with its own check digit, which nobody may keep (番号法20条)."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from mamoru.kit import individual_number

_DASH: Final = r"\-‐‑‒–—―−ーｰ"
_ONE: Final = re.compile(rf"[ _・.{_DASH}]")
_OVER_A_LINE: Final = re.compile(rf"[ _・.\n{_DASH}]")
_WIDE: Final = re.compile(rf"[\s_・.,:;/|~〜()\[\]{{}}<>「」『』【】〔〕{_DASH}]{{1,4}}")
_UNSEEN: Final = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\r\U000e0000-\U000e0fff]"
)
"""What stands within a number without being seen."""
_DIGITS: Final = re.compile(r"[0-9]+")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_DATE: Final = re.compile(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")
_LICENCE, _LICENCE_END = re.compile(r"第\s*$"), re.compile(r"\s*号")


class _Shape(NamedTuple):
    """Groups that make twelve digits, and what may stand between two of them."""

    lengths: tuple[int, ...]
    between: re.Pattern[str]
    alike: bool = True  # the same sign between all of them


_SHAPES: Final = {
    12: (_Shape((12,), re.compile(rf"[{_DASH}]")),),
    8: (_Shape((8, 4), _ONE),),
    6: (_Shape((6, 6), _OVER_A_LINE),),
    4: (_Shape((4, 4, 4), _WIDE, alike=False), _Shape((4, 8), _ONE)),
    3: (_Shape((3,) * 4, _ONE),),  # the spaces of a table are wider than one
    2: (_Shape((2,) * 6, _ONE),),
    1: (_Shape((1,) * 12, _WIDE, alike=False),),  # the boxes of a card
}
"""By the length of the first group."""


def shown_in(text: str) -> bool:
    """Return whether a text shows a number that may be an Individual Number.

    Twelve digits in one piece, in groups of one length with whatever signs between them, in
    eight and four, over several lines, beside a year, or digit by digit as in the boxes of a
    card, of full or half width. A longer list of groups of one length is none. The number of a
    driving licence has twelve digits too: printed as it is there, 「第…号」, it is none.
    """
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    found = list(_DIGITS.finditer(plain))
    gaps = ["", *(plain[one.end() : next_.start()] for one, next_ in pairwise(found)), ""]
    groups = [each.group() for each in found]
    return any(
        not _of_licence(plain, found[start].start(), found[end - 1].end())
        for start, end in _candidates(groups, gaps)
    )


def _candidates(groups: Sequence[str], gaps: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield where groups begin and end that make such a number; `gaps[n]` stands before group n."""
    lengths = tuple(map(len, groups))
    for start, length in enumerate(lengths):
        for shape in _SHAPES.get(length, ()):
            end = start + len(shape.lengths)
            if lengths[start:end] != shape.lengths:
                continue
            taken = groups[start:end]
            if (
                _joined(gaps[start + 1 : end], shape)
                and not _of_dates(taken)
                and not _goes_on(groups[start - 1] if start else "", gaps[start], taken[0], shape)
                and not _goes_on(
                    groups[end] if end < len(groups) else "", gaps[end], taken[-1], shape
                )
                and individual_number.fits("".join(taken))
            ):
                yield start, end


def _joined(between: Sequence[str], shape: _Shape) -> bool:
    return all(map(shape.between.fullmatch, between)) and (
        not shape.alike or len(set(between)) <= 1
    )


def _of_dates(groups: Sequence[str]) -> bool:
    """Whether it is a list of years, or a day with something behind it."""
    return all(map(_YEAR.fullmatch, groups)) or any(map(_DATE.fullmatch, groups))


def _goes_on(beside: str, gap: str, outermost: str, shape: _Shape) -> bool:
    """Whether the list of groups is longer than the number; the year a card is valid to is not it."""
    if not beside or not shape.between.fullmatch(gap):
        return False
    if len(set(shape.lengths)) > 1 or len(shape.lengths) == 1:
        return True
    if len(beside) != len(outermost):
        return False
    return not (_YEAR.fullmatch(beside) and gap.isspace())


def _of_licence(text: str, start: int, end: int) -> bool:
    return bool(_LICENCE.search(text[max(0, start - 4) : start]) and _LICENCE_END.match(text, end))
