"""Reading what a person is to be told, and correcting what is untrue, a step a place (P3.3, P3.5)."""

import json
from datetime import datetime

from mamoru.cases import store
from mamoru.cases.execute.installed import connector, hands, name_of, permitted
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    Case,
    Demand,
    DemandKind,
    DemandState,
    LocationReceipt,
)
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    OutcomeUnknown,
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
)
from mamoru.datamap import locate
from mamoru.datamap.terms import Location, Row
from mamoru.gate.terms import Operation
from mamoru.kit import clock
from mamoru.kit.ids import SYSTEM
from mamoru.ledger import append
from mamoru.provision import store as provisions


def touch(case: Case, demand: DemandState, place: Location) -> str:
    """Read or correct one place and keep the receipt; `done`, or the code of what is in the way."""
    if store.receipt(demand.id, name_of(place)) is not None:
        return "done"
    now = clock.now()
    correcting = demand.demand.kind is DemandKind.CORRECTION
    try:
        if correcting:
            rows, withheld = _correct(case, demand.demand, place, now), 0
        else:
            rows, withheld = _read(case, place, now)
    except (StoreUnreachable, OutcomeUnknown):
        return f"store-unreachable:{place.store}"
    except (StoreUnreadable, ValueChangedMeanwhile, CorrectionRefusedByStore) as problem:
        return f"{type(problem).code}:{place.store}"
    done = LocationReceipt(
        store=place.store,
        table=place.table,
        rows=len(rows),
        digest=store.commitment(case.id, "values", json.dumps([dict(row) for row in rows])),
        at=now,
    )
    with store.atomic():
        kept = () if demand.demand.kind is DemandKind.NOTICE_OF_PURPOSE else rows
        if not store.save_receipt(demand.id, name_of(place), done, kept):
            return "done"  # another run of the same case was faster: its entry stands
        append.entry(
            "case.place.corrected" if correcting else "case.place.read",
            subject=case.id,
            by=SYSTEM,
            at=now,
            body={
                "demand": demand.id,
                "place": name_of(place),
                "columns": len(place.columns),
                "rows": done.rows,
                "withheld": withheld,
                "values": done.digest,
                "policy": hands().grants.digest,
            },
        )
    return "done"


def _read(case: Case, place: Location, now: datetime) -> tuple[tuple[Row, ...], int]:
    """Return the person's rows, and how many were held back because they name somebody else.

    INVARIANT: what hangs on a shared mail address may be another's of the household; a row
    that carries another name never goes into an answer (P3.14).
    """
    datamap = hands().datamap
    table = datamap.table(place.store, place.table)
    names = locate.name_columns(table)
    columns = tuple(dict.fromkeys((*place.columns, *names)))
    whole = next(
        each
        for each in locate.locate(datamap, dict(case.identity.keys if case.identity else ()))
        if (each.store, each.table) == (place.store, place.table)
    ).narrowed(columns)
    permit = permitted(case.id, Operation.READ, (whole,), by=SYSTEM, now=now)
    found = connector(place.store).read(permit, whole, now).rows
    own = [row for row in found if not _names_another(case, place, row)]
    kept = tuple({column: row[column] for column in place.columns} for row in own)
    return kept, len(found) - len(kept)


def _names_another(case: Case, place: Location, row: Row) -> bool:
    """A row is another's if its name is neither the registered one nor the one on the form."""
    known = [case.filing.person.name]
    if case.identity is not None:
        known.append(case.identity.registered.name)
    return all(
        locate.names_another(
            hands().datamap, place.store, place.table, row, name=name.replace(" ", "")
        )
        for name in known
        if name
    )


def _correct(case: Case, asked: Demand, place: Location, now: datetime) -> tuple[Row, ...]:
    """Write one value back by compare and set; a repetition changes nothing."""
    column = place.columns[0]
    before: str | None = asked.before or ""
    if not before:  # a form shows an empty cell and a missing value alike; the store does not
        reading = permitted(case.id, Operation.READ, (place,), by=SYSTEM, now=now)
        rows = connector(place.store).read(reading, place, now).rows
        before = None if any(row[column] is None for row in rows) else before
    permit = permitted(case.id, Operation.CORRECT, (place,), by=SYSTEM, now=now)
    change = {column: (before, asked.after or "")}
    return connector(place.store).correct(permit, place, change, now).rows


def read_provisions(case: Case, demand: DemandState) -> str:
    if store.receipt(demand.id, PROVISION_RECORDS) is not None:
        return "done"
    now = clock.now()
    keys = case.identity.keys if case.identity else ()
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
        if not store.save_receipt(demand.id, PROVISION_RECORDS, done, rows):
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
