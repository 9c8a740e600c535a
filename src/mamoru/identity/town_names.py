"""How the names of a municipality's towns are written, and which of them a text begins with (P3.10).

A name in another form is taken only where one name of the municipality can be meant.
"""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import product
from typing import Final, NamedTuple

from mamoru.identity import numerals, spelling

_COUNTED: Final = re.compile(
    rf"([0-9]+|[{numerals.KANJI}]+)"
    "([のノ]?通り|条|番町|番丁|番通|丁目|丁|線|区|号|町|通|番)"
)
_DROPPED: Final = ("条", "番町", "番丁")
"""Words that people leave out behind a number: 北16西2, つつじが丘北3-4."""
_AVENUE: Final = "通り"
_KANJI_DIGITS: Final = "〇一二三四五六七八九"
_PARTICLE: Final = re.compile("(?<=.)ノ(?=.)")
_GOES_ON: Final = re.compile("[ぁ-ヺ々一-鿿𠀀-𪛟]")
_PART: Final = re.compile("(.{2,5}?)[町村区](?![町村区])(?=.)")
_WARD: Final = re.compile("([^区]{2,5})区(?![町村区])(?=.)")
_NUMERALS: Final = frozenset(f"0123456789{numerals.KANJI}")
_SUFFIX: Final = re.compile("[町村区]")
_FEWEST: Final = 3
"""So many towns begin with the name of what was a municipality, as the table's builder holds too."""


@dataclass(frozen=True, slots=True, eq=False)
class Town:
    """One town. In Kyoto several of one ward may bear one name, told apart by their streets.

    Each is made once and is equal to itself alone.
    """

    code: str  # of its municipality
    name: str
    key: str  # the name in its usual form, its numerals as numbers
    streets: frozenset[str]  # spelled alike (`spelling.street`)
    chome: bool  # whether it is divided into 丁目


class Way(NamedTuple):
    """How a form differs from the whole name: what that is called, and what must follow the form."""

    reason: str = ""
    follows: re.Pattern[str] | None = None
    joined: bool = (
        False  # the form takes the first of the numbers; a hyphen or の is left behind it
    )


WHOLE: Final = Way()
_UNIT_DROPPED: Final = Way("chome-notation", spelling.SEPARATED, joined=True)
_JO_DROPPED: Final = Way("chome-notation", re.compile("(?:-[0-9]+){3}(?![0-9-])"), joined=True)
"""東茨戸1-2-314-15: lots of 東茨戸 have no four numbers, so it is 東茨戸一条二丁目314-15."""
_NUMBER: Final = rf" *(?:[0-9]|[{numerals.KANJI}]+(?:丁目|番地|番|号))"
_CHO_OMITTED: Final = Way("cho-omitted", re.compile(_NUMBER))
_PART_OMITTED: Final = Way("cho-omitted", re.compile(f" *$|{_NUMBER}"))
_PART_ADDED: Final = Way("cho-omitted")


class Found(NamedTuple):
    """A town's name at the beginning of a text: which town, or towns of one name, and where it ends."""

    towns: tuple[Town, ...]
    end: int
    way: Way = WHOLE
    loosely: bool = False  # an old or rare form of the name, the only one that it can be


_Towns = tuple[Town, ...]


class Names:
    """The towns of a municipality by the forms of their names."""

    def __init__(self, towns: _Towns, *, parts_called_ku: bool) -> None:
        """Take all towns; `parts_called_ku`: a 区 within a town's name may be given or not."""
        self._towns = towns
        self._parts_called_ku = parts_called_ku
        self._exact = _exact(towns)

    def at(self, text: str) -> Found | None:
        """Return the longest town's name with which a text begins; it is spelled as `spelling.usual`.

        A number that goes on behind the name belongs to no shorter name: 三条 does not begin 三条一.
        """
        exact = self._exact.find(text)
        if exact is not None and not _GOES_ON.match(text, exact.end):
            return exact
        loose = self._loose.find(spelling.loose(text))
        if loose is not None and (exact is None or exact.end < loose.end):
            return loose._replace(loosely=True)
        if exact is not None:
            return exact
        return self._short.find(text) or self._of_a_part(text)

    @cached_property
    def _loose(self) -> "_Longest":
        """Names in their loosest form, where one name of the municipality has it and no other."""
        found: dict[str, list[_Towns]] = defaultdict(list)
        for name, towns in _by_name(self._towns).items():
            key = spelling.loose(spelling.usual(spelling.bare(name)))
            for form in {key, _PARTICLE.sub("", key)}:
                found[form].append(towns)
        return _Longest({name: each[0] for name, each in found.items() if len(each) == 1}, {})

    @cached_property
    def _plain(self) -> list[str]:
        return sorted({spelling.usual(spelling.bare(name)) for name in _by_name(self._towns)})

    def _begin_with(self, head: str) -> int:
        """Return how many names begin with a word."""
        last = bisect_left(self._plain, f"{head}\U0010ffff")
        return last - bisect_left(self._plain, head)

    @cached_property
    def _short(self) -> "_Longest":
        """Names without a 町 that people leave out, where no other name begins so or is so begun.

        At the name's end (豊川 for 豊川町), or behind what was a municipality of its own and is the
        head of several towns' names (木之本西山 for 木之本町西山).
        """
        found: dict[str, set[str]] = defaultdict(set)
        forms: dict[str, _Towns] = {}
        ways: dict[str, Way] = {}
        for name, towns in _by_name(self._towns).items():
            plain = spelling.usual(spelling.bare(name))
            for suffix in _SUFFIX.finditer(plain):
                found[f"{plain[: suffix.start()]}{plain[suffix.end() :]}"].add(name)
            part = _PART.match(plain)
            if part and self._begin_with(plain[: part.end()]) >= _FEWEST:
                form = f"{part[1]}{plain[part.end() :]}"
                forms[form], ways[form] = towns, _PART_OMITTED
            if plain.endswith("町") and len(plain) > _FEWEST - 1 and plain[-2] not in "番丁":
                forms[plain[:-1]], ways[plain[:-1]] = towns, _CHO_OMITTED
        free = {
            form: towns
            for form, towns in forms.items()
            if len(found[form]) == 1 and self._is_free(form, towns)
        }
        return _Longest(free, {form: ways[form] for form in free})

    def _is_free(self, form: str, towns: _Towns) -> bool:
        """Whether no form of another name begins with this one, nor this one with it."""
        forms, ordered = self._exact.forms, self._ordered
        if any(forms.get(form[:end], towns) != towns for end in range(1, len(form))):
            return False
        for each in ordered[bisect_left(ordered, form) :]:
            if not each.startswith(form):
                return True
            if forms[each] != towns:
                return False
        return True

    @cached_property
    def _ordered(self) -> list[str]:
        return sorted(self._exact.forms)

    def _of_a_part(self, text: str) -> Found | None:
        """Find 胆沢南都田 in 胆沢区南都田: the 区 of a merged municipality (地方自治法202条の4).

        Its name is the head of several towns' names, and no town is named by what follows alone.
        """
        ward = _WARD.match(text) if self._parts_called_ku else None
        if ward is None or _is_numeral(text[ward.end(1) - 1]) or _is_numeral(text[ward.end()]):
            return None
        head, rest = ward[1], text[ward.end() :]
        if self._begin_with(head) < _FEWEST or self._exact.find(rest):
            return None
        found = self._exact.find(f"{head}{rest}")
        if found is None or found.end <= len(head) or found.way is not WHOLE:
            return None
        return Found(found.towns, found.end + 1, _PART_ADDED)


class _Longest:
    """Forms of names with what each stands for, to find the longest that a text begins with."""

    __slots__ = ("_lengths", "_ways", "forms")

    def __init__(self, forms: dict[str, _Towns], ways: dict[str, Way]) -> None:
        self.forms = forms
        self._ways = ways  # of the forms that are not the whole name
        lengths: dict[str, set[int]] = defaultdict(set)
        for form in forms:
            lengths[form[:1]].add(len(form))
        self._lengths = {
            first: _longest_first(frozenset(each)) for first, each in lengths.items() if first
        }

    def find(self, text: str) -> Found | None:
        forms, length = self.forms, len(text)
        for end in self._lengths.get(text[:1], ()):
            if end > length:
                continue
            form = text[:end]
            towns = forms.get(form)
            if towns is None or (form[-1] in _NUMERALS and _runs_on(text, end, forms)):
                continue
            way = self._ways.get(form, WHOLE)
            if way.follows is None or way.follows.match(text, end):
                return Found(towns, end, way)
        return None


@cache
def _longest_first(lengths: frozenset[int]) -> tuple[int, ...]:
    """Return lengths in the order of the search; a hundred different ones serve all towns."""
    return tuple(sorted(lengths, reverse=True))


def _by_name(towns: _Towns) -> dict[str, _Towns]:
    found: dict[str, _Towns] = {}
    for town in towns:
        found[town.name] = (*found.get(town.name, ()), town)
    return found


def _exact(towns: _Towns) -> _Longest:
    """Return each name as it is spelled, and with its numerals written in other ways."""
    exact: dict[str, _Towns] = {}
    for name, found in _by_name(towns).items():
        for form in _spelled(name) - {""}:
            exact[form] = (*exact[form], *found) if form in exact else found
    forms, ways = dict(exact), {}
    for name, found in exact.items():
        for form, dropped in _written(name):
            if form in forms:
                continue
            if dropped:
                base = exact.get(form.rstrip("0123456789"))
                if base is None:
                    ways[form] = _UNIT_DROPPED
                elif all(town.chome for town in found) and not any(town.chome for town in base):
                    ways[form] = _JO_DROPPED
                else:
                    continue
            forms[form] = found
    return _Longest(forms, ways)


def _spelled(name: str) -> set[str]:
    """Return how a name is spelled in a text in its usual form: by itself, and behind a 市 or 町."""
    bare = spelling.bare(name)
    return {spelling.usual(bare), spelling.usual(f"市{bare}")[1:]}


def _runs_on(text: str, end: int, forms: Mapping[str, object]) -> bool:
    """Whether the number at a name's end may go on behind it: 三条 does not begin 三条一.

    A name like 与一, whose head is no town, does not: 与一四丁目 is the fourth 丁目 of 与一.
    """
    after = text[end : end + 1]
    if not _is_numeral(after) or text[end - 1].isascii() != after.isascii():
        return False
    head = text[:end].rstrip(f"0123456789{numerals.KANJI}")
    return after.isascii() or not head or head in forms


def _is_numeral(character: str) -> bool:
    return character in _NUMERALS


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
        ways = [(f"{form}{each}", False) for form in forms for each in _units(form, unit)]
        last = place == len(counted) - 1 and not plain[place + 1]
        if value is not None and unit in _DROPPED:
            between = unit == "条" and plain[place + 1][:1] in set("東西南北")
            if between:
                ways += [(form, False) for form in forms]
            elif (
                last and plain[0]
            ):  # 千代田区3-1 has left its town out: nobody knows that it was 三番町
                ways.append((str(value), True))
        choices.append(ways)
    for chosen in product(*choices):
        text = plain[0]
        for (piece, _), after in zip(chosen, plain[1:], strict=True):
            text += piece + after
        yield text, any(dropped for _, dropped in chosen)


def _units(number: str, unit: str) -> tuple[str, ...]:
    """Return the ways in which a unit is written behind a number in its usual form."""
    if unit.endswith(_AVENUE):
        return (f"{'の' if number.isascii() else 'ノ'}{_AVENUE}", _AVENUE)
    other = {"番町": "番丁", "番丁": "番町"}.get(unit)
    return (unit, other) if other else (unit,)


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
