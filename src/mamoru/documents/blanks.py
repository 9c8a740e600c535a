"""Characters that no font of ours has: a box in the letter, filled in by hand (P3.24).

A person's name is never altered or spelt otherwise. Where it cannot be printed, the letter shows
that something is to be written, and the desk is told what and where.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, Final, TypeVar

from mamoru.documents import fonts
from mamoru.documents.terms import Letter

BOX: Final = "〔　〕"
_NOTE: Final = {
    "ja": "本書の〔　〕は、当社の書体で印字できない文字の位置です。書面では手書きで補っております。",
    "en": "〔　〕 marks a character that our fonts cannot print; on paper it is written in by hand.",
}
_SELECTORS = "[\ufe00-\ufe0f\U000e0100-\U000e01ef]"
V = TypeVar("V")


class LetterPart(StrEnum):
    """Where in a letter a character stands, as staff look for it."""

    ADDRESSEE = "addressee"
    ADDRESS = "address"
    TEXT = "text"
    ANNEX = "annex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A character to be written by hand in one part of a letter."""

    point: int  # the code point
    part: LetterPart
    count: int
    nth: int  # its place in the part's line, from 1; of the first, where there are several

    @property
    def code(self) -> str:
        """The character as staff look it up: `U+2B820`."""
        return f"U+{self.point:04X}"


def find(letter: Letter) -> tuple[Blank, ...]:
    """Return every character of a letter that cannot be printed, part by part."""
    found = []
    for part, texts in _parts(letter):
        lines = tuple(texts)
        for character in fonts.missing("".join(lines)):
            first = next(line for line in lines if character in line)
            found.append(
                Blank(
                    point=ord(character),
                    part=part,
                    count=sum(line.count(character) for line in lines),
                    nth=_without_selectors(first).index(character) + 1,
                )
            )
    return tuple(found)


def leave(letter: Letter, characters: str) -> Letter:
    """Return the letter with a box for each of the characters, and a line that says what it is."""
    if not any(
        each in text for _, texts in _parts(letter) for text in texts for each in characters
    ):
        return letter
    left = _with_boxes(letter, re.compile(f"[{re.escape(characters)}]{_SELECTORS}?"))
    note = _NOTE["en" if letter.language == "en" else "ja"]
    return replace(left, closing=(*left.closing, note))


def _parts(letter: Letter) -> Iterator[tuple[LetterPart, Iterable[str]]]:
    to = letter.addressee
    yield LetterPart.ADDRESSEE, (to.name, to.on_behalf_of)
    yield LetterPart.ADDRESS, to.address_lines
    yield LetterPart.TEXT, _texts((letter.opening, letter.sections, letter.closing))
    yield LetterPart.ANNEX, _texts(letter.annexes)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(each)
    elif is_dataclass(value):
        for each in fields(value):
            yield from _texts(getattr(value, each.name))


def _with_boxes(value: V, missing: re.Pattern[str]) -> V:
    changed: Any = value
    if isinstance(value, str):
        changed = missing.sub(BOX, value)
    elif isinstance(value, tuple):
        changed = tuple(_with_boxes(each, missing) for each in value)
    elif is_dataclass(value) and not isinstance(value, type):
        changed = replace(
            value,
            **{
                each.name: _with_boxes(getattr(value, each.name), missing) for each in fields(value)
            },
        )
    made: V = changed
    return made


def _without_selectors(text: str) -> str:
    return re.sub(_SELECTORS, "", text)
