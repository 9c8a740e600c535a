"""手 (P1.5, P3.1, Act 33 to 35): what every connector to a company's store does, and how it fails.

Every call shows a permit. Reads are one set-based statement a table, whoever the
person is; values go in as bound parameters only; each connection has a time limit.
What is written is written in one transaction, and is done only when `prove`, on
another connection, has looked.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from mamoru.datamap.acts import Act, Done, Frozen, Proof, act_shares
from mamoru.datamap.terms import Criterion, Location, Match, Row, TableShape, Value
from mamoru.gate.permit import PermitRefused
from mamoru.gate.terms import Operation, Permit
from mamoru.kit.errors import MamoruError

Changes = Mapping[str, tuple[Value, Value]]
"""Column -> (value before, value after), as the demand states them (P3.9)."""

FENCE_TABLE = "mamoru_fence"
"""Our one table in a company's database: which transactions of ours were committed."""
LONGEST_FENCE = 190
"""Characters of a fence; what every engine can hold in a key."""

_WRITING = frozenset({Operation.CORRECT, Operation.ERASE, Operation.MARK})


class StoreError(MamoruError):
    """Something about a store of the company."""

    code, exit_code = "store-failed", 1


class StoreUnreachable(StoreError):
    """The store does not answer, or not in time. The case waits; repeat later."""

    code, retry, exit_code = "store-unreachable", True, 4


class StoreUnreadable(StoreError):
    """The store answers, but not with what the data map says. Run `mamoru datamap check`."""

    code, exit_code = "store-unreadable", 3


class ExtraMissing(StoreError):
    """The library for this kind of store is not installed. The message says how to get it."""

    code, exit_code = "extra-missing", 2


class ValueChangedMeanwhile(StoreError):
    """What is stored is no longer the value before. Look at the record again and decide anew."""

    code, exit_code = "value-changed-meanwhile", 3


class CorrectionRefusedByStore(StoreError):
    """The store's own rules do not take the value: a constraint, or its character set."""

    code, exit_code = "correction-refused-by-store", 3


class ErasureRefusedByStore(StoreError):
    """A constraint of the store does not let the rows go. Nothing of it was erased there."""

    code, exit_code = "erasure-refused-by-store", 3


class OutcomeUnknown(StoreError):
    """The store broke off while writing, and could not be read back. Repeat: it is safe."""

    code, retry, exit_code = "outcome-unknown", True, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read in one table."""

    store: str
    table: str
    rows: tuple[Row, ...] = field(repr=False)

    @property
    def count(self) -> int:
        """How many rows."""
        return len(self.rows)

    @property
    def digest(self) -> str:
        """SHA-256 over the rows in a fixed order.

        INVARIANT: not keyed. Whoever stores it keys it first, since few enough
        people have a given birthday to try them all.
        """
        lines = sorted(
            json.dumps(dict(row), ensure_ascii=False, sort_keys=True) for row in self.rows
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


class Level(StrEnum):
    """How deep an erasure went in one store; E3, the backups, is the data map's to say."""

    LOGICAL = "E1"  # no query returns it
    RESIDUE = "E2"  # gone from the engine's files as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """What was done to get rid of residue, what may remain where, and what clears it."""

    level: Level
    done: tuple[str, ...]
    stays: tuple[str, ...]


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
        """Return every table and view as it is now, sorted by name; our own fence left out."""
        ...

    def strays(self, table: str, column: str, match: Match) -> bool:
        """Return whether a value stands otherwise than in its normal form, where that is relied on."""
        ...

    def sample(self, table: str, limit: int) -> Mapping[str, tuple[Value, ...]]:
        """Return up to `limit` cells of each column, to be scanned for personal data."""
        ...

    def find(
        self, permit: Permit, table: str, criteria: Iterable[Criterion], now: datetime
    ) -> tuple[Row, ...]:
        """Return the rows in which all criteria hold, with the columns that the permit names.

        PermitRefused, PermitExpired, StoreUnreachable, StoreUnreadable. Without
        criteria nothing is found: a whole table is nobody's record.
        """
        ...

    def walk(self, permit: Permit, table: str, now: datetime) -> Iterator[Row]:
        """Yield every row of a table with the columns that the permit to find names, in any order.

        For a gate that must look at all keys, since it knows the persons by digests only.
        """
        ...

    def fenced(self, fence: str) -> bool | None:
        """Return whether a fence stands in the store; None where the store keeps none."""
        ...

    def read(self, permit: Permit, location: Location, now: datetime) -> Reading:
        """Return the person's rows at a location, its columns in its order."""
        ...

    def read_all(
        self, permit: Permit, locations: Iterable[Location], now: datetime
    ) -> Iterator[Reading]:
        """Yield a reading a location, in order, all of one moment and over one connection.

        Every permit is checked before the first is read.
        """
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

    def freeze(
        self, permit: Permit, locations: Iterable[Location], now: datetime
    ) -> tuple[Frozen, ...]:
        """Resolve each location to keys that no later act can take away, in the order given.

        All of one moment, at most one statement a table, parents before children.
        """
        ...

    def apply(self, permit: Permit, acts: Sequence[Act], *, fence: str, now: datetime) -> Done:
        """Do all acts in their order, one statement each, in one transaction; or none of them.

        With a fence that stands already nothing is done: the counts are those of
        the first time. ErasureRefusedByStore, CorrectionRefusedByStore,
        ValueChangedMeanwhile and StoreUnreachable: nothing was changed.
        OutcomeUnknown: the answer to COMMIT was lost; repeat with the same fence.
        """
        ...

    def prove(self, permit: Permit, acts: Sequence[Act], now: datetime) -> tuple[Proof, ...]:
        """Look, by independent statements on another connection, what is left to do of each act."""
        ...

    def deepen(self, permit: Permit, tables: Iterable[str], now: datetime) -> Depth:
        """Clear what the engine keeps of erased rows as far as it can, and say how far that is."""
        ...


# --- permits -------------------------------------------------------------------------------------


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


def check_writing(permit: Permit) -> None:
    """Raise PermitRefused for a permit that only looks: with it nothing is prepared or changed."""
    if permit.operation not in _WRITING:
        raise PermitRefused(f"the permit of `{permit.case}` is one to {permit.operation}")


def check_acts(permit: Permit, store: str, acts: Iterable[Act], now: datetime) -> None:
    """Raise PermitRefused unless each act stays within the permit.

    The place it was resolved from must be the permit's, every column it writes,
    compares or reads must be named, rows go only under a permit to erase, and a
    correction says what stood there before. INVARIANT: an act whose keys the permit does not
    name is refused; one that names none changes nothing.
    """
    permit.check_time(now)
    check_writing(permit)
    open_tables = {table for in_store, table, _ in permit.columns if in_store == store}
    for act in acts:
        columns = (*act.values, *act.before, *act.only, *act.json_removed)
        fits = (
            act.store == store
            and act.place in permit.reach
            and act.table in open_tables
            and permit.columns.issuperset([(store, act.table, column) for column, _ in columns])
            and not permit.frozen.isdisjoint(act_shares(act))
        )
        if act.delete:
            fits = fits and permit.operation is Operation.ERASE and not act.values
        else:
            fits = fits and bool(act.values or act.json_removed)
        if permit.operation is Operation.CORRECT and not act.json_removed:
            # What stood there before is said, or is the very key by which the rows are found.
            known = {column for column, _ in act.before} | {each.column for each in act.reaches}
            fits = fits and {column for column, _ in act.values} <= known
        if not fits:
            where = f"{act.store}.{act.table}"
            raise PermitRefused(
                f"the permit of `{permit.case}` does not open `{where}` to this act"
            )


def check_tables(permit: Permit, store: str, tables: Iterable[str], now: datetime) -> None:
    """Raise PermitRefused unless it is one to erase rows and names something in each table."""
    permit.check_time(now)
    if not permit.frozen:
        raise PermitRefused(f"the permit of `{permit.case}` names no rows that were erased")
    open_tables = {table for in_store, table, _ in permit.columns if in_store == store}
    for table in tables:
        if permit.operation is not Operation.ERASE or table not in open_tables:
            where = f"{store}.{table}"
            raise PermitRefused(f"the permit of `{permit.case}` does not open `{where}` to erase")


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


# --- what a read-back proves ---------------------------------------------------------------------


class Settled(StrEnum):
    """What a read-back proves of a correction."""

    DONE = "done"
    OPEN = "open"  # the values before still stand
    CHANGED = "changed"  # neither those before nor those after


def settle(changes: Changes, rows: Iterable[Row]) -> Settled:
    """Return what the rows say: OPEN while any still holds all values before."""
    found = tuple(rows)
    before = {column: _nothing(old) for column, (old, _) in changes.items()}
    after = {column: new for column, (_, new) in changes.items()}
    stood = any(_holds({name: _nothing(row[name]) for name in before}, before) for row in found)
    if any(_holds(row, after) for row in found) and (before == after or not stood):
        return Settled.DONE
    return Settled.OPEN if stood else Settled.CHANGED


def _nothing(value: Value) -> Value:
    """Return None for an empty text: who states what stood before sees no difference."""
    return None if value == "" else value


def _holds(row: Row, values: Mapping[str, Value]) -> bool:
    return all(same(row[column], value) for column, value in values.items())


def same(stored: Value, asked: Value) -> bool:
    """Return whether a stored value is the one asked for; a form says `"5"` where a store has 5."""
    if stored is None or asked is None:
        return stored is asked
    return stored == asked or str(stored) == str(asked)
