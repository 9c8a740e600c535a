"""Reading what a person is to be told, and correcting what is untrue, a step a place (P3.3, P3.5)."""

import json
from collections.abc import Mapping
from datetime import datetime

from mamoru.cases import store
from mamoru.cases.execute import household, planning, protecting
from mamoru.cases.execute.installed import connector, hands, name_of, permitted
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    Case,
    DemandKind,
    DemandState,
    LocationReceipt,
)
from mamoru.connectors.port import (
    OutcomeUnknown,
    StoreUnreachable,
    StoreUnreadable,
)
from mamoru.datamap import drift, locate
from mamoru.datamap.terms import Location, Row
from mamoru.gate.terms import Operation
from mamoru.kit import clock
from mamoru.kit.ids import SYSTEM
from mamoru.ledger import append
from mamoru.provision import store as provisions


def read(
    case: Case, demand: DemandState, name: str, *, planned: planning.Plan | None = None
) -> str:
    """Read a demand's places in one store, over one connection, and keep the receipts.

    `done`, or the code of what is in the way.
    """
    planned = planned or planning.plan(case, demand)
    places = dict(planning.by_store(planned.locations)).get(name, ())
    if protecting.hides(case):
        # Set while this very run goes on: what the plan still named is read no more.
        places = tuple(left for place in places if (left := protecting.hidden(place)))
    if not places or store.receipted(demand.id).issuperset(map(name_of, places)):
        return "done"
    now = clock.now()
    try:
        mapped = hands().datamap.store(name)
        if drift.drifts(mapped, connector(name).shape()):
            return f"store-unreadable:{name}"  # something could be left out of the answer
        found = _read(case, places, now)
    except (StoreUnreachable, OutcomeUnknown):
        return f"store-unreachable:{name}"
    except StoreUnreadable as problem:
        return f"{problem.code}:{name}"
    keeping = demand.demand.kind is not DemandKind.NOTICE_OF_PURPOSE
    done = {
        name_of(place): (
            LocationReceipt(
                store=place.store,
                table=place.table,
                rows=len(rows),
                digest=store.commitment(case.id, "values", json.dumps([dict(row) for row in rows])),
                at=now,
            ),
            rows if keeping else (),
        )
        for place, (rows, _) in zip(places, found, strict=True)
    }
    with store.atomic():
        fresh = store.save_receipts(demand.id, done)
        # Of what another run of the same case was faster to keep, its entry stands.
        append.batch(
            "case.place.read",
            [
                _told(demand, place, done[name_of(place)][0], withheld)
                for place, (_, withheld) in zip(places, found, strict=True)
                if name_of(place) in fresh
            ],
            subject=case.id,
            by=SYSTEM,
            at=now,
        )
    return "done"


def _told(
    demand: DemandState, place: Location, done: LocationReceipt, withheld: int
) -> Mapping[str, str | int]:
    """Return what the ledger is told of a place that was read."""
    return {
        "demand": demand.id,
        "place": name_of(place),
        "columns": len(place.columns),
        "rows": done.rows,
        "withheld": withheld,
        "values": done.digest,
        "policy": hands().grants.digest,
    }


def _read(
    case: Case, places: tuple[Location, ...], now: datetime
) -> list[tuple[tuple[Row, ...], int]]:
    """Return a place's rows, and how many were held back because they name somebody else.

    INVARIANT: what hangs on a shared mail address may be another's of the household; a row
    that carries another name, or none while another of the house is protected, never goes into
    an answer (P3.14, P3.11).
    """
    datamap = hands().datamap
    keys = case.identity.ring if case.identity else {}
    whole = {(each.store, each.table): each for each in locate.locate(datamap, keys)}
    wanted = []
    for place in places:
        told = household.columns(datamap.table(place.store, place.table))
        columns = tuple(dict.fromkeys((*place.columns, *told)))
        wanted.append(whole[place.store, place.table].narrowed(columns))
    names = household.names_of(case)
    sheltered = any(map(household.is_shared, wanted)) and household.shelters_another(
        case.identity, names
    )
    permit = permitted(case.id, Operation.READ, wanted, by=SYSTEM, now=now)
    result: list[tuple[tuple[Row, ...], int]] = []
    for place, found in zip(
        places, connector(places[0].store).read_all(permit, wanted, now), strict=True
    ):
        reached = whole[place.store, place.table]
        own, _ = household.told_apart(reached, found.rows, names=names, sheltered=sheltered)
        kept = tuple({column: row[column] for column in place.columns} for row in own)
        result.append((kept, found.count - len(kept)))
    return result


def read_provisions(case: Case, demand: DemandState) -> str:
    if PROVISION_RECORDS in store.receipted(demand.id):
        return "done"
    now = clock.now()
    keys = case.identity.ring.items() if case.identity else ()
    if protecting.hides(case):
        keys = ()  # who received what, from where and when, leads there as well (Order 6(i))
    records = provisions.records_of(
        tuple(
            provisions.person_ref(store.master(), kind, key) for kind, held in keys for key in held
        )
    )
    rows: list[Row] = [record.as_row() for record in records]
    text = json.dumps([dict(row) for row in rows], ensure_ascii=False)
    done = LocationReceipt(
        store="mamoru",
        table=PROVISION_RECORDS,
        rows=len(rows),
        digest=store.commitment(case.id, "values", text),
        at=now,
    )
    with store.atomic():
        if not store.save_receipts(demand.id, {PROVISION_RECORDS: (done, rows)}):
            return "done"
        append.entry(
            "case.place.read",
            subject=case.id,
            by=SYSTEM,
            at=now,
            body={
                "demand": demand.id,
                "place": PROVISION_RECORDS,
                "rows": done.rows,
                "values": done.digest,
            },
        )
    return "done"
