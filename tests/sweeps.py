"""How much of a sweep a run takes: a stated sample, the share of `make sweep`, or every point.

A sweep tries one claim at many points. `make test` takes a sample of them, `make sweep`
(`MAMORU_SWEEP=all`) as many as a test calls whole, and `MAMORU_SWEEP=every` each one there is.
Whichever it was, the closing lines of the run say how many ran of how many there are.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
Record = Callable[[str, object], None]
"""What pytest's `record_property` is; it reaches the closing lines from every process of a run."""

LEVEL = os.environ.get("MAMORU_SWEEP", "")
assert LEVEL in {"", "all", "every"}, "MAMORU_SWEEP is `all`, `every` or not set"
_NAME = "sweep"


def points(*, sample: int, whole: int, every: int | None = None) -> int:
    """Return how many points this run takes, where a test makes as many as it is asked for."""
    return {"": sample, "all": whole, "every": every or whole}[LEVEL]


def shards(whole: int) -> range:
    """Return into how many tests a sweep is parted: one for a sample, else as many as share the work."""
    return range(whole if LEVEL else 1)


def take(found: Sequence[T], *, sample: int, whole: int | None = None) -> list[T]:
    """Return the points to run, spread evenly; all of them where `whole` names no number."""
    count = points(sample=sample, whole=whole or len(found), every=len(found))
    if len(found) <= count:
        return list(found)
    return [found[at * len(found) // count] for at in range(count)]


def turn(found: Sequence[T], at: int) -> list[T]:
    """Return the points to run at one of many places: by turns one of them, or all of them."""
    return list(found) if LEVEL else [found[at % len(found)]]


def parted(items: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """Return the tests that this run takes, and those marked `sweep("whole")` that a sample leaves."""
    kept: list[Any] = []
    left: list[Any] = []
    for item in items:
        mark = item.get_closest_marker(_NAME)
        (left if mark and mark.args == ("whole",) and not LEVEL else kept).append(item)
    return kept, left


def record(record_property: Record, what: str, *, ran: int, of: int) -> None:
    """Let the closing lines say that `ran` of `of` points ran; shards of one sweep are added up."""
    record_property(_NAME, [what, ran, of])


def closing_lines(reports: Iterable[Any]) -> list[str]:
    """Return a line for each sweep of a run."""
    ran: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for report in reports:
        if report.when == "call":
            for name, value in report.user_properties:
                if name == _NAME:
                    what, count, of = value
                    ran[what][0] += count
                    ran[what][1] += of
    return [f"{what}: {count} of {of}" for what, (count, of) in sorted(ran.items())]
