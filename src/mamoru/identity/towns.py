"""The towns of Japan as Japan Post lists them, read-only and offline: which name stands where (P3.10).

The table is built by `scripts/build_towns.py`; `version()` names its sources and goes on every
verdict. A municipality's towns are unpacked when it is first met.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Final

from mamoru.identity import municipalities as places
from mamoru.identity import numerals, spelling
from mamoru.identity.table import Row, table
from mamoru.identity.town_names import Found, Names, Town

__all__ = [
    "CLASSES",
    "Found",
    "Municipality",
    "Place",
    "Town",
    "alone",
    "at",
    "everywhere",
    "former",
    "head",
    "municipality",
    "named",
    "stands_alone",
    "version",
]

_COUNTY: Final = re.compile(r"^(.+?郡|三宅島|八丈島)(.+[町村])$")
_WARD: Final = re.compile(r"^(.+市)(.+区)$")
CLASSES: Final = "甲乙丙戊己庚辛"
"""支号: letters by which lots of one 大字 are told apart; 丁 is more often a block's name."""
_FIRST: Final = 2
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, eq=False)
class Municipality:
    """A municipality of today, or a ward of a designated city."""

    code: str
    prefecture: str
    county: str
    city: str
    ward: str
    kana: str
    romaji: str

    @property
    def name(self) -> str:
        """City and ward, without the county."""
        return f"{self.city}{self.ward}"

    @cached_property
    def towns(self) -> tuple[Town, ...]:
        """All towns, and those of one name between which nothing tells once."""
        made: dict[tuple[str, tuple[str, ...], int], Town] = {}
        for name, _, _, _, streets, chome in self._rows():
            key = (name, tuple(streets), chome)
            if key not in made:
                made[key] = Town(
                    self.code,
                    name,
                    numerals.plain(spelling.usual(spelling.bare(name))),
                    frozenset(map(spelling.street, streets)) if streets else _NONE,
                    bool(chome),
                )
        return tuple(made.values())

    def _rows(self) -> list[Row]:
        return table().towns_of(self.code)

    def at(self, text: str) -> Found | None:
        """Return the longest town's name with which a text begins; it is spelled as `spelling.usual`."""
        return self._names.at(text)

    @cached_property
    def _names(self) -> Names:
        return Names(self.towns, parts_called_ku=not self.ward)

    @cached_property
    def by_romaji(self) -> Mapping[str, tuple[str, ...]]:
        """The key of a name in Latin letters -> the town names that it may stand for."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, kana, latin, *_ in self._rows():
            keys = {spelling.romaji(latin, digits=True), spelling.romaji_of_kana(kana)}
            for key in keys:
                found[key].add(name)
        return {key: tuple(sorted(names)) for key, names in found.items() if key}

    def postal_codes(self, name: str) -> frozenset[str]:
        """Return the postal codes, seven digits each, of the towns of a name."""
        return frozenset(code for row in self._rows() if row[0] == name for code in row[3])

    def is_class(self, name: str) -> bool:
        """Whether a town's name is a class of lots: it ends in 甲, and the same with 乙 is a town too."""
        others = {f"{name[:-1]}{each}" for each in CLASSES} - {name}
        return name[-1] in CLASSES and any(town.name in others for town in self.towns)

    def named(self, name: str) -> tuple[Town, ...]:
        """Return the towns of a name."""
        return tuple(town for town in self.towns if town.name == name)


@cache
def _all() -> Mapping[str, Municipality]:
    return {
        code: _municipality(code, prefecture, name, kana, romaji)
        for code, (prefecture, name, kana, romaji, *_) in table().index.items()
    }


def _municipality(code: str, prefecture: str, name: str, kana: str, romaji: str) -> Municipality:
    ward = _WARD.match(name)
    county = None if ward else _COUNTY.match(name)
    return Municipality(
        code=code,
        prefecture=prefecture,
        county=county[1] if county else "",
        city=ward[1] if ward else county[2] if county else name,
        ward=ward[2] if ward else "",
        kana=kana,
        romaji=romaji,
    )


def version() -> str:
    """Return which release of which sources the table was made of."""
    return table().version


@cache
def municipality(code: str) -> Municipality:
    """Return a municipality by its code (JIS X 0402); KeyError if there is none."""
    return _all()[code]


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality's name at the beginning of a text, in its parts, and where it ends."""

    county: str
    city: str
    ward: str
    end: int


@cache
def _by_name() -> Mapping[str, tuple[Municipality, ...]]:
    found: dict[str, list[Municipality]] = defaultdict(list)
    for each in _all().values():
        for name in {each.name, each.city, each.ward} - {""}:
            found[spelling.usual(name)].append(each)
    return {name: tuple(each) for name, each in found.items()}


@cache
def _counties_of() -> Mapping[str, frozenset[str]]:
    return {
        name: frozenset(spelling.usual(each.county) for each in found)
        for name, found in _by_name().items()
    }


@cache
def _heads() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, tuple[str, ...]]]:
    """Return the names of counties, and of municipalities and wards, by their first character."""
    counties = {spelling.usual(each.county) for each in _all().values()} - {""}
    return _initials(counties), _initials(_by_name())


def _initials(names: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found[name[0]].append(name)
    return {
        first: tuple(sorted(each, key=lambda name: -len(name))) for first, each in found.items()
    }


def at(text: str) -> Place | None:
    """Return the municipality of today with which a text in its usual form begins, if one does.

    The county may be left out, and the city before its ward; spaces may stand between.
    """
    counties, names = _heads()
    county = _at(counties, text, 0)
    start = _skip(text, len(county))
    name = _at(names, text, start)
    if county and county not in _counties_of().get(name, ()):
        county, start = "", 0
        name = _at(names, text, start)
    if not name:
        return None
    end = start + len(name)
    one = _by_name()[name][0]
    if name == spelling.usual(one.ward):
        return Place(county, "", name, end)
    if one.ward and name == spelling.usual(one.name):
        return Place(county, one.city, spelling.usual(one.ward), end)
    if one.ward:  # a designated city, its ward behind a space or left out
        after = _skip(text, end)
        wards = {spelling.usual(each.ward) for each in _by_name()[name]}
        ward = next((each for each in wards if text.startswith(each, after)), "")
        return Place(county, one.city, ward, after + len(ward) if ward else end)
    return Place(county, one.city, "", end)


@cache
def _written_heads() -> tuple[frozenset[str], Mapping[str, tuple[int, ...]]]:
    """Return what municipalities are called without spaces, and the lengths by the first letters."""
    heads: set[str] = set()
    for each in _all().values():
        if each.city in places.OF_TWO_TIMES:
            continue  # which ward is meant depends on what follows
        names = (each.name, each.ward) if each.ward else (f"{each.county}{each.name}", each.name)
        heads.update(
            spelling.usual(f"{prefecture}{name}")
            for prefecture in ("", each.prefecture)
            for name in names
        )
    lengths: dict[str, set[int]] = defaultdict(set)
    for head in heads:
        lengths[head[:_FIRST]].add(len(head))
    return frozenset(heads), {
        first: tuple(sorted(each, reverse=True)) for first, each in lengths.items()
    }


def head(text: str) -> str:
    """Return the longest name of a municipality, with its prefecture, with which a text begins.

    Nothing where a space stands in it or a designated city's ward is left out: `at` tells more.
    """
    heads, lengths = _written_heads()
    for end in lengths.get(text[:_FIRST], ()):
        if text[:end] in heads:
            return text[:end]
    return ""


def _at(names: Mapping[str, tuple[str, ...]], text: str, start: int) -> str:
    for name in names.get(text[start : start + 1], ()):
        if text.startswith(name, start):
            return name
    return ""


def _skip(text: str, start: int) -> int:
    while text[start : start + 1] == " ":
        start += 1
    return start


def former(name: str) -> tuple[str, ...]:
    """Return the codes of the municipalities in which a town or village of earlier days lives on."""
    return table().former.get(name, ())


_homes = cache(lambda: table().homes_of_names())


def alone(text: str, *, prefecture: str = "") -> str:
    """Return the code of the one municipality that has the town with which a text begins, or nothing.

    One in the prefecture, if it is given, else in Japan. The name must end where numbers begin:
    of the rest of a longer name nobody knows.
    """
    bare = spelling.bare(text)
    ends = [run.start() for run in numerals.RUN.finditer(bare, 1)]
    for end in reversed(ends):
        code = _only(numerals.plain(bare[:end].strip()), prefecture)
        if code:
            return code
    return ""


def stands_alone(town: Town, *, prefecture: str = "") -> bool:
    """Return whether no other municipality, of a prefecture or of Japan, has a town of this name."""
    return _only(town.key, prefecture) == town.code


def _only(key: str, prefecture: str) -> str:
    codes = _homes().get(key, "").split()
    if prefecture:
        codes = [code for code in codes if municipality(code).prefecture == prefecture]
    return codes[0] if len(codes) == 1 else ""


@lru_cache(maxsize=8192)
def named(city: str, ward: str = "", *, prefecture: str = "", county: str = "") -> tuple[str, ...]:
    """Return the codes of the municipalities that the words may mean; nothing if there is none."""
    usual = spelling.usual(f"{city}{ward}")
    return tuple(
        each.code
        for each in _by_name().get(usual, ())
        if prefecture in {"", each.prefecture} and county in {"", spelling.usual(each.county)}
    )


def everywhere() -> Iterable[Municipality]:
    """Return every municipality, in the order of the codes."""
    return [_all()[code] for code in sorted(_all())]
