"""消える前に鍵を取る (P3.5, P3.6): a person's rows by keys that no later act can take away.

An erased order no longer leads to its items. So every step up to a parent is
resolved beforehand, from the table of identity downwards, one look a table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mamoru.datamap.acts import Frozen, Reach
from mamoru.datamap.terms import KeyPath, Location, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one table: how many rows a location has, and keys of rows for its children.

    `needs` are (column whose values are wanted, which rows are meant).
    """

    table: str
    reaches: tuple[Reach, ...] = ()  # of the location; none where only children ask
    only: tuple[tuple[str, Value], ...] = field(default=(), repr=False)
    needs: tuple[tuple[str, Reach], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look brought: the count of the location, and the keys of each need."""

    count: int
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Need:
    parent: str
    column: str
    above: KeyPath  # how the parent's rows reach the person


def resolve(locations: Sequence[Location], look: Callable[[Look], Seen]) -> tuple[Frozen, ...]:
    """Return each location frozen, in the order given; `look` is called once a table.

    Twice only for a table that leads to itself.
    """
    known: dict[_Need, tuple[str, ...]] = {}
    waiting = dict.fromkeys(
        need for place in locations for path in place.paths for need in _needs(path)
    )
    results: dict[int, Frozen] = {}
    while waiting or len(results) < len(locations):
        table = _next_table(locations, results, waiting, known)
        needs = [need for need in waiting if need.parent == table and _ready(need.above, known)]
        asked = tuple((need.column, _reach(need.above, known)) for need in needs)
        index, place = next(
            (
                (index, place)
                for index, place in enumerate(locations)
                if place.table == table and index not in results and _all_ready(place, known)
            ),
            (-1, None),
        )
        reaches = () if place is None else tuple(_reach(path, known) for path in place.paths)
        only = () if place is None else place.only
        seen = look(Look(table=table, reaches=reaches, only=only, needs=asked))
        for need, keys in zip(needs, seen.keys, strict=True):
            known[need] = keys
            del waiting[need]
        if place is not None:
            results[index] = Frozen(
                store=place.store,
                table=table,
                place=place.digest,
                reaches=reaches,
                count=seen.count,
            )
    return tuple(results[index] for index in range(len(locations)))


def _next_table(
    locations: Sequence[Location],
    results: Mapping[int, Frozen],
    waiting: Iterable[_Need],
    known: Mapping[_Need, tuple[str, ...]],
) -> str:
    """Return a table of which everything can be looked up at once, else one that is begun."""
    open_places = [place for index, place in enumerate(locations) if index not in results]
    ready = [need.parent for need in waiting if _ready(need.above, known)]
    ready += [place.table for place in open_places if _all_ready(place, known)]
    blocked = {need.parent for need in waiting if not _ready(need.above, known)}
    blocked |= {place.table for place in open_places if not _all_ready(place, known)}
    return next((table for table in ready if table not in blocked), ready[0])


def _needs(path: KeyPath) -> Iterable[_Need]:
    if path.hops and path.keys:
        above = replace(path, hops=path.hops[1:])
        yield from _needs(above)
        yield _Need(path.hops[0].parent, path.hops[0].parent_column, above)


def _ready(path: KeyPath, known: Mapping[_Need, tuple[str, ...]]) -> bool:
    return all(need in known for need in _needs(path))


def _all_ready(place: Location, known: Mapping[_Need, tuple[str, ...]]) -> bool:
    return all(_ready(path, known) for path in place.paths)


def _reach(path: KeyPath, known: Mapping[_Need, tuple[str, ...]]) -> Reach:
    if not path.hops:
        return Reach(column=path.column, match=path.match, keys=path.keys)
    step = path.hops[0]
    above = replace(path, hops=path.hops[1:])
    keys = known[_Need(step.parent, step.parent_column, above)] if path.keys else ()
    return Reach(column=step.column, keys=keys)
