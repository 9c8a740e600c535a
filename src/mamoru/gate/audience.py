"""名簿 (P2.1, P2.13, P3.6, P3.7): who of a million people may be reached for a purpose.

A person is a number; each thing that is recorded of people is one bitmap of numbers. Who may be
reached is made of whole bitmaps, the same sentences as in `decide`, and nobody is looked at alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from pyroaring import BitMap

from mamoru.gate.table import Door, Table
from mamoru.gate.terms import EVERYBODY, INTERNAL, Standing

LARGEST = 2**32
"""Numbers of people lie below it."""


class Left(StrEnum):
    """Why somebody is left out of an audience: the first that holds, in this order."""

    ERASED = "erased"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    REFUSED = "refused"
    NO_CONSENT = "no-consent"


Fact = tuple[str, ...]
"""One thing recorded of people: its kind, then its purpose or recipient or both."""

_ERASED: Fact = ("erased",)
_SUSPENDED: Fact = ("suspended",)


class People:
    """How many people stand, one bitmap a fact. INVARIANT: who is not in it is in no audience."""

    def __init__(self, table: Table) -> None:
        """Know nobody yet."""
        self._table = table
        self._everybody = BitMap()
        self._facts: dict[Fact, BitMap] = defaultdict(BitMap)
        self._kept: dict[int, tuple[BitMap, BitMap]] = {}  # until anything changes

    def __len__(self) -> int:
        """Return how many people are known."""
        return len(self._everybody)

    @property
    def facts(self) -> int:
        """How many different things are recorded."""
        return len(self._facts)

    @property
    def size(self) -> int:
        """Return how many bytes the bitmaps of all facts take when they are written down."""
        return sum(len(bitmap.serialize()) for bitmap in self._facts.values())

    def know(self, numbers: Iterable[int]) -> None:
        """Take people of whom nothing is recorded; numbers from 0 below `LARGEST`."""
        self._kept.clear()
        self._everybody |= BitMap(numbers)

    def record(self, fact: Fact, numbers: Iterable[int]) -> None:
        """Take a fact of many people at once; they are known from now on."""
        self._kept.clear()
        found = BitMap(numbers)
        self._facts[fact] |= found
        self._everybody |= found

    def stand(self, number: int, standing: Standing | None) -> None:
        """Take how a person stands now, all of it; None, that nobody can tell, takes them out."""
        self._kept.clear()
        for bitmap in self._facts.values():
            bitmap.discard(number)
        if standing is None:
            self._everybody.discard(number)
            return
        self._everybody.add(number)
        for fact in facts(standing):
            self._facts[fact].add(number)

    def open(self, purpose: str, recipient: str) -> BitMap:
        """Return the numbers of all who may be reached; nobody where the policy grants nothing."""
        within, closed = self._sides(purpose, recipient)
        return within - closed

    def count(self, purpose: str, recipient: str) -> int:
        """Return how many may be reached."""
        within, closed = self._sides(purpose, recipient)
        return within.difference_cardinality(closed)

    def allowed(self, purpose: str, category: str, recipient: str, among: BitMap) -> BitMap:
        """Return which of these people let the category through."""
        door = self._table.door(purpose, recipient)
        if door is None or category not in door.categories:
            return BitMap()
        within, closed = self._sides(purpose, recipient)
        return (among & within) - closed

    def left_out(self, purpose: str, recipient: str) -> Mapping[Left, int]:
        """Return how many are left out, each counted once, by the first reason that holds.

        Nobody is counted where the policy grants nothing: then nobody was asked for.
        """
        door = self._table.door(purpose, recipient)
        if door is None:
            return {}
        result: dict[Left, int] = {}
        rest = self._everybody.copy()
        for reason, closed in () if door.by_law else self._closing(door).items():
            result[reason] = rest.intersection_cardinality(closed)
            rest -= closed
        if door.consent:
            result[Left.NO_CONSENT] = len(rest - self._consented(door))
        return {reason: count for reason, count in result.items() if count}

    def _sides(self, purpose: str, recipient: str) -> tuple[BitMap, BitMap]:
        """Return who is let through as far as consents go, and who is closed whatever those say.

        Both may be the very bitmaps that are kept: they are read, never changed.
        """
        door = self._table.door(purpose, recipient)
        if door is None:
            return _NOBODY, _NOBODY
        known = self._kept.get(door.number)
        if known is None:
            within = self._consented(door) if door.consent else self._everybody
            closed = _NOBODY if door.by_law else _union(self._closing(door).values())
            known = self._kept[door.number] = within, closed
        return known

    def _closing(self, door: Door) -> Mapping[Left, BitMap]:
        """Return who is closed for a door, by reason."""
        stops: tuple[Fact, ...] = (("stopped", door.recipient),)
        if door.recipient != INTERNAL:
            stops += (("stopped", EVERYBODY),)
        return {
            Left.ERASED: self._of((_ERASED,)),
            Left.SUSPENDED: self._of((_SUSPENDED,)),
            Left.STOPPED: self._of(stops),
            Left.REFUSED: self._of({("refused", door.purpose), ("refused", door.whole)}),
        }

    def _consented(self, door: Door) -> BitMap:
        enough: list[Fact] = [("consented", door.purpose, door.recipient)]
        if not door.by_name:
            enough.append(("consented", door.purpose, EVERYBODY))
        return self._of(enough)

    def _of(self, wanted: Iterable[Fact]) -> BitMap:
        return _union(self._facts.get(fact, _NOBODY) for fact in wanted)


_NOBODY = BitMap()


def _union(bitmaps: Iterable[BitMap]) -> BitMap:
    """Return who is in any of them; the very bitmap where only one has anybody."""
    some = [bitmap for bitmap in bitmaps if bitmap]
    return some[0] if len(some) == 1 else BitMap.union(*some) if some else _NOBODY


def facts(standing: Standing) -> Iterator[Fact]:
    """Yield what is recorded of a person, as facts."""
    if standing.tombstone:
        yield _ERASED
    if standing.suspended:
        yield _SUSPENDED
    for purpose in standing.refusals:
        yield "refused", purpose
    for recipient in standing.stopped:
        yield "stopped", recipient
    for purpose, recipient in standing.consents:
        yield "consented", purpose, recipient
