"""建物・階・部屋: what an address says behind its numbers."""

import re
from typing import Final

from mamoru.identity import numerals
from mamoru.identity.spelling import DASH, usual

EDGES: Final = " ,、，.・()（）「」-"
_FLOOR: Final = re.compile(r"(地下|B)?([0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:階|F(?![A-Za-z]))")
_MARKS: Final = re.compile(r"[・･,、.（）()]")
_DASHES: Final = re.compile(DASH)
_APART: Final = re.compile(r"(?<=[0-9A-Z])\s+(?=[0-9])")
_BETWEEN: Final = re.compile(r"(?<=[0-9])[・･,、.](?=[0-9])")
_ROOM_NAMED: Final = re.compile(r"([A-Z]?-?[0-9]{1,5}[A-Z]?)(?:号室|号|室)$")
_ROOM_BARE: Final = re.compile(r"(?<![0-9A-Z])([A-Z]?-?[0-9]{3,5})$")


def read(after: str) -> tuple[str, str, str]:
    """Return building, floor and room of what follows the numbers."""
    if not after:
        return "", "", ""
    # A space between digits, or behind a letter, keeps two things apart: メゾン2 101号室.
    rest = "".join(_APART.sub("-", after.upper()).split()).strip(EDGES)
    floor = room = ""
    found = list(_FLOOR.finditer(rest))
    if found:
        last = found[-1]
        value = numerals.number(last[2])
        floor = f"{'B' if last[1] else ''}{last[2] if value is None else value}F"
        rest = f"{rest[: last.start()].rstrip(EDGES)}{rest[last.end() :]}"
    named = _ROOM_NAMED.search(rest) or _ROOM_BARE.search(rest)
    if named:
        room, rest = named[1].replace("-", ""), rest[: named.start()]
    return rest.strip(EDGES), floor, room


def key(building: str) -> str:
    """Return what a building's name is compared by."""
    if not building:
        return ""
    plain = usual(_MARKS.sub("", _BETWEEN.sub("-", building)))
    return numerals.plain(_DASHES.sub("-", plain))
