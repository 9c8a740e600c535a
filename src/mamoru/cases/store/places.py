"""What was done at each place: counts and digests plain, values sealed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from mamoru.cases.models import (
    DemandRow,
    ReceiptRow,
)
from mamoru.cases.store import asking
from mamoru.cases.store.sealing import key_of_case
from mamoru.cases.store.shapes import ROWS, Row, receipt_value
from mamoru.cases.terms import (
    LocationReceipt,
)
from mamoru.kit.ids import CaseId, DemandId, StaffId

_OF_DEMAND = "WHERE demand_id = %s ORDER BY id"
_COLUMNS = ("demand_id", "location", "store", "table", "rows", "digest", "at", "sealed_values")


def receipted(demand_id: DemandId) -> frozenset[str]:
    """Return the locations at which a demand's step ran already."""
    found = asking.cells(ReceiptRow, "location", "WHERE demand_id = %s", demand_id)
    return frozenset(str(location) for (location,) in found)


def receipts(demand_id: DemandId) -> tuple[LocationReceipt, ...]:
    """Return all receipts of a demand in the order of the plan."""
    return tuple(map(receipt_value, asking.rows(ReceiptRow, _OF_DEMAND, demand_id)))


def save_receipts(
    demand_id: DemandId, done: Mapping[str, tuple[LocationReceipt, Sequence[Row]]]
) -> frozenset[str]:
    """Keep what a step did at each location and the rows it read; return which were not kept yet.

    INVARIANT: what is kept already does not change; of two runs at once one keeps each receipt.
    """
    with transaction.atomic(savepoint=False):
        key = key_of_case(_case_of(demand_id), hold=True)
        known = receipted(demand_id)
        fresh = {where: each for where, each in done.items() if where not in known}
        asking.insert(
            ReceiptRow,
            _COLUMNS,
            (
                (
                    demand_id,
                    where,
                    each.store,
                    each.table,
                    each.rows,
                    each.digest,
                    asking.moment(each.at),
                    key.seal(
                        ROWS.dump_json(tuple(dict(row) for row in rows)),
                        context=f"{demand_id}/values/{where}",
                    ),
                )
                for where, (each, rows) in fresh.items()
            ),
        )
    return frozenset(fresh)


def values(demand_id: DemandId, location: str) -> tuple[Row, ...]:
    """Return the rows that a step read."""
    (row,) = asking.rows(ReceiptRow, "WHERE demand_id = %s AND location = %s", demand_id, location)
    plain = key_of_case(_case_of(demand_id)).open(
        bytes(row.sealed_values), context=f"{demand_id}/values/{location}"
    )
    return ROWS.validate_json(plain)


def mark_executed(demand_id: DemandId, *, at: datetime) -> bool:
    """Note that every step of a demand is done; False if that was noted already."""
    rest = "SET executed_at = %s WHERE id = %s AND executed_at IS NULL"
    return bool(asking.update(DemandRow, rest, asking.moment(at), demand_id))


def executed(demand_id: DemandId) -> bool:
    """Return whether every step of a demand is done."""
    rest = "WHERE id = %s AND executed_at IS NOT NULL"
    return bool(asking.cells(DemandRow, "1", rest, demand_id))


def done_by_hand(demand_id: DemandId) -> bool:
    """Return whether staff noted that they carried a demand out."""
    rest = "WHERE id = %s AND sealed_hand_note IS NOT NULL"
    return bool(asking.cells(DemandRow, "1", rest, demand_id))


def save_hand_work(demand_id: DemandId, note: str, *, by: StaffId, at: datetime) -> bool:
    """Note that staff carried a demand out by hand, and what they did; False if it was done."""
    key = key_of_case(_case_of(demand_id))
    changed = DemandRow.objects.filter(id=demand_id, executed_at=None).update(
        executed_at=at,
        sealed_hand_note=key.seal(f"{by}: {note}".encode(), context=f"{demand_id}/hand"),
    )
    return bool(changed)


def _case_of(demand_id: DemandId) -> CaseId:
    return CaseId(demand_id.rpartition("/")[0])
