"""Two addresses side by side, component by component; the worst finding is the verdict."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from mamoru.identity import municipalities as places
from mamoru.identity import numerals, reasons, spelling, towns
from mamoru.identity.address import inside
from mamoru.identity.address.form import Comparison, Form
from mamoru.identity.address.reading import read
from mamoru.identity.spelling import DASH
from mamoru.identity.terms import Verdict, worst
from mamoru.identity.towns import Town

_JAPANESE: Final = re.compile(r"[぀-ヿ一-鿿𠀀-𪛟々]")
_SOFT: Final = re.compile(r"[条丁目番地号町村ノの丿字大線通りリ|]|" + DASH)
_LEGAL_DIGITS: Final = str.maketrans("壱弐参", "一二三")
_JIS_LEVEL_2: Final = b"\x98\x9f"
_SIDE: Final = re.compile("通|[東西南北]側")
_WIDE: Final = re.compile("[\uff01-\uff5e\uff61-\uff9f]")
_THREE: Final = 3


@dataclass(slots=True)
class _Findings:
    """What was found while comparing; the worst verdict stands."""

    verdicts: list[Verdict] = field(default_factory=lambda: [Verdict.MATCH])
    codes: set[str] = field(default_factory=set)
    differing: list[str] = field(default_factory=list)

    def note(self, *codes: str) -> None:
        self.codes.update(codes)

    def less(self, code: str, component: str) -> None:
        self._add(Verdict.PARTIAL, code, component)

    def unknown(self, code: str, component: str) -> None:
        self._add(Verdict.CANNOT_TELL, code, component)

    def differs(self, code: str, component: str) -> None:
        self._add(Verdict.MISMATCH, code, component)

    def _add(self, verdict: Verdict, code: str, component: str) -> None:
        self.verdicts.append(verdict)
        self.codes.add(code)
        if component not in self.differing:
            self.differing.append(component)


def compare(a: str, b: str) -> Comparison:
    """Return whether two addresses name one place; symmetric, for any text, in bounded time."""
    left, right = _closed(read(a), read(b))
    found = _Findings()
    if left.problem or right.problem:
        for code in sorted({left.problem, right.problem} - {""}):
            found.unknown(code, "text")
    else:
        _compare_places(left, right, found)
        if _reads_two_ways(left, right):
            found.unknown("ambiguous", "town")
        else:
            _compare_towns(left, right, found)
            _compare_numbers(left, right, found)
        _compare_inside(left, right, found)
        _note_notation(left, right, found)
    return Comparison(
        verdict=worst(found.verdicts),
        reasons=reasons.ordered(found.codes),
        differing=tuple(found.differing),
        a_form=left,
        b_form=right,
    )


def _closed(a: Form, b: Form) -> tuple[Form, Form]:
    """Return both with an open end closed where the other one tells how: 番地二浦安ビル, 番地二 浦安ビル."""
    short, long = sorted((a, b), key=lambda form: len(form.numbers))
    count = len(short.numbers)
    extra = long.numbers[count:]
    if not short.open_end or len(extra) != 1 or long.numbers[:count] != short.numbers:
        return a, b
    run = numerals.RUN.match(short.building)
    for end in range(len(run[0]) if run else 0, 0, -1):
        rest = short.building[end:]
        if numerals.number(short.building[:end]) == extra[0] and rest.startswith(long.building):
            closed = short._replace(
                numbers=long.numbers,
                kinds=(*short.kinds, ""),
                families=(*short.families, ""),
                building=rest,
                open_end=False,
            )
            return (closed, b) if short is a else (a, closed)
    return a, b


def _reads_two_ways(a: Form, b: Form) -> bool:
    """Whether the same is written, but divided otherwise, and the table does not say how."""
    if a.known & b.known and a.koaza == b.koaza:
        return False
    other = (a.town_key, a.numbers) != (b.town_key, b.numbers)
    return other and _skeleton(a) == _skeleton(b)


def _skeleton(form: Form) -> str:
    """Return all that is written after the municipality, without the words between numbers."""
    values = "".join(f"{_mark(form, at)}|{value}|" for at, value in enumerate(form.numbers))
    values += _mark(form, len(form.numbers))
    written = f"{form.town_key}{values}{form.building}".translate(_LEGAL_DIGITS)
    parts = [_SOFT.sub("", part) for part in numerals.plain(written).split("|")]
    return "|".join(part for part in parts if part)


def _compare_places(a: Form, b: Form, found: _Findings) -> None:
    if a.prefecture and b.prefecture and a.prefecture != b.prefecture:
        found.differs("municipality", "prefecture")
    if a.county and b.county and a.county != b.county:
        found.differs("municipality", "county")
    if not a.candidates & b.candidates:
        of_today = all(code[:2].isdecimal() for code in a.candidates | b.candidates)
        same_city = a.city == b.city and a.city in places.DESIGNATED
        if not of_today or (same_city and not (a.ward and b.ward)) or _ends_alike(a, b):
            found.unknown("town-unknown", "city")
        elif same_city:
            found.differs("ward", "ward")
        else:
            found.differs("municipality", "city")
    elif len(a.candidates | b.candidates) > 1 or _is_double(a, b):
        found.unknown("ambiguous", "city")  # nor does the town tell which of them is meant


def _is_double(a: Form, b: Form) -> bool:
    """Whether the municipality's name is borne by others and nothing says that both mean one."""
    if a.known & b.known:
        return False
    one_place = (a.prefecture and a.prefecture == b.prefecture) or (
        a.county and a.county == b.county
    )
    return a.city in places.DOUBLES and not one_place


def _ends_alike(a: Form, b: Form) -> bool:
    """Whether one text, as far as it goes, is the end of the other: its head may be left out."""
    short, long = sorted(
        (f"{form.county}{form.city}{form.ward}{form.town_key}" for form in (a, b)), key=len
    )
    return long.endswith(short) or (a.town_key == b.town_key and _city_within(a.city, b.city))


def _city_within(a: str, b: str) -> bool:
    return bool(a and b) and a != b and (a.endswith(b) or b.endswith(a))


def _compare_towns(a: Form, b: Form, found: _Findings) -> None:
    if a.known and b.known:
        _compare_known(a, b, found)
        return
    if a.street != b.street:
        if a.street and b.street:
            found.unknown("kyoto-street", "street")
        else:
            found.less("kyoto-street-missing", "street")
    left, right = a.town_key, b.town_key
    if left == right:
        return
    if left in right or right in left or _one_of_another_form(left, right):
        found.unknown("town", "town")  # a part left out or an old form: the table does not tell
    else:
        found.differs("town", "town")


def _compare_known(a: Form, b: Form, found: _Findings) -> None:
    """Compare two towns of the table, what is named within them, and Kyoto's streets."""
    if not a.known & b.known:
        found.differs("town", "town")
        return
    if len({town.name for town in a.known | b.known}) > 1 and _spelled_otherwise(a, b):
        found.unknown("ambiguous", "town")  # 日の出 and 日之出 are two towns of one city
    if a.koaza != b.koaza:
        left, right = a.koaza, b.koaza
        if not (left and right) and _are_classes(a.known & b.known):
            found.note("koaza-omitted")  # the class and the number name one lot of the 大字
        elif left in right or right in left or _one_of_another_form(left, right):
            found.unknown("koaza", "town")
        else:
            found.differs("koaza", "town")
    _compare_streets(a, b, found)


def _are_classes(known: frozenset[Town]) -> bool:
    return all(towns.municipality(town.code).is_class(town.name) for town in known)


def _spelled_otherwise(a: Form, b: Form) -> bool:
    """Whether anything but widths and numerals is written in two ways."""
    return any(":" in each for each in a.folded ^ b.folded)


def _compare_streets(a: Form, b: Form, found: _Findings) -> None:
    """Compare Kyoto's streets, which matter where a town's name stands more than once in the ward."""
    if a.street == b.street:
        return
    if a.alone and b.alone:
        if not (a.street and b.street):
            found.note("kyoto-street-omitted-unique")
        elif _street_key(a) == _street_key(b) or (_at_street(a) and _at_street(b)):
            found.note("kyoto-spelling")  # or two names of one corner
        else:
            found.unknown("kyoto-street", "street")
    elif not (a.street and b.street):
        found.less("kyoto-street-missing", "street")
    else:
        left_towns, right_towns = _at_street(a), _at_street(b)
        if not (left_towns and right_towns):
            found.unknown("kyoto-street", "street")
        elif left_towns & right_towns:
            found.note("kyoto-spelling")
        else:
            found.differs("kyoto-street", "street")


def _street_key(form: Form) -> str:
    """Return a street without 通, side and the writing of its numbers."""
    return numerals.plain(_SIDE.sub("", form.street))


def _at_street(form: Form) -> frozenset[Town]:
    """Return which of the towns of one name lie at the street that is given."""
    return frozenset(town for town in form.known if form.street in town.streets)


def _one_of_another_form(left: str, right: str) -> bool:
    """Whether the names differ only where a rare character stands, which may be an old form."""
    if spelling.loose(left) == spelling.loose(right):
        return True
    if len(left) != len(right):
        return _is_subsequence(left, right) or _is_subsequence(right, left)
    return all(_is_rare(x) or _is_rare(y) for x, y in zip(left, right, strict=True) if x != y)


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


def _is_rare(character: str) -> bool:
    """Whether a kanji stands outside the first level of JIS X 0208."""
    if not _JAPANESE.match(character):
        return False
    try:
        return character.encode("shift_jis") >= _JIS_LEVEL_2
    except UnicodeEncodeError:
        return True


def _compare_numbers(a: Form, b: Form, found: _Findings) -> None:
    short, long = sorted((a, b), key=lambda form: len(form.numbers))
    count = len(short.numbers)
    if long.numbers[:count] != short.numbers:
        found.differs(_why_numbers_differ(a, b), "numbers")
        return
    for first, second in zip(a.families, b.families, strict=False):
        _compare_kinds(first, second, found)
    if a.marks or b.marks:
        _compare_marks(short, long, found)
    if len(long.numbers) > count:
        _compare_length(short, long, found)


def _compare_length(short: Form, long: Form, found: _Findings) -> None:
    """Say what it means that one side's numbers go on where the other's end."""
    count, extra = len(short.numbers), long.numbers[len(short.numbers) :]
    if short.open_end:
        found.unknown("ambiguous", "numbers")
        return
    chome = {town.chome for town in short.known & long.known}
    with_chome = "chome" in {*short.families[:1], *long.families[:1]} or (
        chome == {True} and count > 1
    )
    alike = len(extra) == 1 and short.room == str(extra[0]) and not long.room
    if alike and count >= _THREE:
        found.note("room-notation")  # 芝浦3-4-1-801; with two numbers it may be the house
    elif len(extra) == 1 and short.room:
        found.unknown("room", "room")  # a last number against a room: perhaps two rooms
    elif count == 0:
        found.unknown("ambiguous", "numbers")
    elif with_chome or count >= _THREE:
        found.less("branch-missing" if count < _THREE else "room-missing", "numbers")
    elif len(long.numbers) >= _THREE:
        found.unknown("ambiguous", "numbers")  # a block without its house, or another lot
    else:
        found.differs("lot-branch", "numbers")


def _compare_kinds(first: str, second: str, found: _Findings) -> None:
    if not first or not second or first == second:
        return
    if "chome" in {first, second}:
        found.differs("chome", "numbers")
    else:
        found.unknown("ambiguous", "numbers")


def _compare_marks(short: Form, long: Form, found: _Findings) -> None:
    """Compare 甲 and 乙, or 南 and 北, before each number that both have, and behind the last."""
    count = len(short.numbers)
    for at in range(count + 1):
        x, y = _mark(short, at), _mark(long, at)
        if x and y and x != y:
            found.differs("number", "numbers")
        elif x != y and (x or at < count or len(long.numbers) == count):
            found.unknown("ambiguous", "numbers")


def _mark(form: Form, at: int) -> str:
    return form.marks[at] if form.marks else ""


def _why_numbers_differ(a: Form, b: Form) -> str:
    if "".join(map(str, a.numbers)) == "".join(map(str, b.numbers)):
        return "digits-regrouped"
    if Counter(a.numbers) == Counter(b.numbers):
        return "number-order"
    first_differs = a.numbers[:1] != b.numbers[:1]
    return "chome" if first_differs and "chome" in {*a.families[:1], *b.families[:1]} else "number"


def _compare_inside(a: Form, b: Form, found: _Findings) -> None:
    left, right = inside.key(a.building), inside.key(b.building)
    if left != right:
        if left and right:
            found.unknown("building", "building")
        else:
            found.less("building-missing", "building")
    for component, x, y in (("floor", a.floor, b.floor), ("room", a.room, b.room)):
        if x == y or (component == "room" and "room-notation" in found.codes):
            continue
        if x and y:
            found.differs(component, component)
        else:
            found.less("room-missing", component)


def _note_notation(a: Form, b: Form, found: _Findings) -> None:
    """Say what was notation only; codes that are met on one side alone explain a difference."""
    found.note(*(each.partition(":")[0] for each in a.folded ^ b.folded))
    for code, x, y in (
        ("prefecture-omitted", a.prefecture, b.prefecture),
        ("gun-omitted", a.county, b.county),
        ("city-omitted", a.city, b.city),
        ("postal-code-omitted", a.postal_code, b.postal_code),
    ):
        if bool(x) != bool(y):
            found.note(code)
    if a.postal_code and b.postal_code and a.postal_code != b.postal_code:
        found.note("postal-code-contradicts")
    for x, y in zip(a.kinds, b.kinds, strict=False):
        if x != y:
            found.note(_unit_notation({x, y}))
    if a.original.split() != b.original.split() and _spaced(a.original) != _spaced(b.original):
        found.note("spacing")
    if _is_wide(a.original) != _is_wide(b.original):
        found.note("width")


def _unit_notation(units: set[str]) -> str:
    if units == {"番地", "番"}:
        return "lot-vs-block"
    return "chome-notation" if units & {"丁目", "丁", "地割"} else "banchi-notation"


def _spaced(text: str) -> bool:
    return len(text.split()) > 1


def _is_wide(text: str) -> bool:
    return _WIDE.search(text) is not None
