"""Which characters our fonts can draw: a name with a missing glyph must stop the letter (U16)."""

import re
import struct
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_jp

_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_UNSEEN = frozenset("\n\t\r\u200b\ufeff")
_TABLE_HEAD = 12
_TABLE_ENTRY = 16
_SEGMENTED = 4
_GROUPED = 12


def serif() -> Path:
    """Return the file of the body font, Noto Serif JP (OFL-1.1)."""
    return Path(pylopdf_fonts_jp.serif_path())


def sans() -> Path:
    """Return the file of the heading font, Noto Sans JP (OFL-1.1)."""
    return Path(pylopdf_fonts_jp.sans_path())


def missing(text: str) -> tuple[str, ...]:
    """Return the characters of `text`, each once, that one of the two fonts cannot draw.

    A variation selector changes the shape of the character before it and needs
    no glyph of its own.
    """
    drawn = _drawn()
    return tuple(
        character
        for character in dict.fromkeys(_SELECTOR.sub("", text))
        if character not in _UNSEEN and ord(character) not in drawn
    )


@lru_cache(maxsize=1)
def _drawn() -> frozenset[int]:
    """Return what both fonts can draw; once, for every value of every answer is asked for it."""
    return covered(serif()) & covered(sans())


@lru_cache(maxsize=8)
def covered(font: Path) -> frozenset[int]:
    """Return the code points that a font maps to a glyph, read from its `cmap` table."""
    data = font.read_bytes()
    cmap = _cmap(data)
    count = struct.unpack_from(">H", data, cmap + 2)[0]
    points: set[int] = set()
    for record in range(count):
        offset = struct.unpack_from(">I", data, cmap + 4 + 8 * record + 4)[0]
        table = cmap + int(offset)
        form = struct.unpack_from(">H", data, table)[0]
        if form == _SEGMENTED:
            points.update(_segments(data, table))
        elif form == _GROUPED:
            points.update(_groups(data, table))
    return frozenset(points)


def _cmap(data: bytes) -> int:
    tables = struct.unpack_from(">H", data, 4)[0]
    for entry in range(tables):
        at = _TABLE_HEAD + _TABLE_ENTRY * entry
        if data[at : at + 4] == b"cmap":
            return int(struct.unpack_from(">I", data, at + 8)[0])
    raise ValueError("the font has no character map")


def _segments(data: bytes, table: int) -> Iterable[int]:
    """Format 4: segments of the basic plane; a glyph index of 0 means there is none."""
    twice = struct.unpack_from(">H", data, table + 6)[0]
    segments = twice // 2
    ends = struct.unpack_from(f">{segments}H", data, table + 14)
    starts = struct.unpack_from(f">{segments}H", data, table + 16 + twice)
    deltas = struct.unpack_from(f">{segments}H", data, table + 16 + 2 * twice)
    ranges_at = table + 16 + 3 * twice
    ranges = struct.unpack_from(f">{segments}H", data, ranges_at)
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        for point in range(start, min(end, 0xFFFE) + 1):
            glyph = point
            if ranges[index]:
                at = ranges_at + 2 * index + ranges[index] + 2 * (point - start)
                glyph = struct.unpack_from(">H", data, at)[0]
                if glyph == 0:
                    continue
            if (glyph + deltas[index]) % 0x10000:
                yield point


def _groups(data: bytes, table: int) -> Iterable[int]:
    """Format 12: groups of all planes."""
    for group in range(struct.unpack_from(">I", data, table + 12)[0]):
        start, end, glyph = struct.unpack_from(">III", data, table + 16 + 12 * group)
        yield from (point for point in range(start, end + 1) if glyph + point - start)
