"""A second look at readings in Latin letters, slow and plain: Hepburn and Kunrei by their tables."""

import unicodedata

VOWELS = "aiueo"
ROWS = {
    "": "アイウエオ",
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
}
KUNREI = {
    kana: row + vowel
    for row, line in ROWS.items()
    for kana, vowel in zip(line, VOWELS, strict=True)
} | {
    "ヤ": "ya",
    "ユ": "yu",
    "ヨ": "yo",
    "ワ": "wa",
    "ヲ": "o",
    "ン": "n",
    "ゥ": "u",
    "ヂ": "zi",
    "ヅ": "zu",
}
HEPBURN = KUNREI | {"シ": "shi", "チ": "chi", "ツ": "tsu", "フ": "fu", "ジ": "ji", "ヂ": "ji"}
LONG = ("aa", "ii", "uu", "ee", "oo", "ou")
GLIDES = {"ャ": "a", "ュ": "u", "ョ": "o", "ェ": "e"}


def _katakana(kana: str) -> str:
    plain = unicodedata.normalize("NFKC", kana)
    return "".join(chr(ord(each) + 0x60) if "ぁ" <= each <= "ゖ" else each for each in plain)


def written(kana: str, table: dict[str, str]) -> str:
    """Return a reading in Latin letters with every vowel that its kana have."""
    parts: list[str] = []
    for each in _katakana(kana):
        if each in GLIDES:
            head = parts.pop()[:-1]
            glide = "" if head in {"sh", "ch", "j"} else "y"
            parts.append(f"{head}{glide}{GLIDES[each]}")
        else:
            parts.append("-" if each == "ッ" else table[each])
    text = ""
    for part in reversed(parts):
        text = (text[0] if part == "-" else part) + text
    return text


def hepburn(kana: str) -> str:
    """Return a reading as most people write it."""
    return written(kana, HEPBURN)


def kunrei(kana: str) -> str:
    """Return a reading as schools teach it."""
    return written(kana, KUNREI)


def passport(kana: str) -> str:
    """Return a reading as a passport has it: no long vowel, and m before b, m and p."""
    text = hepburn(kana)
    for pair in ("oo", "ou", "uu"):
        text = text.replace(pair, pair[0])
    for after in "bmp":
        text = text.replace(f"n{after}", f"m{after}")
    return text.replace("cch", "tch")


def sound(kana: str) -> str:
    """Return what is left of a reading in Latin letters that tell no long vowel and no ン from ナ行."""
    text = passport(kana)
    for after in "bmp":
        text = text.replace(f"m{after}", f"n{after}")
    while any(pair in text for pair in LONG):
        for pair in LONG:
            text = text.replace(pair, pair[0])
    return text
