"""What a demand will touch, frozen by a digest for the approver (P3.3, P3.5)."""

import hashlib
import json
from dataclasses import dataclass

from mamoru.cases import store
from mamoru.cases.execute.installed import hands
from mamoru.cases.terms import (
    Case,
    Demand,
    DemandKind,
    DemandState,
    Target,
)
from mamoru.datamap import locate
from mamoru.datamap.inventory import Authority
from mamoru.datamap.terms import Location
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


def plan(case: Case, demand: DemandState) -> Plan:
    """Return the places that a demand touches; its digest is what the approver approves."""
    asked = demand.demand
    by_hand = False
    located: tuple[Location, ...] = ()
    ref = ref_of(asked)
    if asked.kind is DemandKind.CORRECTION and ref:
        located = (place_of(case, ref),)
    elif asked.kind is DemandKind.NOTICE_OF_PURPOSE:
        # Only whether something is there has to be known, so one column is read of each place.
        located = tuple(place.narrowed(place.columns[:1]) for place in readable(case, asked))
    elif asked.kind is not DemandKind.DISCLOSURE_OF_PROVISION_RECORDS:
        located = readable(case, asked)
        by_hand = asked.kind is not DemandKind.DISCLOSURE
    frozen = json.dumps(
        [
            demand.id,
            asked.kind,
            list(asked.items),
            store.commitment(case.id, "before-after", f"{asked.before}\n{asked.after}"),
            locate.plan_digest(located),
            [store.commitment(case.id, "place", place.digest) for place in located],
        ]
    )
    digest = hashlib.sha256(frozen.encode()).hexdigest()
    return Plan(demand=demand.id, locations=located, by_hand=by_hand, digest=digest)


def readable(case: Case, asked: Demand) -> tuple[Location, ...]:
    """Own holdings only (Act 16(4)), columns that are disclosed, and of them what was asked for."""
    if case.identity is None:
        return ()
    wanted = set(asked.items)
    everything = Target.ALL in wanted
    result = []
    for place in locate.locate(hands().datamap, dict(case.identity.keys)):
        table = hands().datamap.table(place.store, place.table)
        if table.authority is not Authority.OWN:
            continue
        columns = tuple(
            column.name
            for column in table.columns
            if column.disclose and column.personal and (everything or column.category in wanted)
        )
        if columns:
            result.append(place.narrowed(columns))
    return tuple(result)


def holds_anything(case: Case) -> bool:
    """Return whether any record with our authority leads to this person (P3.1, P3.13)."""
    return bool(readable(case, Demand(kind=DemandKind.DISCLOSURE, items=(Target.ALL,))))


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
