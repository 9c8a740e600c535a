"""The towns of Japan as Japan Post lists them, read-only and offline: which name stands where (P3.10).

The table is built by `scripts/build_towns.py`; `version()` names its sources and goes on every
verdict. A municipality's towns are unpacked when it is first met.
"""

import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Final

from mamoru.identity import numerals, spelling

_FILE: Final = Path(__file__).with_name("towns.pack")
_COUNTY: Final = re.compile(r"^(.+?郡|三宅島|八丈島)(.+[町村])$")
_WARD: Final = re.compile(r"^(.+市)(.+区)$")
_COUNTED: Final = re.compile(
    rf"([0-9]+|[{numerals.KANJI}]+)(条|番町|番丁|番通|丁目|丁|線|区|号|町|通|番)"
)
_DROPPED: Final = ("条", "番町", "番丁")
"""Words that people leave out behind a number: 北16西2, つつじが丘北3-4."""
_KANJI_DIGITS: Final = "〇一二三四五六七八九"
_PARTICLE: Final = re.compile("(?<=.)ノ(?=.)")
_GOES_ON: Final = re.compile("[ぁ-ヺ々一-鿿𠀀-𪛟]")
_NONE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Town:
    """One town. In Kyoto several of one ward may bear one name, told apart by their streets."""

    code: str  # of its municipality
    name: str
    streets: frozenset[str]  # spelled alike (`spelling.street`)
    chome: bool  # whether it is divided into 丁目


@dataclass(frozen=True, slots=True)
class Found:
    """A town's name at the beginning of a text: which town, or towns of one name, and where it ends."""

    towns: tuple[Town, ...]
    end: int
    loosely: bool = False  # an old or rare form of the name, the only one that it can be
    unit_dropped: bool = False


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
        """All towns."""
        return tuple(
            Town(
                self.code,
                name,
                frozenset(map(spelling.street, streets)) if streets else _NONE,
                bool(chome),
            )
            for name, _, _, _, streets, chome in self._rows()
        )

    def _rows(self) -> list[tuple[str, str, str, list[str], list[str], int]]:
        """Return name, kana, Latin letters, postal codes, streets and whether there are 丁目, a town."""
        return [tuple(row) for row in _table().towns_of(self.code)]

    def at(self, text: str) -> Found | None:
        """Return the longest town's name with which a text begins; it is spelled as `spelling.usual`.

        A number that goes on behind the name belongs to no shorter name: 三条 does not begin 三条一.
        """
        exact = _longest(self._names, text)
        if exact is not None and not _GOES_ON.match(text, exact.end):
            return exact
        loose = _longest(self._loose_names, spelling.loose(text))
        if loose is None or (exact is not None and exact.end >= loose.end):
            return exact
        return replace(loose, loosely=True)

    @cached_property
    def _names(self) -> "_Names":
        exact: dict[str, tuple[Town, ...]] = {}
        for town in self.towns:
            for name in _spelled(town.name):
                exact[name] = (*exact.get(name, ()), town)
        names: dict[str, tuple[tuple[Town, ...], bool]] = {}
        for name, towns in exact.items():
            for each, dropped in _written(name):
                if each not in exact and (not dropped or _base(each) not in exact):
                    names.setdefault(each, (towns, dropped))
        names.update((name, (towns, False)) for name, towns in exact.items())
        return _by_first(names)

    @cached_property
    def _loose_names(self) -> "_Names":
        """Names in their loosest form, where one name of the municipality has it and no other."""
        found: dict[str, list[tuple[Town, ...]]] = defaultdict(list)
        by_name: dict[str, tuple[Town, ...]] = {}
        for town in self.towns:
            by_name[town.name] = (*by_name.get(town.name, ()), town)
        for name, towns in by_name.items():
            key = spelling.loose(spelling.usual(spelling.bare(name)))
            for form in {key, _PARTICLE.sub("", key)}:
                found[form].append(towns)
        return _by_first({name: (each[0], False) for name, each in found.items() if len(each) == 1})

    @cached_property
    def by_romaji(self) -> Mapping[str, tuple[str, ...]]:
        """The key of a name in Latin letters -> the town names that it may stand for."""
        found: dict[str, set[str]] = defaultdict(set)
        for name, kana, latin, *_ in self._rows():
            for key in {spelling.romaji(latin), spelling.romaji_of_kana(kana)}:
                found[key].add(name)
        return {key: tuple(sorted(names)) for key, names in found.items() if key}

    def postal_codes(self, name: str) -> frozenset[str]:
        """Return the postal codes, seven digits each, of the towns of a name."""
        return frozenset(code for row in self._rows() if row[0] == name for code in row[3])

    def named(self, name: str) -> tuple[Town, ...]:
        """Return the towns of a name."""
        return tuple(town for town in self.towns if town.name == name)


_Names = Mapping[str, tuple[tuple[str, tuple[Town, ...], bool], ...]]


def _spelled(name: str) -> set[str]:
    """Return how a name is spelled in a text in its usual form: by itself, and behind a 市 or 町."""
    bare = spelling.bare(name)
    return {spelling.usual(bare), spelling.usual(f"市{bare}")[1:]}


def _by_first(names: Mapping[str, tuple[tuple[Town, ...], bool]]) -> _Names:
    found: dict[str, list[tuple[str, tuple[Town, ...], bool]]] = defaultdict(list)
    for name, (towns, dropped) in names.items():
        if name:
            found[name[0]].append((name, towns, dropped))
    return {
        first: tuple(sorted(each, key=lambda one: (-len(one[0]), one[0])))
        for first, each in found.items()
    }


def _longest(names: _Names, text: str) -> Found | None:
    for name, towns, dropped in names.get(text[:1], ()):
        if text.startswith(name):
            end = len(name)
            if _runs_on(name, text[end : end + 1], names):
                continue
            if dropped and not spelling.SEPARATED.match(text, end):
                continue
            return Found(towns, end, unit_dropped=dropped)
    return None


def _runs_on(name: str, after: str, names: _Names) -> bool:
    """Whether the number at a name's end may go on behind it: 三条 does not begin 三条一.

    A name like 与一, whose head is no town, does not: 与一四丁目 is the fourth 丁目 of 与一.
    """
    if not (_is_numeral(name[-1]) and _is_numeral(after)) or name[-1].isascii() != after.isascii():
        return False
    head = name.rstrip(f"0123456789{numerals.KANJI}")
    return (
        after.isascii() or not head or any(head == each for each, _, _ in names.get(head[:1], ()))
    )


def _is_numeral(character: str) -> bool:
    return character != "" and (character in numerals.KANJI or character.isdecimal())


def _written(name: str) -> Iterator[tuple[str, bool]]:
    """Yield the ways in which the counted parts of a name are written: 北十六条西, 北16条西, 北16西."""
    parts = _COUNTED.split(name)
    if len(parts) == 1:
        return
    plain, counted = parts[::3], list(zip(parts[1::3], parts[2::3], strict=True))
    choices: list[list[tuple[str, bool]]] = []
    for place, (number, unit) in enumerate(counted):
        value = numerals.number(number)
        forms = {number} if value is None else {str(value), _positional(value), _by_digits(value)}
        ways = [(f"{form}{unit}", False) for form in forms]
        other = {"番町": "番丁", "番丁": "番町"}.get(unit)
        if other:
            ways += [(f"{form}{other}", False) for form in forms]
        last = place == len(counted) - 1 and not plain[place + 1]
        if value is not None and unit in _DROPPED:
            between = unit == "条" and plain[place + 1][:1] in set("東西南北")
            if between:
                ways += [(form, False) for form in forms]
            elif last:
                ways.append((str(value), True))
        choices.append(ways)
    for chosen in product(*choices):
        text = plain[0]
        for (piece, _), after in zip(chosen, plain[1:], strict=True):
            text += piece + after
        yield text, any(dropped for _, dropped in chosen)


def _base(written: str) -> str:
    """Return a name without the number at its end."""
    return written.rstrip("0123456789")


def _positional(value: int) -> str:
    """Write 1 to 999 with places: 二十三."""
    text = ""
    for size, mark in ((100, "百"), (10, "十")):
        digit, value = divmod(value, size)
        if digit:
            text += ("" if digit == 1 else _KANJI_DIGITS[digit % 10]) + mark
    return text + (_KANJI_DIGITS[value] if value else "")


def _by_digits(value: int) -> str:
    return "".join(_KANJI_DIGITS[int(digit)] for digit in str(value))


@dataclass(frozen=True)
class _Table:
    """The file: four bytes with the length of its head, the head, and each municipality's towns."""

    packed: bytes
    version: str
    index: Mapping[str, tuple[str, str, str, str, int, int]]
    former: Mapping[str, tuple[str, ...]]
    start: int

    def towns_of(self, code: str) -> list[list[Any]]:
        *_, offset, length = self.index[code]
        part = self.packed[self.start + offset : self.start + offset + length]
        return list(json.loads(zlib.decompress(part)))


@cache
def _table() -> _Table:
    packed = _FILE.read_bytes()
    start = 4 + int.from_bytes(packed[:4], "big")
    head = json.loads(zlib.decompress(packed[4:start]))
    former: dict[str, tuple[str, ...]] = {}
    for name, code in head["former"]:
        former[name] = (*former.get(name, ()), code)
    index = {code: tuple(rest) for code, *rest in head["municipalities"]}
    return _Table(packed, head["version"], index, former, start)


@cache
def _all() -> Mapping[str, Municipality]:
    return {
        code: _municipality(code, prefecture, name, kana, romaji)
        for code, (prefecture, name, kana, romaji, *_) in _table().index.items()
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
    return _table().version


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
    return _table().former.get(name, ())


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
