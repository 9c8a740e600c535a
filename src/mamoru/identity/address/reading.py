"""An address as people write it, taken apart: places first, then the town, numbers only after it."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from mamoru.identity import municipalities as places
from mamoru.identity import numerals, spelling, towns
from mamoru.identity.address import inside, latin, numbers
from mamoru.identity.address.form import MAX_LENGTH, Form
from mamoru.identity.address.inside import EDGES
from mamoru.identity.spelling import DASH
from mamoru.kit import text as kit_text

_POSTAL: Final = re.compile(rf"^\s*〒?\s*([0-9]{{3}}){DASH}?([0-9]{{4}})(?![0-9])\s*")
_LATIN: Final = re.compile(r"[A-Za-z]")
_JAPANESE: Final = re.compile(r"[぀-ヿ一-鿿𠀀-𪛟々]")
_COUNTY: Final = re.compile(r"^((?:高市|余市|[^0-9市区町村]{1,4}?)郡)(?=.+[町村])")
_MUNICIPALITY: Final = re.compile(r"^([^0-9]{1,7}?[市区町村])")
_STREET: Final = re.compile(r"^(.*(?:上ル|下ル|東入|西入|南入|北入))(.+)$")
_JOINT: Final = rf"(?:{DASH}|[ノの之乃\s])+"
_LEADING: Final = re.compile(f"^{_JOINT}")
_ORDINAL: Final = re.compile(rf"^第(?=(?:[0-9]+|[{numerals.KANJI}]+)(?:番?地割|{DASH}))")
"""種市第23地割27 is 種市23-27; 第一ビル is a name."""
_ENDS: Final = re.compile(f"^{_JOINT}|{_JOINT}$")
_LEGAL: Final = str.maketrans("壱弐参拾", "一二三十")
_FOLDED: Final = re.compile("[0-9ぁ-ゔァ-ヺ々〇一-鿿-]*")
"""Text in which there is no width to fold, no dash and no space."""
_PLAIN: Final = re.compile(r"[ -~\u3000-\u30ff一-鿿！-～｡-ﾟ‐-―−]*")
"""Text in which no character is another when its width is folded, and none is hidden."""
_DASH: Final = re.compile(rf"([0-9])\s*[{kit_text.DASHES}]\s*(?=[0-9])")
"""What `kit.text.fold` finds, where all digits are ASCII."""
_PARTICLE: Final = re.compile("(?<=[一-鿿])ノ(?=[一-鿿])")
_WITHIN_CLASS: Final = re.compile(rf"(.*?)字([^字0-9]+?)([{towns.CLASSES}])(?=[0-9])")
"""字若枝甲485: a small section written before the class of the lot, which is a town of the table."""
_STREET_MARK: Final = re.compile("[上下入]")
_KANJI_NUMERAL: Final = re.compile(f"[{numerals.KANJI}]")
_WITHIN_STREET: Final = re.compile(r"(?:[0-9]{1,2}丁目|[一二三四五六七八九十]丁目|[東西南北]側)")


def _any(names: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(set(names), key=lambda name: (-len(name), name))))


_PREFECTURE: Final = _any(places.PREFECTURES)
_SUCCEEDED: Final = re.compile(
    rf"((?:{'|'.join(spelling.usual(each) for _, each, *_ in places.SUCCEEDED if each != '-')}) *)?"
    rf"({'|'.join(spelling.usual(each) for _, _, each, _ in places.SUCCEEDED)})"
)
_RENAMED: Final = re.compile(f"(浜松市) *({'|'.join(ward for _, ward in places.RENAMED_WARDS)})")


@cache
def _successors() -> dict[str, tuple[str, str, towns.Municipality]]:
    """Return prefecture, county and the municipality of today by the name of earlier days."""
    return {
        spelling.usual(former): (
            prefecture,
            spelling.usual(county),
            towns.municipality(*towns.named(present, prefecture=prefecture)),
        )
        for prefecture, county, former, present in places.SUCCEEDED
    }


@dataclass(slots=True)
class _Draft:
    """What has been read so far."""

    prefecture: str = ""
    county: str = ""
    city: str = ""
    ward: str = ""
    street: str = ""
    candidates: frozenset[str] = frozenset()
    known: frozenset[towns.Town] = frozenset()
    alone: bool = False
    spelled: str = ""  # the text in its usual form
    folded: set[str] = field(default_factory=set)


def read(text: str) -> Form:
    """Return an address taken apart; `problem` is set where it cannot be read."""
    plain = _folded(text) if len(text) <= MAX_LENGTH else None
    if plain is None:
        return Form(original=text, problem="unreadable")
    if not _JAPANESE.search(plain):
        if not _LATIN.search(plain):
            return Form(original=text, problem="unreadable")
        return latin.read(text, plain)
    postal = _POSTAL.match(plain)
    if postal:
        plain = plain[postal.end() :]
    draft = _Draft()
    draft.spelled = spelling.usual_noted(plain, draft.folded).strip(EDGES)
    code = "".join(postal.groups()) if postal else ""
    rest = _read_places(draft)
    if rest is None:
        return Form(
            original=text,
            postal_code=code,
            prefecture=draft.prefecture,
            county=draft.county,
            city=draft.city,
            ward=draft.ward,
            problem="town-unknown",
        )
    return _read_town(text, code, draft, rest)


def postal_codes(text: str) -> frozenset[str]:
    """Return the postal codes that an address may have by its town; nothing where none is known."""
    return frozenset(
        code
        for town in read(text).known
        for code in towns.municipality(town.code).postal_codes(town.name)
    )


def _folded(text: str) -> str | None:
    """Return text with one width, one dash between digits and single spaces; None if unreadable."""
    if _FOLDED.fullmatch(text):
        return text
    if _PLAIN.fullmatch(text):
        plain = _DASH.sub(r"\1-", unicodedata.normalize("NFKC", text))
    elif not spelling.readable(text) or _is_treacherous(text):
        return None
    else:
        plain = kit_text.fold(text)
    return " ".join(plain.split())


def _is_treacherous(text: str) -> bool:
    """Whether folding widths would change what a reader sees: ², ①, ½, other scripts' digits."""
    for character in text:
        category = unicodedata.category(character)
        if category == "No":
            return True
        if category == "Nd" and unicodedata.normalize("NFKC", character) not in "0123456789":
            return True
    return False


# --- places ---------------------------------------------------------------------------------------


def _read_places(draft: _Draft) -> str | None:
    """Read prefecture, county and municipality; return what follows, None where there is none."""
    head = towns.head(draft.spelled)
    if not head:
        return _read_parts(draft)
    known = _known_head(head)
    draft.prefecture, draft.county, draft.city = known.prefecture, known.county, known.city
    draft.ward, draft.candidates = known.ward, known.candidates
    return draft.spelled[len(head) :].strip(EDGES)


@cache
def _known_head(head: str) -> _Draft:
    """Return what the name of a municipality says; there are some thousand of them."""
    draft = _Draft(spelled=head)
    _read_parts(draft)
    return draft


def _read_parts(draft: _Draft) -> str | None:
    rest = draft.spelled
    named = _PREFECTURE.match(rest)
    if named:
        draft.prefecture = named[0]
        rest = rest[named.end() :].lstrip()
    city, ward, rest = _read_city(draft, rest)
    if not city and not ward:
        return _read_without_municipality(draft, rest)
    if draft.prefecture != "東京都" and not ward and city in places.TOKYO_WARDS:
        ward, city = city, ""  # a bare 区 may be Tokyo's or a designated city's
    draft.city, draft.ward = city, ward
    rest = rest.strip(EDGES)
    draft.candidates = _candidates(draft, rest)
    if not draft.candidates and not ward and city not in places.DESIGNATED:
        return _of_earlier_days(draft, rest)
    return rest if draft.candidates else None


def _read_without_municipality(draft: _Draft, rest: str) -> str | None:
    """Read a town whose name stands nowhere else in Japan: it says in which municipality it lies."""
    code = towns.alone(rest, prefecture=draft.prefecture)
    if not code:
        return None
    draft.candidates = frozenset({code})
    return rest


def _read_city(draft: _Draft, rest: str) -> tuple[str, str, str]:
    """Return city and ward as they are written, and what follows; the county goes into the draft."""
    renamed = _RENAMED.match(rest)
    if renamed:
        return renamed[1], renamed[2], rest[renamed.end() :]
    here = _succeeded(draft, rest) or towns.at(rest)
    if here is not None:
        draft.county = here.county
        return here.city, here.ward, rest[here.end :]
    found = _COUNTY.match(rest)
    if found:
        draft.county, rest = found[1].replace(" ", ""), rest[found.end() :].lstrip()
    found = _MUNICIPALITY.match(rest)
    if not found or len(found[0]) < 2:  # noqa: PLR2004 a name and its suffix
        return "", "", rest
    city = found[0].replace(" ", "")
    return places.ALIASES.get(city, city), "", rest[found.end() :]


def _succeeded(draft: _Draft, rest: str) -> towns.Place | None:
    """Return the municipality of today as which one of earlier days goes on, whole and alone.

    Prefecture or county has to be written: 日高町 and 那珂川町 are elsewhere today, and where
    neither is, the town says which is meant (`_candidates`).
    """
    found = _SUCCEEDED.match(rest)
    if found is None:
        return None
    prefecture, county, now = _successors()[found[2]]
    named = draft.prefecture or (found[1] or "").strip()
    if named not in {prefecture, county} or (found[1] and found[1].strip() != county):
        return None
    draft.folded.add("renamed")
    return towns.Place("", now.city, now.ward, found.end())


def _candidates(draft: _Draft, rest: str) -> frozenset[str]:
    """Return the codes of all municipalities of today that the words may mean."""
    city, ward = draft.city, draft.ward
    if city in places.DESIGNATED:
        prefecture, _ = places.DESIGNATED[city]
        if draft.prefecture not in {"", prefecture}:
            return frozenset()
        ward = _ward_of_today(city, ward, rest, draft.folded)
    found = towns.named(city, ward, prefecture=draft.prefecture, county=draft.county)
    if not draft.prefecture and not draft.county and city in _successors():
        found = (*found, _successors()[city][2].code)
    if not found and not draft.prefecture:  # 岩手花巻市: a prefecture without its 県
        short = next((each for each in places.PREFECTURES if city.startswith(each[:-1])), "")
        found = towns.named(city.removeprefix(short[:-1]), prefecture=short) if short else ()
        if found:
            draft.prefecture, draft.city = short, city.removeprefix(short[:-1])
    return frozenset(found)


def _of_earlier_days(draft: _Draft, rest: str) -> str:
    """Read a municipality that is none today: part of another since, or named by its words alone.

    Its town has to stand nowhere else: 脇町猪尻 is of one city, 本町 of a hundred.
    """
    text = spelling.bare(f"{draft.city}{rest}")
    codes = [
        code
        for code in towns.former(draft.city)
        if draft.prefecture in {"", towns.municipality(code).prefecture}
        and (found := towns.municipality(code).at(text)) is not None
        and towns.stands_alone(found.towns[0], prefecture=draft.prefecture)
    ]
    if len(codes) != 1:
        whole = f"{draft.county}{draft.city}{rest}"
        if code := towns.alone(whole, prefecture=draft.prefecture):  # 仙台町9: no 町 of old, a town
            draft.county, draft.city, draft.candidates = "", "", frozenset({code})
            return whole
        draft.candidates = frozenset({f"{draft.prefecture}{draft.county}{draft.city}"})
        return rest
    now = towns.municipality(codes[0])
    rest, draft.candidates = f"{draft.city}{rest}", frozenset(codes)
    draft.prefecture, draft.county, draft.city = now.prefecture, now.county, now.city
    draft.folded.add("renamed")
    return rest


def _ward_of_today(city: str, ward: str, rest: str, folded: set[str]) -> str:
    """Return a renamed ward under its present name."""
    present = places.RENAMED_WARDS.get((city, ward))
    if present is None:
        return ward
    folded.add("renamed")
    if ward == "北区" and any(rest.startswith(town) for town in places.MIKATAHARA):
        return "中央区"
    return present


# --- town and numbers -----------------------------------------------------------------------------


def _read_town(text: str, postal_code: str, draft: _Draft, rest: str) -> Form:
    folded = draft.folded
    rest = _read_street(text, draft, rest)
    town, rest = _known_town(draft, rest)
    if draft.city in _successors() and draft.candidates == {_successors()[draft.city][2].code}:
        folded.add("renamed")
    between = koaza = building = floor = room = ""
    found = numbers.plainly(rest)
    if found is not None:
        if "-" in rest:
            folded.add("dash")
    else:
        rest = _ORDINAL.sub("", rest)
        start = numbers.first(rest, behind_town=bool(draft.known))
        between = _ENDS.sub("", rest[:start].strip(EDGES)) if start else ""
        block = rest[start:]
        found = numbers.read(block)
        building, floor, room = inside.read(found.after)
        koaza = _koaza_key(between, folded) if between else ""
        lot = block[: len(block) - len(found.after)]
        if "-" in lot:
            folded.add("dash")
        if not lot.isascii() and _KANJI_NUMERAL.search(lot):
            folded.add("kanji-numeral")
    values, kinds, families, marks, _ = found
    key = f"{town.key}{koaza}" if town else koaza
    return Form(  # by position: by name it takes four times as long
        text,
        postal_code,
        draft.prefecture,
        draft.county,
        draft.city,
        draft.ward,
        draft.street,
        f"{town.name}{between}" if town else between,
        koaza if draft.known else "",
        values,
        kinds,
        marks,
        building,
        floor,
        room,
        "" if key or values else "town-unknown",
        frozenset(folded),
        draft.candidates,
        draft.known,
        draft.alone,
        key,
        families,
        bool(values) and numerals.RUN.match(building) is not None,
    )


def _read_street(text: str, draft: _Draft, rest: str) -> str:
    """Read Kyoto's street name, spelled in one way; return what follows it."""
    if not _STREET_MARK.search(rest):
        return rest
    if not any(code.startswith("261") for code in draft.candidates):
        return rest
    spelled = spelling.street(rest)
    found = _STREET.match(spelled)
    if not found:
        return rest
    if spelled not in text.replace(" ", ""):
        draft.folded.add("kyoto-spelling")
    street, after = found[1], found[2].lstrip()
    more = _WITHIN_STREET.match(after)
    if more and (_towns_at(draft, after[more.end() :]) or not _towns_at(draft, after)):
        # 上る2丁目下天神町: the second block of the street; 上る五町目 is a town
        street, after = f"{street}{more[0]}", after[more.end() :]
    draft.street = street
    return after


def _known_town(draft: _Draft, rest: str) -> tuple[towns.Town | None, str]:
    """Find the towns of the table that the text begins with; return one of them, and the rest.

    Municipalities of the candidates in which the town does not lie are no candidates any more.
    """
    bare = spelling.bare(rest)
    found = _towns_at(draft, bare)
    if not found and _PARTICLE.search(bare):
        bare = _PARTICLE.sub("", bare, count=1)  # 鷹ノ巣 for 鷹巣
        found = _towns_at(draft, bare)
        draft.folded.add("no-particle")
    if not found and (within := _WITHIN_CLASS.match(rest)):
        bare = f"{spelling.bare(within[1])}{within[3]} {within[2]} {rest[within.end() :]}"
        found = _towns_at(draft, bare)
    if not found:
        return None, rest
    if len(found) > 1:
        found = _nearest(found)
    one = next(iter(found.values()))
    if one.loosely:
        draft.folded.add(f"variant-kanji:{bare[: one.end]}")
    if bare != rest:
        draft.folded.add("oaza-aza")
    draft.known = frozenset([town for each in found.values() for town in each.towns])
    if len(found) != len(draft.candidates):
        draft.candidates = frozenset(found)
    draft.alone = len(draft.known) == 1
    after = bare[one.end :].lstrip()
    if one.way.reason:
        draft.folded.add(one.way.reason)
    if one.way.joined:
        after = _LEADING.sub("", after)
    return one.towns[0], after if after.isascii() else after.translate(_LEGAL)


def _nearest(found: dict[str, towns.Found]) -> dict[str, towns.Found]:
    """Return the longest, and those that are written as the table has them if there are any."""
    end = max(each.end for each in found.values())
    found = {code: each for code, each in found.items() if each.end == end}
    surely = {code: each for code, each in found.items() if not each.loosely}
    return surely or found


def _towns_at(draft: _Draft, text: str) -> dict[str, towns.Found]:
    """Return which towns of the candidates a text begins with, by municipality."""
    found = {}
    for code in draft.candidates:
        if code[:2].isdecimal() and (each := towns.municipality(code).at(text)) is not None:
            found[code] = each
    return found


def _koaza_key(name: str, folded: set[str]) -> str:
    """Return what a name that the table does not hold is compared by."""
    key = name.replace(" ", "")
    again = spelling.bare(key)
    if again != key:
        folded.add("oaza-aza")
    return numerals.plain(spelling.usual(again))
