"""ローマ字の住所: an address in Latin letters, read only where the table leaves one way to read it."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from mamoru.identity import spelling, towns
from mamoru.identity.address.form import Form

_PART: Final = re.compile(r"\s*,\s*")
_NUMBERS: Final = re.compile(r"^\s*([0-9]+(?:-[0-9]+)*)\s+(.+)$|^(.+?)\s+([0-9]+(?:-[0-9]+)*)$")
_LEFT_OVER: Final = re.compile("[0-9#]")
_POSTAL: Final = re.compile(r"\b([0-9]{3})-?([0-9]{4})\b")
_COUNTRY: Final = re.compile(r"^japan$", re.IGNORECASE)
_SUFFIXES: Final = ("shi", "ku", "gun", "cho", "machi", "mura", "son", "to", "fu", "ken")
_FEWEST_PARTS: Final = 2


def read(original: str, text: str) -> Form:
    """Return an address in Latin letters taken apart; `latin-ambiguous` where more than one fits.

    Every part must be understood: number and town first, then the municipality's parts in any
    order, then the prefecture. What is left over makes the whole unread.
    """
    unread = Form(original=original, problem="latin-ambiguous")
    postal = _POSTAL.search(text)
    plain = _POSTAL.sub("", text) if postal else text
    parts = [part for part in _PART.split(plain.strip()) if part and not _COUNTRY.match(part)]
    if len(parts) < _FEWEST_PARTS:
        return unread
    numbered = _NUMBERS.match(parts[0])
    if numbered is None:
        return unread
    town_words = numbered[2] or numbered[3]
    if "#" in town_words or any(_LEFT_OVER.search(part) for part in parts[1:]):
        return unread
    values = tuple(int(each) for each in (numbered[1] or numbered[4]).split("-"))
    name = spelling.romaji(town_words, digits=True)
    found = {
        (code, town)
        for code in _by_parts().get(_joined(map(_key, parts[1:])), ())
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
        numbers=values,
        kinds=("",) * len(values),
        families=("",) * len(values),
        folded=frozenset({"romaji"}),
        candidates=frozenset({code}),
        known=frozenset(known),
        alone=len(known) == 1,
    )


def _key(part: str) -> str:
    """Return a part without its suffix: `Kitamuro-Gun` and `Kitamuro` are one."""
    words = re.split(r"[\s-]+", part.strip().lower())
    return _piece("".join(words[:-1]), words[-1])


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
