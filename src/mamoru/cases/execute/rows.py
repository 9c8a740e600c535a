"""Whose rows are meant (P3.5, P3.6): resolved to keys that no later act takes away, nobody else's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from mamoru.cases.execute import household, planning
from mamoru.cases.execute.installed import connector, hands, permitted
from mamoru.cases.store import effects as kept
from mamoru.cases.store.effects import Round
from mamoru.cases.terms import Case, DemandState
from mamoru.datamap import locate
from mamoru.datamap.acts import Frozen, Reach
from mamoru.datamap.inventory import Store
from mamoru.datamap.terms import Location, Match
from mamoru.gate.terms import Operation, Permit
from mamoru.kit.ids import SYSTEM, StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One demand in one store, at one time; `places` are those of the plan in this store."""

    case: Case
    demand: DemandState
    mapped: Store
    places: tuple[Location, ...]
    wave: int = 0
    by: StaffId = SYSTEM
    now: datetime

    @property
    def name(self) -> str:
        """The store's name."""
        return self.mapped.name

    def permit(self, frozen: Iterable[Frozen] = ()) -> Permit:
        """Ask the gate for what the demand needs of all its places here, and of these very rows.

        Rows of a place that is not the plan's are not named: nothing can be done to them.
        """
        here = {place.digest for place in self.places}
        return permitted(
            self.case.id,
            planning.operation_of(self.demand.demand),
            self.places,
            by=self.by,
            now=self.now,
            frozen=[each for each in frozen if each.place in here],
        )


def task(
    case: Case,
    demand: DemandState,
    name: str,
    *,
    now: datetime,
    wave: int = 0,
    planned: planning.Plan | None = None,
) -> Task:
    """Return the task of a demand in a store; `planned` where this very case was planned already."""
    places = (planned or planning.plan(case, demand)).locations
    return Task(
        case=case,
        demand=demand,
        mapped=hands().datamap.store(name),
        places=tuple(place for place in places if place.store == name),
        wave=wave,
        now=now,
    )


def first(at: Task) -> Round:
    """Resolve the places and keep the keys, sealed, before anything is touched.

    A later wave knows what the one before it knew: its rows may be gone by half.
    """
    earlier = kept.last_round(at.demand.id, at.name) if at.wave else None
    return _keep(at, 1, earlier)


def again(at: Task, latest: Round) -> Round:
    """Resolve anew after a round that left something open: rows came while it ran."""
    return _keep(at, latest.number + 1, latest)


def bound(at: Task, latest: Round) -> tuple[Round, bool]:
    """Bind a kept round to the places as they are now; also whether these have outgrown it.

    A round that began before the person took on another key, or before the map learnt of a table,
    may be committed without our knowing: it is asked for as it was, under the permit of today.
    """
    places = {place.table: place.digest for place in at.places}
    frozen = tuple(
        replace(each, place=places.get(each.table, each.place)) for each in latest.frozen
    )
    same = {each.table: each.place for each in latest.frozen}
    return replace(latest, frozen=frozen), same != places


def _keep(at: Task, number: int, earlier: Round | None) -> Round:
    frozen, withheld = resolve(at)
    if earlier is not None:
        frozen = _joined(earlier.frozen, frozen)
    round_ = Round(number=number, frozen=frozen, withheld=withheld)
    # Another run of the same demand may have been faster: its keys are the ones that count.
    return kept.begin_round(at.demand.id, at.name, wave=at.wave, round_=round_, at=at.now)


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
        own = tuple(dict.fromkeys((*new.own, *old.own)))
        result.append(replace(new, reaches=reaches, own=own))
    return (*result, *known.values())


def resolve(at: Task) -> tuple[tuple[Frozen, ...], Mapping[str, int]]:
    """Return the frozen rows of the places, and by table how many of others were left out."""
    places = at.places
    return _own(at, connector(at.name).freeze(at.permit(), places, at.now), places)


def _own(
    at: Task, frozen: Iterable[Frozen], places: Iterable[Location]
) -> tuple[tuple[Frozen, ...], Mapping[str, int]]:
    """Return the frozen places without rows that a shared key leads to and that name another.

    INVARIANT: nobody else's row is changed. Where such a row is found, the person's own are
    told by the very names they carry; a row without a name may be anybody's of the house then,
    and is left to people as well.
    """
    datamap, names = hands().datamap, household.names_of(at.case)
    of = {place.table: place for place in places}
    shared = {each.table for each in frozen if household.is_shared(of[each.table])}
    sheltered = bool(shared) and household.shelters_another(at.case.identity, names)
    withheld: dict[str, int] = {}
    result = []
    for each in frozen:
        table = datamap.table(each.store, each.table)
        told = household.columns(table)
        if each.table not in shared or not (locate.name_columns(table) or sheltered):
            result.append(each)
            continue
        place = of[each.table].narrowed(tuple(dict.fromkeys((table.row_key, *told))))
        permit = permitted(at.case.id, Operation.READ, (place,), by=at.by, now=at.now)
        rows = connector(each.store).read(permit, place, at.now).rows
        own, others = household.told_apart(place, rows, names=names, sheltered=sheltered)
        if not others:
            result.append(each)
            continue
        withheld[each.table] = len(others)
        # Nothing of theirs is there: an equality that no row fulfils keeps all others out.
        nobody = ((table.row_key, None),)
        ways = household.equalities(place, own, names=names)
        result.append(replace(each, own=ways or (nobody,)))
    return tuple(result), withheld
