"""What a demand will touch, frozen by a digest for the approver (P3.3, P3.5)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

from mamoru.cases import store
from mamoru.cases.execute import protecting
from mamoru.cases.execute.installed import hands
from mamoru.cases.terms import (
    Case,
    Demand,
    DemandKind,
    DemandState,
    Target,
)
from mamoru.consents.terms import StandingKind
from mamoru.datamap import locate, whereabouts
from mamoru.datamap.inventory import Authority, OnCorrection, Table
from mamoru.datamap.terms import KeyRing, Location
from mamoru.gate.terms import Operation
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import DemandId

_REF_PARTS = 3  # table, row, column, after the store


class ColumnNotOpen(MamoruError):
    """The data map does not open this value to its person. Ask the desk to correct it."""

    code, exit_code = "column-not-open", 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a demand will touch: places and columns, frozen by a digest for the approver."""

    demand: DemandId
    locations: tuple[Location, ...]
    by_hand: bool
    digest: str
    withheld: tuple[str, ...] = ()  # `store/table/column`, left out of a protected person's answer


CORRECTING = frozenset({DemandKind.CORRECTION, DemandKind.ADDITION, DemandKind.DELETION})
CHANGING = frozenset(
    {*CORRECTING, DemandKind.CEASE_USE, DemandKind.ERASURE, DemandKind.CEASE_PROVISION}
)
_STANDING = {
    DemandKind.ERASURE: StandingKind.TOMBSTONE,
    DemandKind.CEASE_USE: StandingKind.SUSPENSION,
    DemandKind.CEASE_PROVISION: StandingKind.STOP,
}


_CEASING = frozenset({DemandKind.CEASE_USE, DemandKind.CEASE_PROVISION})


def plan(case: Case, demand: DemandState) -> Plan:
    """Return the places that a demand touches; its digest is what the approver approves."""
    return _plan(case, demand, hide=protecting.hides(case))


def is_thin(case: Case, demand: DemandState, planned: Plan) -> bool:
    """Return whether a demand was read while its person's whereabouts were hidden, and they no longer are.

    Then two decide anew and all of it is read, unless the case has changed something since: what
    is erased cannot be read again.
    """
    decision = demand.decision
    if decision is None or demand.demand.kind in CHANGING or planned.digest == decision.plan_digest:
        return False
    hidden = _plan(case, demand, hide=True)
    if hidden.digest != decision.plan_digest or not _shows_less(hidden, planned, demand):
        return False
    changing = (each for each in case.demands if each.demand.kind in CHANGING)
    return not any(store.executed(each.id) for each in changing)


def _shows_less(hidden: Plan, planned: Plan, demand: DemandState) -> bool:
    if demand.demand.kind is DemandKind.NOTICE_OF_PURPOSE:
        return len(hidden.locations) < len(planned.locations)
    no_columns = demand.demand.kind is DemandKind.DISCLOSURE_OF_PROVISION_RECORDS
    return no_columns or bool(hidden.withheld)


def _plan(case: Case, demand: DemandState, *, hide: bool) -> Plan:
    asked = demand.demand
    by_hand = is_by_hand(asked)
    keys: KeyRing = dict(case.identity.keys) if case.identity else {}
    located = _located(case, asked, keys, hide=hide)
    withheld = _columns(_located(case, asked, keys, hide=False)) if hide else {}
    for known in _columns(located):
        withheld.pop(known, None)
    if asked.kind in _CEASING and not located:
        # Nothing in the stores tells the company's systems: people must arrange that it ceases.
        by_hand = True
    frozen = json.dumps(
        [
            demand.id,
            asked.kind,
            list(asked.items),
            store.commitment(case.id, "before-after", f"{asked.before}\n{asked.after}"),
            locate.plan_digest(located),
            [store.commitment(case.id, "place", place.digest) for place in located],
            fates_digest(located) if asked.kind in CHANGING else "",
            # What was approved for an open person is not approved for a protected one.
            *(["protected", list(withheld)] if hide else ()),
        ]
    )
    digest = hashlib.sha256(frozen.encode()).hexdigest()
    if case.identity is not None and case.identity.later:
        # The approved places, found by what the person's keys have become: no place more.
        approved = {(place.store, place.table) for place in located}
        now = _located(case, asked, case.identity.ring, hide=hide)
        located = tuple(place for place in now if (place.store, place.table) in approved)
    return Plan(
        demand=demand.id,
        locations=located,
        by_hand=by_hand,
        digest=digest,
        withheld=tuple(withheld),
    )


def _columns(places: Iterable[Location]) -> dict[str, None]:
    return {f"{each.store}/{each.table}/{name}": None for each in places for name in each.columns}


def _located(case: Case, asked: Demand, keys: KeyRing, *, hide: bool) -> tuple[Location, ...]:
    if changes(asked):
        return changeable(case, asked, keys)
    if asked.kind is DemandKind.DISCLOSURE_OF_PROVISION_RECORDS:
        return ()
    places = readable(asked, keys)
    if hide:
        places = tuple(left for place in places if (left := protecting.hidden(place)))
    if asked.kind is DemandKind.NOTICE_OF_PURPOSE:
        # Only whether something is there has to be known, so one column is read of each place.
        return tuple(place.narrowed(place.columns[:1]) for place in places)
    return places


def is_by_hand(asked: Demand) -> bool:
    """Return whether staff must carry a demand out: what it names is no value and no whole.

    A correction needs the one value it is about; use and provision cease for a person as a
    whole, and what ceases for some items only is arranged by people.
    """
    if asked.kind in CORRECTING:
        return not ref_of(asked)
    if asked.kind in _CEASING:
        return Target.ALL not in asked.items
    wanted = categories_of(asked)
    if asked.kind is DemandKind.ERASURE and wanted is not None:
        return any(_carries(table, wanted) for table in own_tables())
    return False


def _carries(table: Table, wanted: frozenset[str]) -> bool:
    """Return whether a column of these categories is what the rows are told by: it cannot be emptied
    while the row stays, so people decide what becomes of the row."""
    keys = {table.row_key, *table.provides.values(), *(way.column for way in table.person)}
    return any(column.name in keys and column.category in wanted for column in table.columns)


def own_tables() -> Iterable[Table]:
    """Return the tables of which the company itself decides (Act 16(4))."""
    return (
        table
        for place in hands().datamap.stores
        for table in place.tables
        if table.authority is Authority.OWN
    )


def changes(asked: Demand) -> bool:
    """Return whether we carry a demand out by writing to the company's stores."""
    return asked.kind in CHANGING and not is_by_hand(asked)


def standing_of(asked: Demand) -> StandingKind | None:
    """Return what a demand puts in force for the person as a whole, None if nothing."""
    return _STANDING.get(asked.kind) if Target.ALL in asked.items else None


def categories_of(asked: Demand) -> frozenset[str] | None:
    """Return the categories that a demand is about; None for everything."""
    return None if Target.ALL in asked.items else frozenset(asked.items)


def operation_of(asked: Demand) -> Operation:
    """Return the operation that the gate is asked for."""
    if asked.kind in CORRECTING:
        return Operation.CORRECT
    if asked.kind is DemandKind.ERASURE:
        return Operation.ERASE
    return Operation.MARK if asked.kind in CHANGING else Operation.READ


def by_store(places: Iterable[Location]) -> tuple[tuple[str, tuple[Location, ...]], ...]:
    """Return the places store by store, in the order in which the stores are met."""
    found: dict[str, tuple[Location, ...]] = {}
    for place in places:
        found[place.store] = (*found.get(place.store, ()), place)
    return tuple(found.items())


def changeable(case: Case, asked: Demand, keys: KeyRing) -> tuple[Location, ...]:
    """Own holdings only (Act 16(4)): every table with something that this demand may change.

    ColumnNotOpen for a correction of a value that is not this person's to correct.
    """
    if asked.kind in CORRECTING:
        place_of(case, ref_of(asked))
    return tuple(
        place
        for place in locate.locate(hands().datamap, keys)
        if _changes(hands().datamap.table(place.store, place.table), asked)
    )


def _changes(table: Table, asked: Demand) -> bool:
    wanted = categories_of(asked)
    if asked.kind is DemandKind.ERASURE:
        return wanted is None or any(column.category in wanted for column in table.columns)
    if asked.kind is DemandKind.CEASE_USE:
        return bool(table.marks.suspended)
    if asked.kind is DemandKind.CEASE_PROVISION:
        return bool(table.marks.provision_stopped)
    return any(table.fate_of(column).correction is OnCorrection.REPLACE for column in table.columns)


def fates_digest(places: Iterable[Location]) -> str:
    """Return SHA-256 over the fates, holds and marks of the places: another map, another plan."""
    named = tuple((place.store, place.table) for place in places)
    known = hands().fates
    if named not in known:
        tables = [hands().datamap.table(*name) for name in named]
        # Who is protected, and what tells where, change nothing of what becomes of the rows.
        dumped = [
            table.model_dump(
                mode="json", exclude={"protection": True, "columns": {"__all__": {"whereabouts"}}}
            )
            for table in tables
        ]
        text = json.dumps(dumped, ensure_ascii=False)
        known[named] = hashlib.sha256(text.encode()).hexdigest()
    return known[named]


def readable(asked: Demand, keys: KeyRing) -> tuple[Location, ...]:
    """Own holdings only (Act 16(4)), columns that are disclosed, and of them what was asked for."""
    wanted = set(asked.items)
    everything = Target.ALL in wanted
    result = []
    for place in locate.locate(hands().datamap, keys):
        table = hands().datamap.table(place.store, place.table)
        columns = tuple(
            column.name
            for column in table.columns
            if column.disclose
            and column.personal
            and (everything or column.category in wanted)
            # That somebody is marked as protected is told to nobody (Order 5(i)).
            and not whereabouts.is_mark(table, column)
        )
        if columns:
            result.append(place.narrowed(columns))
    return tuple(result)


def holds_anything(case: Case) -> bool:
    """Return whether any record with our authority leads to this person (P3.1, P3.13)."""
    keys = dict(case.identity.keys) if case.identity else {}
    return bool(readable(Demand(kind=DemandKind.DISCLOSURE, items=(Target.ALL,)), keys))


def is_ref(item: str) -> bool:
    """Return whether an item names one value: store/table/row/column. Staff and members may."""
    store_name, _, rest = item.partition("/")
    tables = {each.name: each for each in hands().datamap.stores}
    names = {each.name: each for each in tables[store_name].tables} if store_name in tables else {}
    parts = rest.split("/")
    return (
        len(parts) == _REF_PARTS
        and parts[0] in names
        and parts[2] in {column.name for column in names[parts[0]].columns}
    )


def ref_of(asked: Demand) -> str:
    """Return the one value that a demand names; its before and after belong to no second one."""
    only = asked.items[0] if len(asked.items) == 1 else ""
    return only if only.count("/") == 3 else ""  # noqa: PLR2004 - store/table/row/column


def place_of(case: Case, ref: str) -> Location:
    """Return the one column of the one row that a reference names, if it is this person's."""
    store_name, table_name, row_key, column = ref.split("/")
    keys = dict(case.identity.keys) if case.identity else {}
    for place in locate.locate(hands().datamap, keys):
        if (place.store, place.table) == (store_name, table_name):
            table = hands().datamap.table(store_name, table_name)
            if column not in {each.name for each in table.columns if each.correct}:
                break
            return place.narrowed((column,), **{table.row_key: row_key})
    raise ColumnNotOpen("a value was named that this person cannot correct here")
