"""個人番号: a number of twelve digits with its own check digit, which nobody may keep (番号法20条)."""

import re
import unicodedata

from mamoru.kit import individual_number

_DASH = r"\-‐‑‒–—―−ーｰ"
_ALONE, _ALONE_END = rf"(?<![0-9])(?<![0-9][ {_DASH}])", rf"(?![ {_DASH}]?[0-9])"
_NUMBER = re.compile(
    # In one piece: what stands beside it after a space is another number, a date perhaps.
    rf"(?<![0-9])(?<![0-9][{_DASH}])[0-9]{{12}}(?![{_DASH}]?[0-9])"
    rf"|{_ALONE}[0-9]{{4}}([ {_DASH}・./]{{1,3}})[0-9]{{4}}\1[0-9]{{4}}{_ALONE_END}"
    # In fours of which a line, or a column, ends within; a longer list of fours is none.
    rf"|{_ALONE}(?<![0-9]\s)[0-9]{{4}}\s{{1,3}}[0-9]{{4}}\s{{1,3}}[0-9]{{4}}"
    rf"(?!\s{{1,3}}[0-9]){_ALONE_END}"
    rf"|{_ALONE}[0-9](?:[\s|]{{1,3}}[0-9]){{11}}{_ALONE_END}"
    # In threes, sixes or twos; the spaces of a table are wider.
    rf"|{_ALONE}[0-9]{{3}}([ {_DASH}])[0-9]{{3}}\2[0-9]{{3}}\2[0-9]{{3}}{_ALONE_END}"
    rf"|{_ALONE}[0-9]{{6}}[ {_DASH}][0-9]{{6}}{_ALONE_END}"
    rf"|{_ALONE}[0-9]{{2}}([ {_DASH}])[0-9]{{2}}(?:\3[0-9]{{2}}){{4}}{_ALONE_END}"
)
_DATED = re.compile(
    # In fours beside the year until which a card is valid; four years are a list of years.
    rf"{_ALONE}(?<![0-9]\s)(?:(?:19|20)[0-9]{{2}}\s{{1,3}})?"
    r"((?!(?:(?:19|20)[0-9]{2}\s{1,3}){2})[0-9]{4}\s{1,3}[0-9]{4}\s{1,3}[0-9]{4})"
    rf"(?:\s{{1,3}}(?:19|20)[0-9]{{2}})?(?!\s{{1,3}}[0-9]){_ALONE_END}"
)
_UNSEEN = re.compile(rf"[\u00ad\u200b-\u200f\u2060\ufeff\r]|(?<=[0-9][{_DASH}])\n")
"""What stands within a number without being seen, and the line that ends at one of its dashes."""
_LICENCE = re.compile(r"第\s*$")
_LICENCE_END = re.compile(r"\s*号")


def shown_in(text: str) -> bool:
    """Return whether a text shows a number that may be an Individual Number.

    Twelve digits in one piece, in groups of one length, over several lines, beside a year, or
    digit by digit as in the boxes of a card, of full or half width. The number of a driving
    licence has twelve digits too: printed as it is there, 「第…号」, it is none.
    """
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
    return any(_is_one(plain, found) for found in _NUMBER.finditer(plain)) or any(
        individual_number.fits(re.sub(r"\s", "", found.group(1)))
        for found in _DATED.finditer(plain)
    )


def _is_one(text: str, found: re.Match[str]) -> bool:
    licence = _LICENCE.search(text[max(0, found.start() - 4) : found.start()])
    if licence and _LICENCE_END.match(text, found.end()):
        return False
    return individual_number.fits(re.sub(r"[^0-9]", "", found.group()))
