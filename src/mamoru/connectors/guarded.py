"""許可なしに触れない (P1.5, P3.4): what all connectors share. No call without its permit."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from mamoru.connectors import port
from mamoru.connectors.port import (
    Changes,
    Depth,
    OutcomeUnknown,
    Reading,
    StoreError,
    StoreUnreachable,
    ValueChangedMeanwhile,
)
from mamoru.datamap.acts import Act, Done, Frozen, Proof
from mamoru.datamap.terms import Criterion, Location, Match, Row, TableShape, Value
from mamoru.gate.terms import Operation, Permit


class Guarded(ABC):
    """A connector's outer half: permits, and a correction made of its inner half's parts."""

    def __init__(self, name: str) -> None:
        """Know the store's name in the data map."""
        self._name = name

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        return self._name

    @abstractmethod
    def probe(self) -> None:
        """Return if the store answers."""

    @abstractmethod
    def shape(self) -> tuple[TableShape, ...]:
        """Return every table as it is now."""

    @abstractmethod
    def sample(self, table: str, limit: int) -> Mapping[str, tuple[Value, ...]]:
        """Return up to `limit` cells of each column."""

    def strays(self, table: str, column: str, match: Match) -> bool:
        """Return False: every value is brought into its normal form before it is compared."""
        return False

    def find(
        self, permit: Permit, table: str, criteria: Iterable[Criterion], now: datetime
    ) -> tuple[Row, ...]:
        """Return the rows in which all criteria hold."""
        columns = port.granted_columns(permit, self._name, table, now)
        asked = tuple(criteria)
        port.check_criteria(permit, self._name, table, asked)
        return self._find(table, columns, asked) if asked else ()

    def walk(self, permit: Permit, table: str, now: datetime) -> Iterator[Row]:
        """Yield every row of a table with the granted columns."""
        columns = port.granted_columns(permit, self._name, table, now)
        yield from self._walk(table, columns)

    def fenced(self, fence: str) -> bool | None:
        """Return None: there is no place for a fence."""
        return None

    def read(self, permit: Permit, location: Location, now: datetime) -> Reading:
        """Return the person's rows at a location."""
        port.check(permit, location, Operation.READ, now)
        return self._read_one(location)

    def read_all(
        self, permit: Permit, locations: Iterable[Location], now: datetime
    ) -> Iterator[Reading]:
        """Check every permit now, then yield a reading a location, all of one moment."""
        places = tuple(locations)
        for place in places:
            port.check(permit, place, Operation.READ, now)
        return self._read(places)

    def freeze(
        self, permit: Permit, locations: Iterable[Location], now: datetime
    ) -> tuple[Frozen, ...]:
        """Resolve each location to lasting keys."""
        places = tuple(locations)
        port.check_writing(permit)
        for place in places:
            port.check(permit, place, permit.operation, now)
        return self._freeze(places) if places else ()

    def apply(self, permit: Permit, acts: Sequence[Act], *, fence: str, now: datetime) -> Done:
        """Do all acts in one transaction, or none; without any, the fence alone is set."""
        port.check_acts(permit, self._name, acts, now)
        if not 0 < len(fence) <= port.LONGEST_FENCE:
            raise ValueError(f"a fence has 1 to {port.LONGEST_FENCE} characters")
        return self._apply(tuple(acts), fence, now, permit.operation)

    def prove(self, permit: Permit, acts: Sequence[Act], now: datetime) -> tuple[Proof, ...]:
        """Say of each act what is left to do."""
        port.check_acts(permit, self._name, acts, now)
        return self._prove(tuple(acts)) if acts else ()

    def deepen(self, permit: Permit, tables: Iterable[str], now: datetime) -> Depth:
        """Clear residue as far as the engine can."""
        named = tuple(dict.fromkeys(tables))
        port.check_tables(permit, self._name, named, now)
        return self._deepen(named)

    def correct(
        self, permit: Permit, location: Location, changes: Changes, now: datetime
    ) -> Reading:
        """Compare and set in one transaction, then read back on its own."""
        port.check(permit, location, Operation.CORRECT, now)
        port.check_changes(self._name, location, changes)
        broke_off: StoreError | None = None
        try:
            (frozen,) = self._freeze((location,))
            act = Act(
                store=frozen.store,
                table=frozen.table,
                place=frozen.place,
                reaches=frozen.reaches,
                values=tuple((column, after) for column, (_, after) in changes.items()),
                before=tuple((column, before) for column, (before, _) in changes.items()),
                only=location.only,
            )
            self._apply((act,), "", now, Operation.CORRECT)
        except OutcomeUnknown as problem:
            broke_off = problem  # no answer is no proof either way: only reading back is
        try:
            after = self._read_one(location)
        except StoreError as problem:
            if broke_off is None:
                raise
            message = f"store `{self._name}` broke off while writing and cannot be read back"
            raise OutcomeUnknown(message) from problem
        state = port.settle(changes, after.rows)
        if state is port.Settled.DONE:
            return after
        if broke_off is not None and state is port.Settled.OPEN:
            message = f"store `{self._name}` cannot be reached: it broke off, nothing was written"
            raise StoreUnreachable(message)
        raise self._changed(location.table)

    def _changed(self, table: str) -> ValueChangedMeanwhile:
        return ValueChangedMeanwhile(f"`{self._name}.{table}` no longer holds the values before")

    def _read_one(self, location: Location) -> Reading:
        (reading,) = self._read((location,))
        return reading

    # --- the inner half: the permit is checked, there is something to do ---------------------

    @abstractmethod
    def _find(
        self, table: str, columns: tuple[str, ...], criteria: tuple[Criterion, ...]
    ) -> tuple[Row, ...]: ...

    @abstractmethod
    def _walk(self, table: str, columns: tuple[str, ...]) -> Iterator[Row]: ...

    @abstractmethod
    def _read(self, locations: tuple[Location, ...]) -> Iterator[Reading]: ...

    @abstractmethod
    def _freeze(self, locations: tuple[Location, ...]) -> tuple[Frozen, ...]: ...

    @abstractmethod
    def _apply(
        self, acts: tuple[Act, ...], fence: str, now: datetime, operation: Operation
    ) -> Done:
        """Do the acts; an empty fence sets none."""

    @abstractmethod
    def _prove(self, acts: tuple[Act, ...]) -> tuple[Proof, ...]: ...

    @abstractmethod
    def _deepen(self, tables: tuple[str, ...]) -> Depth: ...
