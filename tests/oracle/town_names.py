"""A second look at shortened town names, slow and plain: which names of a list may be meant."""

from collections.abc import Iterable

SUFFIXES = "町村区"


def shortened(name: str) -> set[str]:
    """Return a name with one 町, 村 or 区 left out."""
    return {name[:at] + name[at + 1 :] for at in range(len(name)) if name[at] in SUFFIXES}


def with_ward(name: str) -> set[str]:
    """Return a name with a 区 put into it, as if its beginning had been a part of the city."""
    return {f"{name[:at]}区{name[at:]}" for at in range(2, min(len(name), 6))}


def may_mean(written: str, names: Iterable[str]) -> set[str]:
    """Return the names that a text may stand for: itself, or with one such character less or more."""
    return {
        name
        for name in names
        if name == written or written in shortened(name) or name in shortened(written)
    }
