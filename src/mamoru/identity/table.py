"""The packed file of municipalities and towns, as `scripts/build_towns.py` writes it (P3.10)."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_name("towns.pack")

Row = tuple[str, str, str, list[str], list[str], int]
"""Name, kana, Latin letters, postal codes, streets, and whether there are 丁目."""


@dataclass(frozen=True)
class Table:
    """Four bytes with the length of the head, the head, each municipality's towns, packed apart,
    and the names that few municipalities have.
    """

    packed: bytes
    version: str
    index: Mapping[str, tuple[Any, ...]]
    former: Mapping[str, tuple[str, ...]]
    start: int
    homes: tuple[int, int]

    def towns_of(self, code: str) -> list[Row]:
        """Return the rows of a municipality; KeyError if there is none."""
        *_, offset, length = self.index[code]
        return [tuple(row) for row in self._unpacked(offset, length)]

    def homes_of_names(self) -> Mapping[str, str]:
        """Return codes of municipalities, between spaces, by the town's name that they alone have."""
        found = self._unpacked(*self.homes)
        return {name: codes for codes, names in found.items() for name in names}

    def _unpacked(self, offset: int, length: int) -> Any:
        part = self.packed[self.start + offset : self.start + offset + length]
        return json.loads(zlib.decompress(part))


@cache
def table() -> Table:
    """Return the table, its head read and its towns still packed."""
    packed = _FILE.read_bytes()
    start = 4 + int.from_bytes(packed[:4], "big")
    head = json.loads(zlib.decompress(packed[4:start]))
    former: dict[str, tuple[str, ...]] = {}
    for name, code in head["former"]:
        former[name] = (*former.get(name, ()), code)
    index = {code: tuple(rest) for code, *rest in head["municipalities"]}
    return Table(packed, head["version"], index, former, start, tuple(head["homes"]))
