"""One form for the spellings of a place's name: variants, ヶ and が, ノ, 通り名, Latin letters (P3.10)."""

import re
import unicodedata
from typing import Final

from mamoru.identity import variants
from mamoru.kit import text as kit_text

_UNSEEN: Final = frozenset(["Cc", "Cf", "Cs", "Co", "Cn"])
_CJK: Final = "一-鿿々𠀀-𪛟"
_KANA: Final = "ぁ-ゖァ-ヺ"
_KANJI: Final = "一-鿿𠀀-𪛟"
# Between kanji all of them stand for one particle. Behind kana a full ケ, ガ or カ may belong to the
# word itself (コーポタケ is not コーポタカ, 字タケ沢 not 字タガ沢): there only what cannot, does.
_KANA_KE: Final = re.compile(
    f"(?<=[{_CJK}])[ヶケがガカヵ](?=[{_KANJI}0-9\\s]|$)"
    f"|(?<=[ぁ-ゖ])[ヶケがガヵ](?=[{_KANJI}])"
    f"|(?<=[ァ-ヺー])(?:[ヶヵが](?=[{_KANJI}])|ガ(?=丘))"
)
_KANA_NO: Final = re.compile(f"(?<=[{_CJK}{_KANA}])[ノの之乃](?=[一-鿿𠀀-𪛟])")
_OAZA: Final = re.compile(r"大字|(?<!文)字(?=[^\s0-9])")
_CHOME: Final = re.compile("(?<=[0-9一二三四五六七八九十])町目")
_TOUCHED: Final = re.compile("[ヶケがガカヵノの之乃ツつッっ]|町目")
_UNUSUAL: Final = re.compile(f"[{variants.FORMS}]|{_TOUCHED.pattern}")
"""What `usual` may change: nearly half of all addresses hold nothing of it."""
_KANA_TSU: Final = re.compile(f"(?<=[{_CJK}])[ツつッっ](?=[一-鿿𠀀-𪛟])")
SPELLINGS: Final = (
    ("ke-ga", _KANA_KE, "ケ"),
    ("no-particle", _KANA_NO, "ノ"),
    ("variant-kanji", _KANA_TSU, "ツ"),
    ("chome-notation", _CHOME, "丁目"),
)
"""Reason code, what it finds, and the one form, which is as long as what it stands for."""
DASH: Final = "[" + re.escape(kit_text.DASHES) + "─━]"
SEPARATED: Final = re.compile(rf"\s*(?:{DASH}|[ノの之乃])\s*[0-9]")
"""A hyphen or の, and a number behind it."""
_STREET: Final = (
    (re.compile(r"([東西南北])入(?:ル|る|り)?"), r"\1入"),
    (re.compile(r"上(?:ル|る|がる|ガル)"), "上ル"),
    (re.compile(r"下(?:ル|る|がる|ガル)"), "下ル"),
)
_LATIN: Final = str.maketrans("āīūēōâîûêô", "aiueoaiueo")
_ROMAJI: Final = (
    (re.compile("[^a-z]"), ""),
    (re.compile("sy"), "sh"),
    (re.compile("t?ty|tch|cch"), "ch"),
    (re.compile("z(?=z[iy])|d(?=di)"), "j"),  # ッジ: a double consonant is that of its syllable
    (re.compile("h(?=hu)"), "f"),
    (re.compile("zy|jy"), "j"),
    (re.compile("si"), "shi"),
    (re.compile("t?ti"), "chi"),
    (re.compile("tu"), "tsu"),
    (re.compile("hu"), "fu"),
    (re.compile("zi|di"), "ji"),
    (re.compile("du|dzu"), "zu"),
    (re.compile("m(?=[bmp])"), "n"),
    (re.compile("l"), "r"),
    (re.compile("(?<=o)[uo]+|(?<=u)u|(?<=o)h(?![aiueo])"), ""),
    (re.compile("(?<=a)a|(?<=i)i|(?<=e)e"), ""),
)
_DIGIT: Final = re.compile("[0-9]")
_DIGITS: Final = re.compile("([0-9]+)")
_SYLLABLES: Final = {
    kana: romaji
    for row in [
        "",
        "ア a イ i ウ u エ e オ o カ ka キ ki ク ku ケ ke コ ko サ sa シ shi ス su セ se ソ so タ ta チ chi ツ tsu",
        "テ te ト to ナ na ニ ni ヌ nu ネ ne ノ no ハ ha ヒ hi フ fu ヘ he ホ ho マ ma ミ mi ム mu メ me モ mo ヤ ya",
        "ユ yu ヨ yo ラ ra リ ri ル ru レ re ロ ro ワ wa ヰ i ヱ e ヲ o ン n ガ ga ギ gi グ gu ゲ ge ゴ go ザ za ジ ji",
        "ズ zu ゼ ze ゾ zo ダ da ヂ ji ヅ zu デ de ド do バ ba ビ bi ブ bu ベ be ボ bo パ pa ピ pi プ pu ペ pe ポ po",
        "ァ a ィ i ゥ u ェ e ォ o ャ ya ュ yu ョ yo ヮ wa ヴ vu",
        "",
    ]
    for kana, romaji in zip(row.split()[::2], row.split()[1::2], strict=True)
}
_YOON: Final = {"ャ": "a", "ュ": "u", "ョ": "o", "ェ": "e"}


def readable(text: str) -> bool:
    """Return whether a reader sees every character: no control, format, private or unassigned one."""
    return text.isprintable() or not any(
        unicodedata.category(each) in _UNSEEN and each not in "\t\n\r" for each in text
    )


def bare(text: str) -> str:
    """Return text without 大字 and 字."""
    return _OAZA.sub("", text) if "字" in text else text


def usual(text: str) -> str:
    """Return text, in NFKC, with each variant in its usual form; no character more or fewer."""
    if not _UNUSUAL.search(text):
        return text
    plain = variants.fold(text)
    if _TOUCHED.search(plain):
        for _, pattern, one in SPELLINGS:
            plain = pattern.sub(one, plain)
    return plain


def usual_noted(text: str, folded: set[str]) -> str:
    """Return the same, and note in `folded`, by reason code, what was found."""
    if not _UNUSUAL.search(text):
        return text
    plain = variants.fold(text)
    if plain != text:
        olds = (old for old, new in zip(text, plain, strict=True) if old != new)
        folded.add(f"variant-kanji:{''.join(olds)}")
    if _TOUCHED.search(plain):
        for code, pattern, one in SPELLINGS:
            found = "".join(pattern.findall(plain))
            if found:
                folded.add(f"{code}:{found}")
                plain = pattern.sub(one, plain)
    return plain


def loose(text: str) -> str:
    """Return text in a form that also joins what may be two characters: to find, never to decide."""
    return variants.loosen(text)


def street(text: str) -> str:
    """Return a Kyoto street's name with its 上ル, 下ル and 入 spelled in one way."""
    plain = usual(text)
    for pattern, one in _STREET:
        plain = pattern.sub(one, plain)
    return plain.replace(" ", "")


def romaji(text: str, *, digits: bool = False) -> str:
    """Return the key of a name in Latin letters: Hepburn, Kunrei and the marks of long vowels are one.

    With `digits` a number before a word stays: `Kita4-jo`. One at the end is none of the name's.
    """
    key = text.lower().translate(_LATIN)
    if digits and _DIGIT.search(key):
        parts = [part if part.isdecimal() else romaji(part) for part in _DIGITS.split(key)]
        return "" if parts[-1] == "" else "".join(parts)
    for pattern, one in _ROMAJI:
        key = pattern.sub(one, key)
    return key


def romaji_of_kana(kana: str) -> str:
    """Return the same key for a reading in katakana; nothing where it holds something else."""
    written, double = "", False
    for character in kana:
        if character == "ッ":
            double = True
            continue
        if character in "ー ・":
            continue
        if character in _YOON and written.endswith("i"):
            head = written[:-1]
            glide = "" if head.endswith(("sh", "ch", "j")) else "y"
            written = f"{head}{glide}{_YOON[character]}"
            continue
        syllable = _SYLLABLES.get(character)
        if syllable is None:
            return ""
        written += (syllable[0] if double else "") + syllable
        double = False
    return romaji(written)
