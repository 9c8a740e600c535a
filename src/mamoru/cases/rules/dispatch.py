"""追跡番号 (P3.24): the number of a letter sent by registered mail is the proof that it left."""

from mamoru.cases.terms import DispatchKind
from mamoru.kit import text

_DIGITS = range(11, 14)
"""Of the numbers that Japanese carriers give."""
_MARKS = frozenset("0123456789- ")


def tracked(kind: DispatchKind, number: str) -> str | None:
    """Return a tracking number in half width, empty for a download; None where it is none."""
    if kind is DispatchKind.DOWNLOAD:
        return "" if not number else None
    plain = text.fold(number).strip()
    sound = set(plain) <= _MARKS and len(text.digits_only(plain)) in _DIGITS
    return plain if sound else None
