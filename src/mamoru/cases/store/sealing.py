"""The key of every case, and what is written together or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from pydantic import TypeAdapter

from mamoru.cases.models import (
    CaseRow,
)
from mamoru.cases.store import asking
from mamoru.cases.store.shapes import T
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId
from mamoru.kit.seal import DataKey, MasterKey


class CaseUnknown(MamoruError):
    """There is no case of that number."""

    code, exit_code = "case-unknown", 2


_master: MasterKey | None = None


def install(master: MasterKey) -> None:
    """Hand the store the master key, once, at start."""
    global _master  # noqa: PLW0603 - one process has one key; wiring sets it before any call
    _master = master


def master() -> MasterKey:
    """Return the installed master key; an error of the programmer if wiring did not run."""
    if _master is None:
        raise RuntimeError("the store has no master key: call `store.install` first")
    return _master


@contextmanager
def atomic() -> Iterator[None]:
    """Everything inside is written, with its ledger entry, or nothing is."""
    with transaction.atomic():
        yield


def commitment(case_id: CaseId, name: str, text: str) -> str:
    """Return a keyed digest of a value, for the ledger: it proves and does not tell."""
    return master().digest("commitment", f"{case_id}/{name}/{text}")


def row_of(case_id: CaseId) -> CaseRow:
    """Return the row of a case; CaseUnknown if there is none."""
    found = asking.rows(CaseRow, "WHERE id = %s", case_id)
    if not found:
        raise CaseUnknown(f"there is no case `{case_id}`")
    return found[0]


def key_of(row: CaseRow) -> DataKey:
    """Return the case's own key."""
    return master().unwrap(bytes(row.wrapped_key))


def key_of_case(case_id: CaseId, *, hold: bool = False) -> DataKey:
    """Return the key of a case and load nothing else of it; CaseUnknown if there is none.

    `hold` keeps every other writer of the case out until the transaction ends.
    """
    held = asking.hold() if hold else ""
    found = asking.cells(CaseRow, "wrapped_key", f"WHERE id = %s{held}", case_id)
    if not found:
        raise CaseUnknown(f"there is no case `{case_id}`")
    return master().unwrap(bytes(found[0][0]))


def opened_bytes(row: CaseRow, key: DataKey, name: str, sealed: bytes | memoryview) -> bytes:
    """Return what a sealed column of a case holds."""
    return key.open(bytes(sealed), context=f"{row.id}/{name}")


def opened_value(
    row: CaseRow, key: DataKey, name: str, sealed: bytes | memoryview | None, shape: TypeAdapter[T]
) -> T | None:
    """Return a sealed column as a value, None where nothing is kept."""
    return None if sealed is None else shape.validate_json(opened_bytes(row, key, name, sealed))
