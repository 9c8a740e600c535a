"""データベースの店 (P3.1 to P3.7): one connector for every SQL engine; a dialect says the rest.

What is looked at together is looked at in one read transaction, what is written is
written in one transaction with its fence.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from types import NoneType
from typing import Any, ClassVar

from sqlalchemy import exc

from mamoru.connectors.connections import Connections, Query, Session, Use
from mamoru.connectors.dialect import Cell, Dialect
from mamoru.connectors.fence import Fence
from mamoru.connectors.freezing import Keys, Look, resolve
from mamoru.connectors.guarded import Guarded
from mamoru.connectors.live import Live
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    Depth,
    ErasureRefusedByStore,
    Reading,
    StoreUnreachable,
    StoreUnreadable,
)
from mamoru.connectors.statements import Statements
from mamoru.datamap.acts import Act, Done, Frozen, Proof
from mamoru.datamap.terms import Criterion, Location, Match, Row, TableShape, Value
from mamoru.gate.terms import Operation

_PAGE = 2_000
"""Rows that are in memory at once while a whole table is walked."""
_PLAIN = frozenset({str, int, float, NoneType})
"""What a driver gives as we do."""


class _Cells(dict[str, Cell]):
    """The columns of one table; asking for one that is not there says so."""

    def __init__(self, place: str, cells: Sequence[Cell]) -> None:
        super().__init__((cell.name, cell) for cell in cells)
        self._place = place

    def __missing__(self, column: str) -> Cell:
        raise StoreUnreadable(f"`{self._place}` has no column `{column}`")


class Sql(Guarded):
    """A connector to one SQL database. See `port.Connector` for what each method promises."""

    speaks: ClassVar[type[Dialect]]

    def __init__(
        self,
        name: str,
        address: str | Path,
        *,
        wait_seconds: float = 5.0,
        limit_seconds: float = 30.0,
        fence: bool = False,
        rewrite: bool = False,
        stored_normal: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """Know the database; nothing is opened yet. ExtraMissing without the engine's library.

        `wait_seconds` for a connection and for others' locks, `limit_seconds` for one
        statement (SQLite: one whole call). `fence`: our table may be made there.
        `rewrite`: deepening writes anew even what costs others a wait. `stored_normal`: the
        (table, column) whose cells the company keeps in the normal form of their match
        already, so that a plain index leads to them; others are compared cell by cell.
        """
        super().__init__(name)
        self._dialect = self.speaks(
            address, wait=wait_seconds, limit=limit_seconds, rewrite=rewrite
        )
        self._tables: dict[str, _Cells] = {}
        self._live = Live(self._dialect)
        self._connections = Connections(name, self._dialect, self._forget)
        self._statements = Statements(
            self._dialect, self._connections.speech, self._columns, stored_normal
        )
        self._fences = Fence(name, self._dialect, self._connections) if fence else None

    def close(self) -> None:
        """Close what the pools hold; a later call opens anew."""
        self._connections.close()

    def _forget(self) -> None:
        self._tables.clear()
        self._statements.forget()
        if self._fences is not None:
            self._fences.forget()

    def _columns(self, table: str) -> Mapping[str, Cell]:
        """Return what is known of a table, asked for once over the connection in use."""
        known = self._tables.get(table)
        if known is None:
            cells = self._dialect.columns(self._connections.at_hand, table)
            if not cells:
                raise StoreUnreadable(f"store `{self._name}` holds no table `{table}`")
            known = self._tables[table] = _Cells(f"{self._name}.{table}", cells)
        return known

    # --- looking -----------------------------------------------------------------------------

    def probe(self) -> None:
        """Return if the database answers."""
        self._connections.look(lambda session: session.fetch(self._dialect.probe))

    def shape(self) -> tuple[TableShape, ...]:
        """Return every table and view as it is now."""
        return self._connections.look(self._live.shapes)

    def sample(self, table: str, limit: int) -> Mapping[str, tuple[Value, ...]]:
        """Return the first `limit` cells of each column."""

        def sample(session: Session) -> Mapping[str, tuple[Value, ...]]:
            rows = session.fetch(*self._statements.sample(table, limit))
            names = tuple(self._columns(table))
            return {name: tuple(_plain(row[at]) for row in rows) for at, name in enumerate(names)}

        return self._connections.look(sample)

    def strays(self, table: str, column: str, match: Match) -> bool:
        """Return whether a value of the column is not stored in its normal form."""
        ((count,),) = self._connections.look(
            lambda session: session.fetch(*self._statements.strayed(table, column, match))
        )
        return bool(count)

    def fenced(self, fence: str) -> bool | None:
        """Return whether a fence stands here; None where none is kept."""
        return None if self._fences is None else self._fences.stands(fence)

    def _find(
        self, table: str, columns: tuple[str, ...], criteria: tuple[Criterion, ...]
    ) -> tuple[Row, ...]:
        def find(session: Session) -> tuple[Row, ...]:
            return _rows(columns, session.fetch(*self._statements.found(table, columns, criteria)))

        return self._connections.look(find)

    def _walk(self, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
        with self._connections.one_moment() as session:
            text = self._statements.walked(table, columns)
            streamed = session.borrowed().execution_options(stream_results=True, yield_per=_PAGE)
            for row in streamed.exec_driver_sql(text):
                yield _row(columns, row)

    def _read_one(self, location: Location) -> Reading:
        return self._connections.look(
            lambda session: self._reading(
                location, session.fetch(*self._statements.rows_of(location))
            )
        )

    def _read(self, locations: tuple[Location, ...]) -> Iterator[Reading]:
        read = self._connections.looked(lambda: [*map(self._statements.rows_of, locations)])
        for location, rows in zip(locations, read, strict=True):
            yield self._reading(location, rows)

    def _reading(self, location: Location, rows: Sequence[Any]) -> Reading:
        return Reading(store=self._name, table=location.table, rows=_rows(location.columns, rows))

    def _freeze(self, locations: tuple[Location, ...]) -> tuple[Frozen, ...]:
        hops = (hop for place in locations for path in place.paths for hop in path.hops)
        if len({hop.parent for hop in hops}) <= 1:  # one look is of one moment by itself
            return resolve(
                locations, lambda look: self._connections.look(lambda s: self._seen(s, look))
            )
        with self._connections.one_moment() as session:
            return resolve(locations, lambda look: self._seen(session, look))

    def _seen(self, session: Session, look: Look) -> Keys:
        query, alone = self._statements.looked(look)
        rows = session.fetch(*query)
        keys = []
        for at in range(len(look.needs)):
            # Before the keys stand the flags that say which need a row is for.
            cells = (
                _plain(row[at] if alone else row[len(look.needs) + at])
                for row in rows
                if alone or row[at]
            )
            keys.append(tuple(dict.fromkeys(str(c) for c in cells if c is not None and c != "")))
        return tuple(keys)

    def _prove(self, acts: tuple[Act, ...]) -> tuple[Proof, ...]:
        def queries() -> Iterator[Query]:
            for act in acts:
                yield self._statements.proof(act)
                if act.before:
                    yield self._statements.stands(act)

        found = iter([*self._connections.looked(lambda: tuple(queries()))])
        return tuple(
            _proof(act, next(found)[0], stands=int(next(found)[0][0]) if act.before else 0)
            for act in acts
        )

    # --- writing -----------------------------------------------------------------------------

    def _apply(
        self, acts: tuple[Act, ...], fence: str, now: datetime, operation: Operation
    ) -> Done:
        fences = self._fences if fence else None
        if fences is not None and not fences.is_made:
            fences.make()
        refusal = (
            ErasureRefusedByStore if operation is Operation.ERASE else CorrectionRefusedByStore
        )

        def apply(session: Session, use: Use) -> Done:
            # Whether the values before stand is looked at between such acts: they go one by one.
            alone = any(act.before for act in acts)
            queries = () if alone else tuple(map(self._statements.done, acts))
            if fences is None:
                begin = (self._dialect.begin_writing, None)
                _, *done = [cursor.rowcount for cursor in session.together((begin, *queries))]
                counts = tuple(map(int, done))
            else:
                found = fences.begin(session, fence, now, queries)
                if found is None:
                    return fences.repeated(session, fence, len(acts))
                counts = found
            if alone:
                counts = tuple(self._corrected(session, act) for act in acts)
            if fences is not None:
                fences.note(session, fence, counts)
            use.committing = True
            session.do("COMMIT")
            return Done(counts=counts)

        try:
            return self._connections.write(apply, refusal)
        except StoreUnreadable:
            if fences is None or fences.is_made:
                raise
        # A database that was restored from a time before us has no fence table; what is forgotten
        # is looked at again, once.
        fences.make()
        return self._connections.write(apply, refusal)

    def _corrected(self, session: Session, act: Act) -> int:
        """Do one act; ValueChangedMeanwhile where neither the value before nor the one after is."""
        count = session.do(*self._statements.done(act))
        if act.before and not count:
            stands = session.fetch(*self._statements.stands(act))
            if not int(stands[0][0]):
                raise self._changed(act.table)
        return count

    def _deepen(self, tables: tuple[str, ...]) -> Depth:
        try:
            return self._dialect.deepen(tables)
        except (exc.SQLAlchemyError, self._connections.driver_error, OSError) as problem:
            raise self._connections.told(problem, StoreUnreachable) from None


def _proof(act: Act, found: Sequence[Any], *, stands: int) -> Proof:
    """Return what the look says; of a correction that finds no row to write, whether it stands."""
    held, referred, left, *days = found
    if act.before and not left:
        left = 0 if stands or held else 1
    known = [date.fromisoformat(str(day)) for day in days if day is not None]
    return Proof(
        act=act,
        open=int(left),
        held=int(held),
        referred=int(referred),
        latest=max(known, default=None),
    )


def _rows(columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> tuple[Row, ...]:
    return tuple(_row(columns, row) for row in rows)


def _row(columns: tuple[str, ...], cells: Sequence[Any]) -> Row:
    if not _PLAIN.issuperset(map(type, cells)):
        cells = [_plain(cell) for cell in cells]
    return dict(zip(columns, cells, strict=True))


def _plain(cell: object) -> Value:
    """Return a driver's value as one of ours; bytes as hexadecimal text, JSON as JSON."""
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, bytes | bytearray | memoryview):
        return f"0x{bytes(cell).hex()}"
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)
