"""ローマ字の住所: an address in Latin letters, read only where the table leaves one way to read it."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import product
from typing import Final, NamedTuple

from mamoru.identity import spelling, towns
from mamoru.identity.address.form import Form

_PART: Final = re.compile(r"\s*,\s*")
_NUMBERS: Final = re.compile(r"^\s*([0-9]+(?:-[0-9]+)*)\s+(.+)$|^(.+?)\s+([0-9]+(?:-[0-9]+)*)$")
_ONLY_NUMBERS: Final = re.compile(r"[0-9]+(?:-[0-9]+)*")
_CHOME: Final = re.compile(
    r"(?:^|(?<=\s))([0-9]{1,3})[\s-]*ch[oōô]+me(?:-|(?=\s|$))", re.IGNORECASE
)
_LEFT_OVER: Final = re.compile("[0-9#]")
_POSTAL: Final = re.compile(r"\b([0-9]{3})-?([0-9]{4})\b")
_COUNTRY: Final = re.compile(r"[\s,]+japan[\s,]*$|^japan[\s,]+", re.IGNORECASE)
_SUFFIXES: Final = ("shi", "ku", "gun", "cho", "machi", "mura", "son", "to", "fu", "ken")
_SUFFIXED: Final = re.compile(rf"[^\s,0-9-]+-(?:{'|'.join(_SUFFIXES)}|do)", re.IGNORECASE)
_FEWEST_PARTS: Final = 2
_MOST_PARTS: Final = 6


class _Lot(NamedTuple):
    """What a town is called, and the numbers behind it as they are counted in Japanese."""

    town: str
    values: tuple[int, ...]
    kinds: tuple[str, ...]
    families: tuple[str, ...]


def read(original: str, text: str) -> Form:
    """Return an address in Latin letters taken apart; `latin-ambiguous` where more than one fits.

    Every part must be understood: number and town first, then the municipality's parts in any
    order, then the prefecture; or the other way round, as in Japanese. What is left over makes the
    whole unread.
    """
    unread = Form(original=original, problem="latin-ambiguous")
    postal = _POSTAL.search(text)
    plain = _POSTAL.sub(" ", text) if postal else text
    parts = _parts(_COUNTRY.sub("", plain.strip()))
    if not _FEWEST_PARTS <= len(parts) <= _MOST_PARTS or any(
        _LEFT_OVER.search(part) for part in parts[1:]
    ):
        return unread
    lot = _lot(parts[0])
    if lot is None:
        return unread
    name = spelling.romaji(lot.town, digits=True)
    found = {
        (code, town)
        for keys in product(*map(_keys, parts[1:]))
        for code in _by_parts().get(_joined(keys), ())
        for town in towns.municipality(code).by_romaji.get(name, ())
    }
    if len(found) != 1:
        return unread
    code, town = next(iter(found))
    place = towns.municipality(code)
    known = place.named(town)
    return Form(
        original=original,
        postal_code="".join(postal.groups()) if postal else "",
        prefecture=place.prefecture,
        county=spelling.usual(place.county),
        city=spelling.usual(place.city),
        ward=spelling.usual(place.ward),
        town=town,
        town_key=known[0].key,
        numbers=lot.values,
        kinds=lot.kinds,
        families=lot.families,
        folded=frozenset({"romaji"}),
        candidates=frozenset({code}),
        known=frozenset(known),
        alone=len(known) == 1,
    )


def _parts(text: str) -> list[str]:
    """Return town and numbers as one part, then the parts of the municipality."""
    parts = [part for part in _PART.split(text) if part]
    if len(parts) == 1:  # Tokyo-to Chiyoda-ku Otemachi 2-3-1
        words = text.split()
        end = next((at for at, word in enumerate(words) if not _SUFFIXED.fullmatch(word)), 0)
        return [" ".join(words[end:]), *words[:end]]
    if parts and not _LEFT_OVER.search(parts[0]) and _LEFT_OVER.search(parts[-1]):
        parts.reverse()  # Tokyo, Chiyoda-ku, Otemachi 2-3-1
    if len(parts) > 1 and _ONLY_NUMBERS.fullmatch(parts[0]):  # 2-3, Kasumigaseki 1-chome
        return [f"{parts[0]} {parts[1]}", *parts[2:]]
    return parts


def _lot(text: str) -> _Lot | None:
    """Read a town with its numbers; None where they are not told apart surely.

    The 丁目 comes first among the numbers, wherever it is written: 3-1 Otemachi 2-chome is 2-3-1.
    """
    chome = _CHOME.findall(text)
    rest = " ".join(_CHOME.sub(" ", text).split())
    numbered = _NUMBERS.match(rest)
    town = (numbered[2] or numbered[3]) if numbered else rest
    if len(chome) > 1 or "#" in town or not (numbered or chome) or _ONLY_NUMBERS.fullmatch(town):
        return None
    others = (numbered[1] or numbered[4]).split("-") if numbered else []
    open_kinds = ("",) * len(others)
    return _Lot(
        town,
        tuple(map(int, [*chome, *others])),
        ("丁目", *open_kinds) if chome else open_kinds,
        ("chome", *open_kinds) if chome else open_kinds,
    )


def _keys(part: str) -> tuple[str, ...]:
    """Return a part with its suffix in one form; 市 and 区 both call themselves City in English."""
    words = re.split(r"[\s-]+", part.strip().lower())
    name, suffixes = "".join(words[:-1]), ("ku", "shi") if words[-1] == "city" else words[-1:]
    return tuple(_piece(name, suffix) for suffix in suffixes)


def _joined(parts: Iterable[str]) -> str:
    return ",".join(sorted(set(parts)))


@cache
def _by_parts() -> dict[str, tuple[str, ...]]:
    """Return the parts of each municipality in Latin letters, in the ways in which they are given."""
    found: dict[str, tuple[str, ...]] = {}
    for each in towns.everywhere():
        words = each.romaji.lower().split()
        pieces = [
            _piece(name, suffix) for name, suffix in zip(words[::2], words[1::2], strict=False)
        ]
        prefecture = spelling.romaji(_PREFECTURES.get(each.prefecture, ""))
        without_county = [piece for piece in pieces if not piece.endswith("-gun")]
        of_prefecture = [
            [prefecture],
            *([f"{prefecture}-{end}"] for end in ("ken", "fu", "to")),
            [],
        ]
        for chosen in (pieces, without_county):
            for last in of_prefecture:
                parts = _joined([*chosen, *last])
                found[parts] = tuple({*found.get(parts, ()), each.code})
    found.pop("", None)
    return found


def _piece(name: str, suffix: str) -> str:
    """Return the key of one part of a municipality. The islands have no suffix.

    The source cuts long names, and people copy it: `Mac` and `Mach` are `Machi`.
    """
    whole = _CUT.get(suffix, suffix)
    if not name or whole not in _SUFFIXES:
        return spelling.romaji(name + suffix)
    return f"{spelling.romaji(name)}-{whole}"


_CUT: Final = {"ma": "machi", "mac": "machi", "mach": "machi", "mu": "mura", "mur": "mura"}
_PREFECTURES: Final = dict(
    pair.split("=")
    for pair in [
        "北海道=Hokkaido",
        "青森県=Aomori",
        "岩手県=Iwate",
        "宮城県=Miyagi",
        "秋田県=Akita",
        "山形県=Yamagata",
        "福島県=Fukushima",
        "茨城県=Ibaraki",
        "栃木県=Tochigi",
        "群馬県=Gunma",
        "埼玉県=Saitama",
        "千葉県=Chiba",
        "東京都=Tokyo",
        "神奈川県=Kanagawa",
        "新潟県=Niigata",
        "富山県=Toyama",
        "石川県=Ishikawa",
        "福井県=Fukui",
        "山梨県=Yamanashi",
        "長野県=Nagano",
        "岐阜県=Gifu",
        "静岡県=Shizuoka",
        "愛知県=Aichi",
        "三重県=Mie",
        "滋賀県=Shiga",
        "京都府=Kyoto",
        "大阪府=Osaka",
        "兵庫県=Hyogo",
        "奈良県=Nara",
        "和歌山県=Wakayama",
        "鳥取県=Tottori",
        "島根県=Shimane",
        "岡山県=Okayama",
        "広島県=Hiroshima",
        "山口県=Yamaguchi",
        "徳島県=Tokushima",
        "香川県=Kagawa",
        "愛媛県=Ehime",
        "高知県=Kochi",
        "福岡県=Fukuoka",
        "佐賀県=Saga",
        "長崎県=Nagasaki",
        "熊本県=Kumamoto",
        "大分県=Oita",
        "宮崎県=Miyazaki",
        "鹿児島県=Kagoshima",
        "沖縄県=Okinawa",
    ]
)
