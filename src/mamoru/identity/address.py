"""Do two addresses name the same place? (P3.10) Components decide, with reasons; no score does.

Read without a table of towns: what only a table could tell is `cannot-tell`.
A false match would disclose a person's data to a stranger, so nothing that is
written is ever dropped: each piece is equal, explained, missing or different.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple

from mamoru.identity import municipalities as places
from mamoru.identity import numerals, reasons, variants
from mamoru.identity.terms import Verdict, worst
from mamoru.kit import text as kit_text

MAX_LENGTH: Final = 300
_DASH: Final = "[" + re.escape(kit_text.DASHES) + "─━]"
_KANA_KE: Final = re.compile(r"(?<=[一-鿿々𠀀-𪛟])[ヶケがガカヵ](?=[一-鿿𠀀-𪛟])")
_KANA_NO: Final = re.compile(r"(?<=[一-鿿々𠀀-𪛟])[ノの之乃](?=[一-鿿𠀀-𪛟])")
_KANA_TSU: Final = re.compile(r"(?<=[一-鿿々𠀀-𪛟])[ツつッっ](?=[一-鿿𠀀-𪛟])")
_SPELLINGS: Final = (
    ("ke-ga", _KANA_KE, "ケ"),
    ("no-particle", _KANA_NO, "ノ"),
    ("variant-kanji", _KANA_TSU, "ツ"),
)
_OAZA: Final = re.compile(r"大字|(?<!文)字(?=.)")
_POSTAL: Final = re.compile(rf"^\s*〒?\s*([0-9]{{3}}){_DASH}?([0-9]{{4}})(?![0-9])\s*")
_LATIN: Final = re.compile(r"[A-Za-z]")
_JAPANESE: Final = re.compile(r"[぀-ヿ一-鿿𠀀-𪛟々]")
_COUNTY: Final = re.compile(r"^((?:高市|余市|[^0-9市区町村]{1,4}?)郡)(?=.+[町村])")
_MUNICIPALITY: Final = re.compile(r"^([^0-9]{1,7}?[市区町村])")
_SEPARATOR: Final = re.compile(rf"\s*(?:{_DASH}|[ノの之乃])\s*")
_UNIT: Final = re.compile(
    r"\s*(丁目|番地割|番地|地割|番(?![町丁街])|号(?![室棟館線])|丁(?=[\s0-9〇一二三四五六七八九十]|$|"
    + _DASH
    + "))"
)
_NOT_A_NUMBER: Final = re.compile(
    r"^(?:条|線|番町|番丁|番街|丁町|区|町|村|号線|[ノの之乃]?(?:日|本|軒|反|代|坪|ケ|ヶ|ツ|つ))"
)
_STREET: Final = re.compile(r"^(.*(?:上ル|下ル|東入|西入|南入|北入))(.+)$")
_STREET_SPELLING: Final = (
    (re.compile(r"([東西南北])入(?:ル|る|り)?"), r"\1入"),
    (re.compile(r"上(?:ル|る|がる|ガル)"), "上ル"),
    (re.compile(r"下(?:ル|る|がる|ガル)"), "下ル"),
)
_FLOOR: Final = re.compile(r"(地下|B)?([0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:階|F(?![A-Za-z]))")
_ROOM_NAMED: Final = re.compile(r"([A-Z]?-?[0-9]{1,5}[A-Z]?)(?:号室|号|室)$")
_ROOM_BARE: Final = re.compile(r"(?<![0-9A-Z])([A-Z]?-?[0-9]{3,5})$")
_GAP: Final = re.compile(rf"\s*(?=[0-9{numerals.KANJI}])")
_SOFT: Final = re.compile(r"[条丁目番地号町村ノの丿字大線通りリ|]|" + _DASH)
_LEGAL_DIGITS: Final = str.maketrans("壱弐参", "一二三")
_EDGES: Final = " ,、，.・()（）「」-"
_JIS_LEVEL_2: Final = b"\x98\x9f"
_THREE: Final = 3


def _any(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(set(names), key=lambda name: (-len(name), name))))


_PREFECTURE: Final = _any(places.PREFECTURES)
_DESIGNATED: Final = _any(places.DESIGNATED)
_TOKYO: Final = _any(places.TOKYO_WARDS)
_WARD: Final = _any(ward for _, wards in places.DESIGNATED.values() for ward in wards)
_WITHIN: Final = _any((*places.CITIES_WITHIN, *places.TOWNS_WITHIN))
_COUNTY_CITY: Final = _any(places.COUNTY_CITIES)
_WARDS_OF: Final = {
    city: sorted(wards, key=lambda ward: (-len(ward), ward))
    for city, (_, wards) in places.DESIGNATED.items()
}


class Kind(NamedTuple):
    """What the unit after a number says it is; '' where hyphens leave it open."""

    name: str
    family: str


_CHOME: Final = Kind("丁目", "chome")
_KINDS: Final = {
    "丁目": _CHOME,
    "丁": Kind("丁", "chome"),
    "地割": Kind("地割", "chome"),
    "番地割": Kind("地割", "chome"),
    "番地": Kind("番地", "lot"),
    "番": Kind("番", "lot"),
    "号": Kind("号", "house"),
}
_UNSTATED: Final = Kind("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An address taken apart, with the original and what was folded on the way."""

    original: str
    postal_code: str = ""
    prefecture: str = ""
    county: str = ""
    city: str = ""  # 市, 町, 村, or a ward of Tokyo
    ward: str = ""
    street: str = ""  # Kyoto's 通り名
    town: str = ""
    numbers: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()
    building: str = ""
    floor: str = ""
    room: str = ""
    problem: str = ""  # a reason code when the text could not be read
    folded: frozenset[str] = frozenset()  # `reason` or `reason:spelling` of notation met here
    candidates: frozenset[str] = frozenset()  # the municipalities that the text may mean
    town_key: str = ""
    families: tuple[str, ...] = ()
    open_end: bool = False  # a numeral follows that may be a number or a building's name


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The verdict on two texts with everything that a person must see to judge it."""

    verdict: Verdict
    reasons: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    a_form: Form
    b_form: Form
    table_version: str = variants.TABLE_VERSION


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
    left, right = read(a), read(b)
    found = _Findings()
    if left.problem or right.problem:
        for code in sorted({left.problem, right.problem} - {""}):
            found.unknown(code, "text")
    else:
        _compare_places(left, right, found)
        if (left.town_key, left.numbers) != (right.town_key, right.numbers) and (
            _skeleton(left) == _skeleton(right)
        ):
            found.unknown("ambiguous", "town")  # 北16西2 and 北十六条西二丁目: only a table knows
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


def read(text: str) -> Form:
    """Return an address taken apart; `problem` is set where it cannot be read."""
    if len(text) > MAX_LENGTH or kit_text.hidden_characters(text) or _is_treacherous(text):
        return Form(original=text, problem="unreadable")
    plain = kit_text.fold(text)
    plain = re.sub(r"\s+", " ", plain)
    if not _JAPANESE.search(plain):
        return Form(
            original=text, problem="latin-ambiguous" if _LATIN.search(plain) else "unreadable"
        )
    folded = set()
    postal = _POSTAL.match(plain)
    if postal:
        plain = plain[postal.end() :]
    usual = variants.fold(plain)
    if usual != plain:
        olds = (old for old, new in zip(plain, usual, strict=True) if old != new)
        folded.add(f"variant-kanji:{''.join(olds)}")
    for code, pattern, one in _SPELLINGS:
        folded.add(f"{code}:{''.join(pattern.findall(usual))}")
        usual = pattern.sub(one, usual)
    form = Form(original=text, postal_code="".join(postal.groups()) if postal else "")
    return _read_places(form, usual.strip(_EDGES), folded)


def _is_treacherous(text: str) -> bool:
    """Whether folding widths would change what a reader sees: ², ①, ½, other scripts' digits."""
    for character in text:
        category = unicodedata.category(character)
        if category in {"No", "Cc", "Cs", "Co", "Cn"} and character not in "\t\n\r":
            return True
        if category == "Nd" and unicodedata.normalize("NFKC", character) not in "0123456789":
            return True
    return False


def _read_places(form: Form, plain: str, folded: set[str]) -> Form:
    rest = plain
    named = _PREFECTURE.match(rest)
    prefecture = named[0] if named else ""
    rest = rest.removeprefix(prefecture).lstrip()
    county = ""
    if not _COUNTY_CITY.match(rest):
        found = _COUNTY.match(rest)
        if found:
            county, rest = found[1].replace(" ", ""), rest[found.end() :].lstrip()
    city, ward, rest = _read_city(rest)
    if not city and not ward:
        return replace(form, problem="town-unknown")
    if prefecture != "東京都" and not ward and city in places.TOKYO_WARDS:
        ward, city = city, ""  # a bare 区 may be Tokyo's or a designated city's
    form = replace(form, prefecture=prefecture, county=county, city=city, ward=ward)
    form = replace(form, candidates=_candidates(form))
    if not form.candidates:
        return replace(form, problem="town-unknown")
    return _read_town(form, rest.strip(_EDGES), folded)


def _read_city(rest: str) -> tuple[str, str, str]:
    found = _DESIGNATED.match(rest)
    if found:
        after = rest[found.end() :].lstrip()
        ward = next((each for each in _WARDS_OF[found[0]] if after.startswith(each)), "")
        return found[0], ward, after[len(ward) :]
    found = _TOKYO.match(rest)
    if found:
        return found[0], "", rest[found.end() :]
    found = _WARD.match(rest)
    if found:
        return "", found[0], rest[found.end() :]
    found = _WITHIN.match(rest) or _MUNICIPALITY.match(rest)
    if not found or len(found[0]) < 2:  # noqa: PLR2004 a name and its suffix
        return "", "", rest
    city = found[0].replace(" ", "")
    return places.ALIASES.get(city, city), "", rest[found.end() :]


def _candidates(form: Form) -> frozenset[str]:
    """Return every municipality that the words may mean."""
    if form.city in places.DESIGNATED:
        prefecture, _ = places.DESIGNATED[form.city]
        wrong = form.prefecture not in {"", prefecture}
        return frozenset() if wrong else frozenset({f"{form.city}{form.ward}"})
    if not form.city:  # a bare ward
        cities = {
            f"{city}{form.ward}"
            for city, (prefecture, wards) in places.DESIGNATED.items()
            if form.ward in wards and form.prefecture in {"", prefecture}
        }
        if form.ward in places.TOKYO_WARDS and form.prefecture in {"", "東京都"}:
            cities.add(form.ward)
        return frozenset(cities)
    return frozenset({form.city})


def _read_town(form: Form, rest: str, folded: set[str]) -> Form:
    street = ""
    if any(each.startswith("京都市") for each in form.candidates):
        spelled = rest
        for pattern, usual in _STREET_SPELLING:
            spelled = pattern.sub(usual, spelled)
        found = _STREET.match(spelled)
        if found:
            street, rest = _town_key(found[1], set()), found[2].lstrip()
            if spelled.replace(" ", "") not in form.original:
                folded.add("kyoto-spelling")
    start = _first_number(rest)
    town, block = rest[:start].strip(_EDGES), rest[start:]
    numbers, kinds, after = _read_numbers(block)
    building, floor, room = _read_inside(after)
    key = _town_key(town, folded)
    if not key and not numbers:
        return replace(form, problem="town-unknown")
    form = replace(form, candidates=_after_succession(form, key, folded))
    if "-" in block[: len(block) - len(after)]:
        folded.add("dash")
    if any(
        each in numerals.DIGITS or each in "十百千" for each in block[: len(block) - len(after)]
    ):
        folded.add("kanji-numeral")
    return replace(
        form,
        street=street,
        town=town,
        town_key=key,
        numbers=numbers,
        kinds=tuple(kind.name for kind in kinds),
        families=tuple(kind.family for kind in kinds),
        building=building,
        floor=floor,
        room=room,
        open_end=bool(numbers) and bool(numerals.RUN.match(building)),
        folded=frozenset(folded),
    )


def _after_succession(form: Form, key: str, folded: set[str]) -> frozenset[str]:
    """Return the candidates with renamed wards under their present name."""
    present = set()
    for each in form.candidates:
        ward = places.RENAMED_WARDS.get(("浜松市", each.removeprefix("浜松市")), "")
        if not each.startswith("浜松市") or not ward:
            present.add(each)
            continue
        if each == "浜松市北区" and key in {_town_key(town, set()) for town in places.MIKATAHARA}:
            ward = "中央区"
        present.add(f"浜松市{ward}")
        folded.add("renamed")
    return frozenset(present)


def _town_key(town: str, folded: set[str]) -> str:
    """Return what a town's name is compared by: one form for each class of spellings."""
    key = town.replace(" ", "")
    again = _OAZA.sub("", key)
    if again != key:
        folded.add("oaza-aza")
    for _, pattern, usual in _SPELLINGS:  # once more: the space or 字 between may have hidden one
        again = pattern.sub(usual, again)
    return _numbers_plain(again)


def _numbers_plain(text: str) -> str:
    """Return text with each run of numerals as digits between bars, so that runs never join."""

    def plain(run: re.Match[str]) -> str:
        value = numerals.number(run[0])
        return run[0] if value is None else f"|{value}|"

    return numerals.RUN.sub(plain, text)


def _first_number(rest: str) -> int:
    """Return where the numbers of the lot begin; the length of `rest` if there are none."""
    for run in numerals.RUN.finditer(rest):
        after = rest[run.end() :]
        if _NOT_A_NUMBER.match(after):
            continue
        begin = run.start() if run[0].isascii() else _begin(run, after)
        if begin is None:
            continue
        if run[0].isascii() or _ends_well(after) or not after or after[0] == " " or _joins(after):
            return begin
    return len(rest)


def _begin(run: re.Match[str], after: str) -> int | None:
    """Return where the number within a run of kanji numerals begins.

    徳万五百五十八番地 is 558 of 徳万, 助七一丁目 is the first 丁目 of 助七.
    """
    text = run[0]
    if after.startswith("丁") and len(text) > 1 and set(text) <= set("一二三四五六七八九"):
        return run.end() - 1
    for place in range(len(text)):
        if numerals.number(text[place:]) is not None:
            return run.start() + place
    return None


def _ends_well(after: str) -> bool:
    """Whether a kanji numeral's unit is really one: 一番堀通町 is a name, 一番地二 is a lot."""
    unit = _UNIT.match(after)
    if unit is None:
        return False
    if unit[1] in {"丁目", "番地", "番地割", "地割"}:
        return True
    follows = after[unit.end() :]
    return not follows or follows[0] == " " or bool(_joins(follows) or numerals.RUN.match(follows))


def _joins(after: str) -> bool:
    """Whether a hyphen or の and another number come next."""
    found = _SEPARATOR.match(after)
    return bool(found and numerals.RUN.match(after[found.end() :]))


def _read_numbers(block: str) -> tuple[tuple[int, ...], tuple[Kind, ...], str]:
    values: list[int] = []
    kinds: list[Kind] = []
    at = 0
    while run := numerals.RUN.match(block, at):
        value = numerals.number(run[0])
        unit = _UNIT.match(block, run.end())
        end = unit.end() if unit else run.end()
        if value is None or (values and not run[0].isascii() and not _ended(block, end, unit)):
            break
        if values and re.match(r"\s*(?:階|F(?![A-Za-z])|号[室棟館])", block[run.end() :]):
            break  # a floor or a room, not a number of the lot
        values.append(value)
        kinds.append(_KINDS[unit[1]] if unit else _UNSTATED)
        at = end
        separator = _SEPARATOR.match(block, at)
        if separator and numerals.RUN.match(block, separator.end()):
            at = separator.end()
        elif unit and unit[1] != "号" and (gap := _GAP.match(block, at)):
            at = gap.end()
        else:
            break
    return tuple(values), tuple(kinds), block[at:]


def _ended(block: str, end: int, unit: re.Match[str] | None) -> bool:
    after = block[end:]
    return bool(unit) or not after or after[0] in " (（、,・" or bool(_joins(after))


def _read_inside(after: str) -> tuple[str, str, str]:
    """Return building, floor and room of what follows the numbers."""
    rest = re.sub(r"\s+", "", after).upper().strip(_EDGES)
    floor = room = ""
    found = list(_FLOOR.finditer(rest))
    if found:
        last = found[-1]
        value = numerals.number(last[2])
        floor = f"{'B' if last[1] else ''}{last[2] if value is None else value}F"
        rest = f"{rest[: last.start()].rstrip(_EDGES)}{rest[last.end() :]}"
    named = _ROOM_NAMED.search(rest) or _ROOM_BARE.search(rest)
    if named:
        room, rest = named[1].replace("-", ""), rest[: named.start()]
    return rest.strip(_EDGES), floor, room


def _skeleton(form: Form) -> str:
    """Return all that is written after the municipality, without the words between numbers."""
    numbers = "".join(f"|{value}|" for value in form.numbers)
    written = f"{form.town_key}{numbers}{form.building}".translate(_LEGAL_DIGITS)
    parts = [_SOFT.sub("", part) for part in _numbers_plain(written).split("|")]
    return "|".join(part for part in parts if part)


def _compare_places(a: Form, b: Form, found: _Findings) -> None:
    if a.prefecture and b.prefecture and a.prefecture != b.prefecture:
        found.differs("municipality", "prefecture")
    if a.county and b.county and a.county != b.county:
        found.differs("municipality", "county")
    if not a.candidates & b.candidates:
        same_city = a.city == b.city and a.city in places.DESIGNATED
        if (same_city and not (a.ward and b.ward)) or _ends_alike(a, b):
            found.unknown("town-unknown", "city")
        elif same_city:
            found.differs("ward", "ward")
        else:
            found.differs("municipality", "city")
    elif len(a.candidates | b.candidates) > 1 or _is_double(a, b):
        found.unknown("ambiguous", "city")


def _is_double(a: Form, b: Form) -> bool:
    """Whether the municipality's name is borne by others and nothing says that both mean one."""
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
    if a.street != b.street:
        if a.street and b.street:
            found.unknown("kyoto-street", "street")
        else:
            found.less("kyoto-street-missing", "street")
    left, right = a.town_key, b.town_key
    if left == right:
        return
    if left in right or right in left or _one_of_another_form(left, right):
        found.unknown("town", "town")  # a part left out or an old form: only a table could tell
    else:
        found.differs("town", "town")


def _one_of_another_form(left: str, right: str) -> bool:
    """Whether the names differ only where a rare character stands, which may be an old form."""
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
    if len(long.numbers) == count:
        return
    extra = long.numbers[count:]
    if short.open_end:
        found.unknown("ambiguous", "numbers")
        return
    with_chome = "chome" in {*a.families[:1], *b.families[:1]}
    if len(extra) == 1 and short.room == str(extra[0]) and (with_chome or count >= _THREE):
        found.note("room-notation")
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


def _why_numbers_differ(a: Form, b: Form) -> str:
    if "".join(map(str, a.numbers)) == "".join(map(str, b.numbers)):
        return "digits-regrouped"
    if Counter(a.numbers) == Counter(b.numbers):
        return "number-order"
    first_differs = a.numbers[:1] != b.numbers[:1]
    return "chome" if first_differs and "chome" in {*a.families[:1], *b.families[:1]} else "number"


def _compare_inside(a: Form, b: Form, found: _Findings) -> None:
    left, right = _building_key(a.building), _building_key(b.building)
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


def _building_key(building: str) -> str:
    key = _KANA_NO.sub("ノ", _KANA_KE.sub("ケ", re.sub(r"[・･,、.（）()]", "", building)))
    return _numbers_plain(re.sub(_DASH, "-", key))


def _note_notation(a: Form, b: Form, found: _Findings) -> None:
    """Say what was notation only; codes that are met on one side alone explain a difference."""
    found.note(*(each.partition(":")[0] for each in a.folded ^ b.folded))
    if "renamed" in found.codes and a.ward == b.ward:
        found.codes.discard("renamed")
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
    return any(
        "\uff01" <= character <= "\uff5e" or "\uff61" <= character <= "\uff9f" for character in text
    )
