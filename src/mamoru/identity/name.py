"""Are two names one? Part by part, in tiers; a reading never overrules different kanji (P3.10).

佐藤 and さとう may be one family or two; 太田 and 大田 sound alike and differ.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from mamoru.identity import reasons, spelling, variants
from mamoru.identity.terms import NameParts, Verdict, worst
from mamoru.kit import text as kit_text

_SPACES: Final = re.compile(r"[\s・･.,，、]+")
_WORDS: Final = re.compile(r"[\s,.・-]+")
_KANA: Final = re.compile(r"[ぁ-ゖァ-ヺーゝゞヽヾ]+")
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_KANJI: Final = re.compile(r"[一-鿿㐀-䶿𠀀-𪛟々]")
_SMALL: Final = str.maketrans("ァィゥェォッャュョヮヂヅヲ", "アイウエオツヤユヨワジズオ")
_MAX: Final = 100
_LONG: Final = {  # the vowel that a long mark repeats, by the row of the kana before it
    kana: vowel
    for vowel, row in {
        "ア": "アカガサザタダナハバパマヤラワ",
        "イ": "イキギシジチニヒビピミリ",
        "ウ": "ウクグスズツヌフブプムユル",
        "エ": "エケゲセゼテデネヘベペメレ",
        "オ": "オコゴソゾトドノホボポモヨロ",
    }.items()
    for kana in row
}


class Tier(StrEnum):
    """How near two names or parts are, nearest first."""

    EXACT = "exact"
    NOTATION = "notation"  # width, spaces, middle dot, case
    VARIANT_KANJI = "variant-kanji"
    KANA = "kana"  # both written in kana, equal when folded
    ROMAJI = "romaji"  # Latin letters, equal to the registered reading
    UNKNOWN = "unknown"  # a reading without the other's, kana against kanji, or a part not given
    DIFFERENT = "different"


_ORDER: Final = list(Tier)
_VERDICTS: Final = {
    Tier.ROMAJI: Verdict.PARTIAL,  # as with kana alone: others may sound the same
    Tier.UNKNOWN: Verdict.CANNOT_TELL,
    Tier.DIFFERENT: Verdict.MISMATCH,
}
SURE: Final = frozenset({Tier.EXACT, Tier.NOTATION, Tier.VARIANT_KANJI, Tier.KANA})


@dataclass(frozen=True, slots=True, kw_only=True)
class NameComparison:
    """The verdict on two names, how near they are, and both originals."""

    verdict: Verdict
    tier: Tier
    reasons: tuple[str, ...]
    a: NameParts
    b: NameParts
    table_version: str = variants.TABLE_VERSION


def compare(a: NameParts, b: NameParts) -> NameComparison:
    """Return whether two names are one; symmetric, for any text."""
    one_string = not (a.given and b.given)
    if one_string:
        parts = [_tier(f"{a.family}{a.given}", f"{b.family}{b.given}")]
    else:
        parts = [_tier(a.family, b.family), _tier(a.given, b.given)]
    tier = max((part for part, _ in parts), key=_ORDER.index)
    codes = {code for _, code in parts if code}
    if tier is Tier.UNKNOWN and "name-romaji" in codes and _romaji_equals_reading(a, b):
        tier, codes = Tier.ROMAJI, {"name-romaji-reading"}
    verdict = _VERDICTS.get(tier, Verdict.MATCH)
    verdicts = [verdict]
    if "kana-only" in codes and verdict is Verdict.CANNOT_TELL and _same_reading(a, b):
        verdicts = [Verdict.PARTIAL]
    if tier is Tier.DIFFERENT and not one_string and _swapped(a, b):
        verdicts, tier, codes = [Verdict.CANNOT_TELL], Tier.UNKNOWN, {"name-order"}
    if tier in SURE and _readings_differ(a, b):
        verdicts.append(Verdict.CANNOT_TELL)
        codes.add("kana-differs")
    return NameComparison(
        verdict=worst(verdicts), tier=tier, reasons=reasons.ordered(codes), a=a, b=b
    )


def compare_text(a: str, b: str) -> NameComparison:
    """Compare two names written in one string; spaces do not matter, order does."""
    return compare(NameParts(family=a), NameParts(family=b))


def same_person_named(parts: NameParts, written: str) -> bool:
    """Whether a name written in one string is surely these parts (variant tier or better)."""
    return compare(NameParts(family=parts.whole), NameParts(family=written)).tier in {
        Tier.EXACT,
        Tier.NOTATION,
        Tier.VARIANT_KANJI,
    }


def _tier(a: str, b: str) -> tuple[Tier, str]:
    if not a.strip() or not b.strip():
        return (Tier.EXACT, "") if a.strip() == b.strip() else (Tier.UNKNOWN, "not-given")
    if _is_unreadable(a) or _is_unreadable(b):
        return Tier.UNKNOWN, "unreadable"
    if a == b:
        return Tier.EXACT, ""
    left, right = _plain(a), _plain(b)
    if left == right:
        return Tier.NOTATION, "name-notation"
    if variants.fold(left) == variants.fold(right):
        return Tier.VARIANT_KANJI, "variant-kanji"
    return _tier_across_scripts(left, right)


def _tier_across_scripts(left: str, right: str) -> tuple[Tier, str]:
    if _LATIN.search(left) or _LATIN.search(right):
        return Tier.UNKNOWN, "name-romaji"
    if _KANA.fullmatch(left) and _KANA.fullmatch(right):
        equal = _reading(left) == _reading(right)
        return (Tier.KANA, "kana") if equal else (Tier.DIFFERENT, "name-differs")
    if bool(_KANA.fullmatch(left)) != bool(_KANA.fullmatch(right)):
        return Tier.UNKNOWN, "kana-only"
    if not _KANJI.search(left) or not _KANJI.search(right):
        return Tier.UNKNOWN, "unreadable"
    return Tier.DIFFERENT, "name-differs"


def _is_unreadable(text: str) -> bool:
    return len(text) > _MAX or not spelling.readable(text)


def _plain(text: str) -> str:
    return _SPACES.sub("", kit_text.fold(text)).casefold()


def _reading(text: str) -> str:
    """Return a reading's key: full-width katakana, small kana large, long marks as their vowel."""
    key = kit_text.katakana(text).translate(_SMALL)
    found: list[str] = []
    for kana in key:
        before = _LONG.get(found[-1], "") if found else ""
        long = kana == "ー" or (kana == "ウ" and before == "オ")
        found.append(before if long and before else kana)
    return "".join(found)


def _readings_differ(a: NameParts, b: NameParts) -> bool:
    pairs = ((a.family_kana, b.family_kana), (a.given_kana, b.given_kana))
    return any(x and y and _reading(x) != _reading(y) for x, y in pairs)


def _same_reading(a: NameParts, b: NameParts) -> bool:
    """Whether the side in kana is what the other side's registered reading says."""
    left = _reading((a.family_kana + a.given_kana) or _if_kana(a))
    right = _reading((b.family_kana + b.given_kana) or _if_kana(b))
    return bool(left) and left == right


def _romaji_equals_reading(a: NameParts, b: NameParts) -> bool:
    """Whether one side in Latin letters is what the other side's registered reading says.

    Family and given name in either order. A spelling in a passport is its bearer's choice: what
    it says of long vowels decides nothing. No reading is ever guessed from kanji.
    """
    return _latin_of(a, b) or _latin_of(b, a)


def _latin_of(latin: NameParts, other: NameParts) -> bool:
    if not (other.family_kana and other.given_kana) or _KANJI.search(latin.whole):
        return False
    family = spelling.romaji_of_kana(kit_text.katakana(other.family_kana))
    given = spelling.romaji_of_kana(kit_text.katakana(other.given_kana))
    if not family or not given:
        return False
    words = [word for word in _WORDS.split(kit_text.fold(latin.whole)) if word]
    if any(not _LATIN.match(word) for word in words):
        return False
    heads = {
        (spelling.romaji("".join(words[:at])), spelling.romaji("".join(words[at:])))
        for at in range(1, len(words))
    }
    return (family, given) in heads or (given, family) in heads


def _if_kana(parts: NameParts) -> str:
    whole = _plain(parts.family + parts.given)
    return whole if _KANA.fullmatch(whole) else ""


def _swapped(a: NameParts, b: NameParts) -> bool:
    return (
        _tier(a.family, b.given)[0] in SURE
        and _tier(a.given, b.family)[0] in SURE
        and bool(a.given and b.given)
    )
