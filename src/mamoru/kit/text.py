"""Text as Japanese people type it: widths, dashes, kana. For comparing only; originals are kept."""

import re
import unicodedata

import jaconv

# NFKC turns only － and ﹣ into a hyphen; the rest of the family needs a table (measured).
DASHES = "-‐‑‒–—―−－﹣ー⁃ｰ~〜～"
_DASH_BETWEEN_DIGITS = re.compile(rf"(?<=\d)\s*[{DASHES}]\s*(?=\d)")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_UNSTORABLE = re.compile("[\ud800-\udfff\0]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)
"""All that is shown as nothing; not the variation selectors, which choose a character's form."""


def fold(text: str) -> str:
    """Return `text` in NFKC, without variation selectors or invisible characters, trimmed.

    Dashes between digits become `-`; ー in katakana stays.
    """
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", _SELECTORS.sub("", text)))
    return _DASH_BETWEEN_DIGITS.sub("-", plain).strip()


def katakana(text: str) -> str:
    """Return a reading in full-width katakana (ひらがな, カタカナ and ﾊﾝｶｸ alike), without spaces."""
    return re.sub(r"[\s・]", "", str(jaconv.hira2kata(fold(text))))


def digits_only(text: str) -> str:
    """Return the ASCII digits of `text`, for telephone numbers and postal codes."""
    return re.sub(r"\D", "", fold(text))


def hidden_characters(text: str) -> bool:
    """Return whether `text` holds characters that no reader sees, such as a right-to-left mark."""
    return _HIDDEN.search(text) is not None


def storable(text: str) -> bool:
    """Return whether `text` can be written down: no half of a character (U+D800 to U+DFFF), no NUL."""
    return _UNSTORABLE.search(text) is None


def storable_only(text: str) -> str:
    """Return `text` with U+FFFD in place of what cannot be written down, to show it again."""
    return _UNSTORABLE.sub("\ufffd", text)
