"""What was done at each place: counts and digests plain, values sealed."""

from collections.abc import Sequence
from datetime import datetime

from mamoru.cases.models import (
    DemandRow,
    ReceiptRow,
)
from mamoru.cases.store.sealing import key_of, row_of
from mamoru.cases.store.shapes import ROWS, Row, receipt_value
from mamoru.cases.terms import (
    LocationReceipt,
)
from mamoru.kit.ids import CaseId, DemandId, StaffId


def receipt(demand_id: DemandId, location: str) -> LocationReceipt | None:
    """Return the receipt of a step that ran already, None if it has not."""
    row = ReceiptRow.objects.filter(demand_id=demand_id, location=location).first()
    return None if row is None else receipt_value(row)


def receipts(demand_id: DemandId) -> tuple[LocationReceipt, ...]:
    """Return all receipts of a demand in the order of the plan."""
    return tuple(map(receipt_value, ReceiptRow.objects.filter(demand_id=demand_id)))


def save_receipt(
    demand_id: DemandId, location: str, done: LocationReceipt, rows: Sequence[Row]
) -> bool:
    """Keep what a step did; False if it is kept already, and then nothing changes."""
    case_id = CaseId(demand_id.rpartition("/")[0])
    key = key_of(row_of(case_id))
    _, made = ReceiptRow.objects.get_or_create(
        demand_id=demand_id,
        location=location,
        defaults={
            "store": done.store,
            "table": done.table,
            "rows": done.rows,
            "digest": done.digest,
            "at": done.at,
            "sealed_values": key.seal(
                ROWS.dump_json(tuple(dict(row) for row in rows)),
                context=f"{demand_id}/values/{location}",
            ),
        },
    )
    return made


def values(demand_id: DemandId, location: str) -> tuple[Row, ...]:
    """Return the rows that a step read."""
    case_id = CaseId(demand_id.rpartition("/")[0])
    row = ReceiptRow.objects.get(demand_id=demand_id, location=location)
    plain = key_of(row_of(case_id)).open(
        bytes(row.sealed_values), context=f"{demand_id}/values/{location}"
    )
    return ROWS.validate_json(plain)


def mark_executed(demand_id: DemandId, *, at: datetime) -> bool:
    """Note that every step of a demand is done; False if that was noted already."""
    return bool(DemandRow.objects.filter(id=demand_id, executed_at=None).update(executed_at=at))


def executed(demand_id: DemandId) -> bool:
    """Return whether every step of a demand is done."""
    return DemandRow.objects.filter(id=demand_id, executed_at__isnull=False).exists()


def done_by_hand(demand_id: DemandId) -> bool:
    """Return whether staff noted that they carried a demand out."""
    return DemandRow.objects.filter(id=demand_id, sealed_hand_note__isnull=False).exists()


def save_hand_work(demand_id: DemandId, note: str, *, by: StaffId, at: datetime) -> bool:
    """Note that staff carried a demand out by hand, and what they did; False if it was done."""
    case_id = CaseId(demand_id.rpartition("/")[0])
    key = key_of(row_of(case_id))
    changed = DemandRow.objects.filter(id=demand_id, executed_at=None).update(
        executed_at=at,
        sealed_hand_note=key.seal(f"{by}: {note}".encode(), context=f"{demand_id}/hand"),
    )
    return bool(changed)
