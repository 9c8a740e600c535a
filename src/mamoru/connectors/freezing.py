"""消える前に鍵を取る (P3.5, P3.6): a person's rows by keys that no later act can take away.

An erased order no longer leads to its items. So every step up to a parent is
resolved beforehand, from the table of identity downwards, one look a parent.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from mamoru.datamap.acts import Frozen, Reach
from mamoru.datamap.terms import KeyPath, Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at one parent: the keys of rows for its children.

    `needs` are (column whose values are wanted, which rows are meant).
    """

    table: str
    needs: tuple[tuple[str, Reach], ...]


Keys = tuple[tuple[str, ...], ...]
"""What a look brought: the keys of each need."""


@dataclass(frozen=True, slots=True)
class _Need:
    parent: str
    column: str
    above: KeyPath  # how the parent's rows reach the person


def resolve(locations: Sequence[Location], look: Callable[[Look], Keys]) -> tuple[Frozen, ...]:
    """Return each location frozen, in the order given; `look` is called once a parent.

    Tables that lead nowhere are not looked at: their rows are told by the keys of
    their parents. Twice only for a table that leads to itself.
    """
    known: dict[_Need, tuple[str, ...]] = {}
    waiting = dict.fromkeys(
        need for place in locations for path in place.paths for need in _needs(path)
    )
    while waiting:
        table = _next_table(waiting, known)
        needs = [need for need in waiting if need.parent == table and _ready(need.above, known)]
        asked = tuple((need.column, _reach(need.above, known)) for need in needs)
        for need, keys in zip(needs, look(Look(table=table, needs=asked)), strict=True):
            known[need] = keys
            del waiting[need]
    return tuple(
        Frozen(
            store=place.store,
            table=place.table,
            place=place.digest,
            reaches=tuple(_reach(path, known) for path in place.paths),
        )
        for place in locations
    )


def _next_table(waiting: Iterable[_Need], known: Mapping[_Need, tuple[str, ...]]) -> str:
    """Return a table of which everything can be looked up at once, else one that is begun."""
    ready = [need.parent for need in waiting if _ready(need.above, known)]
    blocked = {need.parent for need in waiting if not _ready(need.above, known)}
    return next((table for table in ready if table not in blocked), ready[0])


def _needs(path: KeyPath) -> Iterable[_Need]:
    if path.hops and path.keys:
        above = replace(path, hops=path.hops[1:])
        yield from _needs(above)
        yield _Need(path.hops[0].parent, path.hops[0].parent_column, above)


def _ready(path: KeyPath, known: Mapping[_Need, tuple[str, ...]]) -> bool:
    return all(need in known for need in _needs(path))


def _reach(path: KeyPath, known: Mapping[_Need, tuple[str, ...]]) -> Reach:
    if not path.hops:
        return Reach(column=path.column, match=path.match, keys=path.keys)
    step = path.hops[0]
    above = replace(path, hops=path.hops[1:])
    keys = known[_Need(step.parent, step.parent_column, above)] if path.keys else ()
    return Reach(column=step.column, keys=keys)
