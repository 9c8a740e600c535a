"""手 (P1.5, P3.1, Act 33, 34): what every connector to a company's store does, and how it fails.

Every call shows a permit. Reads are one set-based statement a table, whoever the
person is; values go in as bound parameters only; each connection has a time limit.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from mamoru.datamap.terms import Criterion, Location, Row, TableShape, Value
from mamoru.gate.permit import PermitRefused
from mamoru.gate.terms import Operation, Permit
from mamoru.kit.errors import MamoruError

Changes = Mapping[str, tuple[Value, Value]]
"""Column -> (value before, value after), as the demand states them (P3.9)."""


class StoreError(MamoruError):
    """Something about a store of the company."""

    code, exit_code = "store-failed", 1


class StoreUnreachable(StoreError):
    """The store does not answer, or not in time. The case waits; repeat later."""

    code, retry, exit_code = "store-unreachable", True, 4


class StoreUnreadable(StoreError):
    """The store answers, but not with what the data map says. Run `mamoru datamap check`."""

    code, exit_code = "store-unreadable", 3


class ValueChangedMeanwhile(StoreError):
    """What is stored is no longer the value before. Look at the record again and decide anew."""

    code, exit_code = "value-changed-meanwhile", 3


class CorrectionRefusedByStore(StoreError):
    """The store's own rules do not take the value: a constraint, or its character set."""

    code, exit_code = "correction-refused-by-store", 3


class OutcomeUnknown(StoreError):
    """The store broke off while writing, and could not be read back. Repeat: it is safe."""

    code, retry, exit_code = "outcome-unknown", True, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in one table: the rows, how many, and a digest of them.

    INVARIANT: `digest` is not keyed. Whoever stores it keys it first, since few
    enough people have a given birthday to try them all.
    """

    store: str
    table: str
    rows: tuple[Row, ...] = field(repr=False)
    digest: str

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.rows)


class Connector(Protocol):
    """One store. `mamoru.connectors.conformance` says in tests what each method promises."""

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        ...

    def probe(self) -> None:
        """Return if the store answers; StoreUnreachable otherwise. Never creates anything."""
        ...

    def shape(self) -> tuple[TableShape, ...]:
        """Return every table and view as it is now, sorted by name."""
        ...

    def find(
        self, permit: Permit, table: str, criteria: Iterable[Criterion], now: datetime
    ) -> tuple[Row, ...]:
        """Return the rows in which all criteria hold, with the columns that the permit names.

        PermitRefused, PermitExpired, StoreUnreachable, StoreUnreadable. Without
        criteria nothing is found: a whole table is nobody's record.
        """
        ...

    def read(self, permit: Permit, location: Location, now: datetime) -> Reading:
        """Return the person's rows at a location, its columns in its order."""
        ...

    def correct(
        self, permit: Permit, location: Location, changes: Changes, now: datetime
    ) -> Reading:
        """Write each value after where the value before stands, and return the rows read back.

        Compare and set, whole or not at all. A repetition of what is already
        written changes nothing and succeeds. ValueChangedMeanwhile where neither
        the values before nor those after stand there; OutcomeUnknown where the
        store broke off and could not be read.
        """
        ...


def reading(store: str, table: str, rows: Iterable[Row]) -> Reading:
    """Return a reading with its digest: SHA-256 over the rows in a fixed order."""
    kept = tuple(rows)
    lines = sorted(json.dumps(dict(row), ensure_ascii=False, sort_keys=True) for row in kept)
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return Reading(store=store, table=table, rows=kept, digest=digest)


def granted_columns(permit: Permit, store: str, table: str, now: datetime) -> tuple[str, ...]:
    """Return the columns that a permit to find names in a table, sorted; PermitRefused if none."""
    permit.check_time(now)
    columns = sorted(
        column
        for in_store, in_table, column in permit.columns
        if (in_store, in_table) == (store, table)
    )
    if permit.operation is not Operation.FIND or not columns:
        raise PermitRefused(
            f"the permit of `{permit.case}` does not open `{store}.{table}` to find"
        )
    return tuple(columns)


def check(permit: Permit, location: Location, operation: Operation, now: datetime) -> None:
    """Raise PermitRefused unless the permit covers the location for the operation."""
    if not permit.covers(location, operation, now):
        where = f"{location.store}.{location.table}"
        raise PermitRefused(f"the permit of `{permit.case}` does not open `{where}` to {operation}")


def check_changes(store: str, location: Location, changes: Changes) -> None:
    """Raise PermitRefused if a change names a column outside the location, or nothing at all."""
    where = f"{store}.{location.table}"
    if not changes:
        raise PermitRefused(f"no change was named for `{where}`")
    for column in changes:
        if column not in location.columns:
            raise PermitRefused(f"`{where}.{column}` is not among the columns to be corrected")


def check_criteria(permit: Permit, store: str, table: str, criteria: Iterable[Criterion]) -> None:
    """Raise PermitRefused if a criterion asks by a column that the permit does not name."""
    for criterion in criteria:
        if (store, table, criterion.column) not in permit.columns:
            where = f"{store}.{table}.{criterion.column}"
            raise PermitRefused(f"the permit of `{permit.case}` does not open `{where}` to find")


class Settled(StrEnum):
    """What a read-back proves of a correction."""

    DONE = "done"
    OPEN = "open"  # the values before still stand
    CHANGED = "changed"  # neither those before nor those after


def settle(changes: Changes, rows: Iterable[Row]) -> Settled:
    """Return what the rows say: OPEN while any still holds all values before."""
    found = tuple(rows)
    before = {column: old for column, (old, _) in changes.items()}
    after = {column: new for column, (_, new) in changes.items()}
    if any(_holds(row, after) for row in found) and (
        before == after or not any(_holds(row, before) for row in found)
    ):
        return Settled.DONE
    return Settled.OPEN if any(_holds(row, before) for row in found) else Settled.CHANGED


def _holds(row: Row, values: Mapping[str, Value]) -> bool:
    return all(same(row[column], value) for column, value in values.items())


def same(stored: Value, asked: Value) -> bool:
    """Return whether a stored value is the one asked for; a form says `"5"` where a store has 5."""
    if stored is None or asked is None:
        return stored is asked
    return stored == asked or str(stored) == str(asked)
