"""Whose rows are meant (P3.5, P3.6): resolved to keys that no later act takes away, nobody else's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mamoru.cases.execute import planning
from mamoru.cases.execute.installed import connector, hands, names_another, permitted
from mamoru.cases.store import effects as kept
from mamoru.cases.store.effects import Round
from mamoru.cases.terms import Case, DemandState
from mamoru.connectors.port import StoreUnreadable
from mamoru.datamap import locate
from mamoru.datamap.acts import Frozen, Reach
from mamoru.datamap.inventory import Store
from mamoru.datamap.terms import Location, Match
from mamoru.gate.terms import Operation, Permit
from mamoru.kit.ids import SYSTEM, StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One demand in one store, at one time."""

    case: Case
    demand: DemandState
    mapped: Store
    wave: int = 0
    by: StaffId = SYSTEM
    now: datetime

    @property
    def name(self) -> str:
        """The store's name."""
        return self.mapped.name

    @property
    def places(self) -> tuple[Location, ...]:
        """The places of the plan in this store."""
        planned = planning.plan(self.case, self.demand).locations
        return tuple(place for place in planned if place.store == self.name)

    def permit(self) -> Permit:
        """Ask the gate for what the demand needs of all its places here."""
        return permitted(
            self.case.id,
            planning.operation_of(self.demand.demand),
            self.places,
            by=self.by,
            now=self.now,
        )


def task(case: Case, demand: DemandState, name: str, *, now: datetime, wave: int = 0) -> Task:
    """Return the task of a demand in a store."""
    return Task(case=case, demand=demand, mapped=hands().datamap.store(name), wave=wave, now=now)


def first(at: Task) -> Round:
    """Resolve the places and keep the keys, sealed, before anything is touched.

    A later wave knows what the one before it knew: its rows may be gone by half.
    """
    earlier = kept.last_round(at.demand.id, at.name)
    return _keep(at, 1, earlier)


def again(at: Task, latest: Round) -> Round:
    """Resolve anew after a round that left something open: rows came while it ran."""
    return _keep(at, latest.number + 1, latest)


def _keep(at: Task, number: int, earlier: Round | None) -> Round:
    frozen, withheld = resolve(at)
    if earlier is not None:
        frozen = _joined(earlier.frozen, frozen)
    round_ = Round(number=number, frozen=frozen, withheld=withheld)
    kept.begin_round(at.demand.id, at.name, wave=at.wave, round_=round_, at=at.now)
    # Another run of the same demand may have been faster: its keys are the ones that count.
    return kept.rounds(at.demand.id, at.name, wave=at.wave)[-1]


def _joined(earlier: tuple[Frozen, ...], now: tuple[Frozen, ...]) -> tuple[Frozen, ...]:
    """Return the places with the keys of both, column by column, in the order of their paths."""
    known = {each.table: each for each in now}
    result = []
    for old in earlier:
        new = known.pop(old.table, None)
        if new is None:
            result.append(old)
            continue
        keys: dict[tuple[str, Match], dict[str, None]] = {}
        for reach in (*new.reaches, *old.reaches):
            held = keys.setdefault((reach.column, reach.match), {})
            held.update(dict.fromkeys(reach.keys))
        reaches = tuple(
            Reach(column=column, match=match, keys=tuple(held))
            for (column, match), held in keys.items()
        )
        result.append(replace(new, reaches=reaches))
    return (*result, *known.values())


def resolve(at: Task) -> tuple[tuple[Frozen, ...], Mapping[str, int]]:
    """Return the frozen rows of the places, and by table how many of others were left out."""
    places = at.places
    return _own(at, connector(at.name).freeze(at.permit(), places, at.now), places)


def _own(
    at: Task, frozen: Iterable[Frozen], places: Iterable[Location]
) -> tuple[tuple[Frozen, ...], Mapping[str, int]]:
    """Return the frozen places without rows that a shared key leads to and that name another.

    INVARIANT: nobody else's row is changed. Where such a row is found, the person's own rows
    are meant by their row keys from then on; StoreUnreadable where a row of another has the
    same row key, which then tells no rows apart.
    """
    datamap = hands().datamap
    of = {place.table: place for place in places}
    withheld: dict[str, int] = {}
    result = []
    for each in frozen:
        table = datamap.table(each.store, each.table)
        names = locate.name_columns(table)
        if not names or all(reach.match is Match.EXACT for reach in each.reaches):
            result.append(each)
            continue
        columns = tuple(dict.fromkeys((table.row_key, *names)))
        place = of[each.table].narrowed(columns)
        permit = permitted(at.case.id, Operation.READ, (place,), by=at.by, now=at.now)
        rows = connector(each.store).read(permit, place, at.now).rows
        own = [row for row in rows if not names_another(at.case, place, row)]
        if len(own) == len(rows):
            result.append(each)
            continue
        withheld[each.table] = len(rows) - len(own)
        keys = tuple(str(row[table.row_key]) for row in own)
        if any(str(row[table.row_key]) in keys for row in rows if row not in own):
            raise StoreUnreadable(f"`{each.store}/{each.table}`: two persons share one row key")
        reach = Reach(column=table.row_key, match=Match.EXACT, keys=keys)
        result.append(replace(each, reaches=(reach,)))
    return tuple(result), withheld
