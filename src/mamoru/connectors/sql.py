"""データベースの店 (P3.1 to P3.7): one connector for every SQL engine; a dialect says the rest.

One call uses one connection of a pool. What is looked at together is looked at in
one read transaction, what is written is written in one transaction with its fence.
"""

import json
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from mamoru.connectors.dialect import Cell, Dialect, Failure
from mamoru.connectors.freezing import Keys, Look, resolve
from mamoru.connectors.guarded import Guarded
from mamoru.connectors.port import (
    FENCE_TABLE,
    CorrectionRefusedByStore,
    Depth,
    ErasureRefusedByStore,
    OutcomeUnknown,
    Reading,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
)
from mamoru.connectors.statements import Prepared, Statements, plain
from mamoru.datamap.acts import Act, Done, Frozen, Proof
from mamoru.datamap.terms import (
    ColumnShape,
    Criterion,
    ForeignKeyShape,
    Location,
    Row,
    TableShape,
    Value,
    column_type,
)
from mamoru.gate.terms import Operation

T = TypeVar("T")


_PAGE = 2_000
"""Rows that are in memory at once while a whole table is walked."""


class _Cells(dict[str, Cell]):
    """The columns of one table; asking for one that is not there says so."""

    def __init__(self, place: str, cells: Sequence[Cell]) -> None:
        super().__init__((cell.name, cell) for cell in cells)
        self._place = place

    def __missing__(self, column: str) -> Cell:
        raise StoreUnreadable(f"`{self._place}` has no column `{column}`")


@dataclass(slots=True)
class _Use:
    """One use of a connection: how far it came, so that its errors can be told apart."""

    fresh: bool = True
    committing: bool = False


class Sql(Guarded):
    """A connector to one SQL database. See `port.Connector` for what each method promises."""

    def __init__(
        self,
        name: str,
        dialect: Dialect,
        *,
        fence: bool = False,
        stored_normal: frozenset[tuple[str, str]] = frozenset(),
    ) -> None:
        """Know the database; nothing is opened yet.

        `fence`: our table may be made there. `stored_normal`: the (table, column)
        whose cells the company keeps in the normal form of their match already, so
        that a plain index leads to them; others are compared cell by cell.
        """
        super().__init__(name)
        self._dialect = dialect
        self._fence = fence
        self._fence_made = False
        self._reader = dialect.engine(writing=False)
        self._writer = dialect.engine(writing=True)
        for engine in (self._reader, self._writer):  # a forgotten connector leaves nothing open
            weakref.finalize(self, engine.dispose)
        self._tables: dict[str, _Cells] = {}
        self._at_hand = threading.local()
        self._statements = Statements(dialect, self._columns, stored_normal)

    def close(self) -> None:
        """Close what the pools hold; a later call opens anew."""
        self._reader.dispose()
        self._writer.dispose()

    def probe(self) -> None:
        """Return if the database answers."""
        self._look(lambda connection: connection.exec_driver_sql(self._dialect.probe).scalar())

    def shape(self) -> tuple[TableShape, ...]:
        """Return tables and views with the families of their declared types."""

        def shape(connection: sa.Connection) -> tuple[TableShape, ...]:
            live = sa.inspect(connection)
            views = set(live.get_view_names())
            names = sorted({*live.get_table_names(), *views} - {FENCE_TABLE})
            return tuple(
                _table_shape(
                    live,
                    name,
                    is_view=name in views,
                    told=self._dialect.on_delete(connection, name),
                )
                for name in names
            )

        return self._look(shape)

    def sample(self, table: str, limit: int) -> Mapping[str, tuple[Value, ...]]:
        """Return the first `limit` cells of each column."""

        def sample(connection: sa.Connection) -> Mapping[str, tuple[Value, ...]]:
            rows = self._fetch(connection, *self._statements.sample(table, limit))
            names = tuple(self._columns(table))
            return {name: tuple(plain(row[at]) for row in rows) for at, name in enumerate(names)}

        return self._look(sample)

    def _find(
        self, table: str, columns: tuple[str, ...], criteria: tuple[Criterion, ...]
    ) -> tuple[Row, ...]:
        def find(connection: sa.Connection) -> tuple[Row, ...]:
            rows = self._fetch(connection, *self._statements.found(table, columns, criteria))
            return tuple(_row(columns, row) for row in rows)

        return self._look(find)

    def _walk(self, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
        with self._reading_together() as connection:
            self._at_hand.connection = connection
            prepared = self._statements.walked(table, columns)
            streamed = connection.execution_options(stream_results=True, yield_per=_PAGE)
            for row in streamed.exec_driver_sql(prepared.text):
                yield _row(columns, row)

    def fenced(self, fence: str) -> bool | None:
        """Return whether a fence stands here; None where none is kept."""
        if not self._fence:
            return None

        def look(connection: sa.Connection) -> bool:
            if not self._dialect.columns(connection, FENCE_TABLE):
                return False
            found = connection.exec_driver_sql(
                f"SELECT 1 FROM {FENCE_TABLE} WHERE fence = {_param(connection, 'fence')}",
                {"fence": fence},
            )
            return found.first() is not None

        return self._look(look)

    def _read_one(self, location: Location) -> Reading:
        return self._look(lambda connection: self._reading(connection, location))

    def _read(self, locations: tuple[Location, ...]) -> Iterator[Reading]:
        with self._reading_together() as connection:
            for location in locations:
                yield self._reading(connection, location)

    def _reading(self, connection: sa.Connection, location: Location) -> Reading:
        self._at_hand.connection = connection  # between two readings other calls may have come
        rows = self._fetch(connection, *self._statements.rows_of(location))
        columns = location.columns
        return Reading(
            store=self._name,
            table=location.table,
            rows=tuple(_row(columns, row) for row in rows),
        )

    def _freeze(self, locations: tuple[Location, ...]) -> tuple[Frozen, ...]:
        hops = (hop for place in locations for path in place.paths for hop in path.hops)
        if len({hop.parent for hop in hops}) <= 1:  # one look is of one moment by itself
            return resolve(locations, lambda look: self._look(lambda c: self._seen(c, look)))
        with self._reading_together() as connection:
            return resolve(locations, lambda look: self._seen(connection, look))

    def _seen(self, connection: sa.Connection, look: Look) -> Keys:
        prepared, values, alone = self._statements.looked(look)
        rows = self._fetch(connection, prepared, values)
        keys = []
        for at in range(len(look.needs)):
            # Before the keys stand the flags that say which need a row is for.
            cells = (
                plain(row[at] if alone else row[len(look.needs) + at])
                for row in rows
                if alone or row[at]
            )
            keys.append(tuple(dict.fromkeys(str(c) for c in cells if c is not None and c != "")))
        return tuple(keys)

    # --- writing -----------------------------------------------------------------------------

    def _apply(
        self, acts: tuple[Act, ...], fence: str, now: datetime, operation: Operation
    ) -> Done:
        fenced = self._fence and bool(fence)
        if fenced and not self._fence_made:
            self._make_fence()
        refusal = (
            ErasureRefusedByStore if operation is Operation.ERASE else CorrectionRefusedByStore
        )

        def apply(connection: sa.Connection, use: _Use) -> Done:
            _run(connection, self._dialect.begin_writing).close()
            if fenced:
                at = now.isoformat(sep=" ", timespec="microseconds")[:26]
                row = {"fence": fence, "acts": "[]", "at": at}
                with closing(_run(connection, self._dialect.set_fence, row)) as cursor:
                    is_first = bool(cursor.rowcount)
                if not is_first:
                    return self._repeated(connection, fence, len(acts))
            counts = tuple(self._do(connection, act) for act in acts)
            if fenced:
                _run(
                    connection,
                    f"UPDATE {FENCE_TABLE} SET acts = {_param(connection, 'acts')}"
                    f" WHERE fence = {_param(connection, 'fence')}",
                    {"acts": json.dumps(counts), "fence": fence},
                ).close()
            use.committing = True
            _run(connection, "COMMIT").close()
            return Done(counts=counts)

        try:
            return self._use(self._writer, apply, refusal)
        except StoreUnreadable:
            if not fenced or self._fence_made:
                raise
        # A database that was restored from a time before us has no fence table; what is forgotten
        # is looked at again, once.
        self._make_fence()
        return self._use(self._writer, apply, refusal)

    def _do(self, connection: sa.Connection, act: Act) -> int:
        prepared, values = self._statements.done(act)
        with closing(_run(connection, prepared.text, values)) as cursor:
            count = int(cursor.rowcount)
        if act.before and not count:
            stands = self._fetch(connection, *self._statements.stands(act))
            if not int(stands[0][0]):
                raise self._changed(act.table)
        return count

    def _repeated(self, connection: sa.Connection, fence: str, acts: int) -> Done:
        kept = connection.exec_driver_sql(
            f"SELECT acts FROM {FENCE_TABLE} WHERE fence = {_param(connection, 'fence')}",
            {"fence": fence},
        ).scalar()
        connection.exec_driver_sql("ROLLBACK")
        counts = tuple(int(count) for count in json.loads(str(kept)))
        if len(counts) != acts:
            raise StoreUnreadable(f"store `{self._name}`: the fence stands for other acts")
        return Done(counts=counts, repeated=True)

    def _make_fence(self) -> None:
        def make(connection: sa.Connection, _: _Use) -> None:
            if not self._dialect.columns(connection, FENCE_TABLE):
                connection.exec_driver_sql(self._dialect.make_fence)

        try:
            self._use(self._writer, make, StoreUnreadable)
        except StoreUnreadable:  # another may have made it at this very moment

            def look(connection: sa.Connection) -> bool:
                return bool(self._dialect.columns(connection, FENCE_TABLE))

            if not self._look(look):
                raise StoreUnreadable(
                    f"store `{self._name}`: the table `{FENCE_TABLE}` cannot be made; "
                    "allow it, or set `fence: false` in the data map"
                ) from None
        self._fence_made = True

    def _prove(self, acts: tuple[Act, ...]) -> tuple[Proof, ...]:
        with self._reading_together() as connection:
            return tuple(self._proof(connection, act) for act in acts)

    def _proof(self, connection: sa.Connection, act: Act) -> Proof:
        prepared, values = self._statements.proof(act)
        held, referred, left, *days = self._fetch(connection, prepared, values)[0]
        if act.before and not left:
            stands = self._fetch(connection, *self._statements.stands(act))
            left = 0 if int(stands[0][0]) or held else 1
        known = [date.fromisoformat(str(day)) for day in days if day is not None]
        return Proof(
            act=act,
            open=int(left),
            held=int(held),
            referred=int(referred),
            latest=max(known, default=None),
        )

    def _deepen(self, tables: tuple[str, ...]) -> Depth:
        try:
            return self._dialect.deepen(tables)
        except (exc.SQLAlchemyError, OSError) as problem:
            raise self._told(problem, StoreUnreachable) from None

    # --- connections -------------------------------------------------------------------------

    def _columns(self, table: str) -> Mapping[str, Cell]:
        """Return what is known of a table, asked for once over the connection in use."""
        known = self._tables.get(table)
        if known is None:
            cells = self._dialect.columns(self._at_hand.connection, table)
            if not cells:
                raise StoreUnreadable(f"store `{self._name}` holds no table `{table}`")
            known = self._tables[table] = _Cells(f"{self._name}.{table}", cells)
        return known

    def _fetch(
        self, connection: sa.Connection, prepared: Prepared, values: dict[str, object]
    ) -> Sequence[Any]:
        with closing(_run(connection, prepared.text, values)) as cursor:
            try:
                found: Sequence[Any] = cursor.fetchall()
            except connection.dialect.loaded_dbapi.Error as problem:
                raise _wrapped(connection, cursor, problem) from None
            return found

    def _look(self, work: Callable[[sa.Connection], T]) -> T:
        return self._use(self._reader, lambda connection, _: work(connection), StoreUnreadable)

    @contextmanager
    def _reading_together(self) -> Iterator[sa.Connection]:
        """Hold one connection in one read transaction."""
        with ExitStack() as stack:
            connection = self._begun(stack)
            try:
                yield connection
                _run(connection, "COMMIT").close()
            except (exc.SQLAlchemyError, OSError) as problem:
                raise self._told(problem, StoreUnreadable) from None

    def _begun(self, stack: ExitStack) -> sa.Connection:
        """Return a connection on which a read transaction has begun, a stale one replaced."""
        for last in (False, True):
            use, attempt = _Use(), ExitStack()
            try:
                connection = attempt.enter_context(self._connected(self._reader, use))
                _run(connection, self._dialect.begin_reading).close()
            except (exc.SQLAlchemyError, OSError) as problem:
                attempt.close()
                if last or use.fresh or not _stale(problem):
                    raise self._told(problem, StoreUnreadable) from None
            else:
                stack.push(attempt)
                return connection
        raise StoreUnreachable(f"store `{self._name}` cannot be reached")

    def _use(
        self,
        engine: sa.Engine,
        work: Callable[[sa.Connection, _Use], T],
        refusal: type[StoreError],
    ) -> T:
        """Do a piece of work on one connection; once more where a pooled one had gone stale."""
        use = _Use()
        try:
            return self._once(engine, work, use)
        except (exc.SQLAlchemyError, OSError) as problem:
            if use.fresh or use.committing or not _stale(problem):
                raise self._told(problem, refusal, committing=use.committing) from None
        use = _Use()
        try:
            return self._once(engine, work, use)
        except (exc.SQLAlchemyError, OSError) as problem:
            raise self._told(problem, refusal, committing=use.committing) from None

    def _once(self, engine: sa.Engine, work: Callable[[sa.Connection, _Use], T], use: _Use) -> T:
        with self._connected(engine, use) as connection:
            return work(connection, use)

    @contextmanager
    def _connected(self, engine: sa.Engine, use: _Use) -> Iterator[sa.Connection]:
        with engine.connect() as connection:
            info = connection.info
            use.fresh = not info.get("used")
            info["used"] = True
            self._at_hand.connection = connection
            try:
                yield connection
            except BaseException:
                self._leave(connection)
                raise

    def _leave(self, connection: sa.Connection) -> None:
        """End whatever is begun; a connection that cannot even do that is thrown away."""
        if connection.closed or connection.invalidated:
            return
        try:
            self._dialect.leave(connection)
        except (exc.SQLAlchemyError, OSError):
            connection.invalidate()

    def _told(
        self, problem: BaseException, refusal: type[StoreError], *, committing: bool = False
    ) -> StoreError:
        """Return our error for a driver's. Its own text may hold values: it is dropped."""
        driver = problem.orig if isinstance(problem, exc.DBAPIError) else problem
        if committing and not self._dialect.told(driver):
            return OutcomeUnknown(
                f"store `{self._name}` broke off while writing; whether it is written is not known"
            )
        if isinstance(problem, exc.SQLAlchemyError) and not isinstance(problem, exc.DBAPIError):
            if isinstance(problem, exc.TimeoutError):
                return StoreUnreachable(f"store `{self._name}`: all connections are in use")
            failure, word = Failure.UNREADABLE, ""
        else:
            failure, word = self._dialect.meaning(driver)
        if failure is not Failure.UNREACHABLE:
            self._forget()
        if failure is Failure.UNREACHABLE:
            return StoreUnreachable(f"store `{self._name}` cannot be reached ({word})")
        if failure is Failure.REFUSED and refusal is not StoreUnreadable:
            return refusal(f"store `{self._name}` refuses it by a rule of its own ({word})")
        return StoreUnreadable(f"store `{self._name}` is not as the data map says")

    def _forget(self) -> None:
        self._tables.clear()
        self._statements.forget()
        self._fence_made = False


def _run(connection: sa.Connection, text: str, values: Mapping[str, object] | None = None) -> Any:
    """Send a finished text; SQLAlchemy's own way there costs more than a small statement itself."""
    cursor = connection.connection.cursor()
    try:
        if values is None:
            cursor.execute(text)
        else:
            cursor.execute(text, values)
    except connection.dialect.loaded_dbapi.Error as problem:
        raise _wrapped(connection, cursor, problem) from None
    return cursor


def _wrapped(connection: sa.Connection, cursor: Any, problem: Any) -> exc.DBAPIError:
    """Return a driver's error as SQLAlchemy's, and throw away a connection that it ended."""
    driver = connection.connection.driver_connection
    gone = connection.dialect.is_disconnect(problem, driver, cursor)
    if gone:
        connection.invalidate(problem)
    else:
        cursor.close()
    return exc.DBAPIError("", None, problem, hide_parameters=True, connection_invalidated=gone)


def _stale(problem: BaseException) -> bool:
    return isinstance(problem, exc.DBAPIError) and problem.connection_invalidated


def _row(columns: tuple[str, ...], cells: Sequence[Any]) -> Row:
    return dict(zip(columns, map(plain, cells), strict=True))


def _param(connection: sa.Connection, name: str) -> str:
    return f":{name}" if connection.dialect.paramstyle == "named" else f"%({name})s"


def _rule(said: str) -> str:
    return said.lower().replace(" ", "-")


def _table_shape(
    live: sa.Inspector, name: str, *, is_view: bool, told: Mapping[tuple[str, ...], str]
) -> TableShape:
    return TableShape(
        name=name,
        is_view=is_view,
        columns=tuple(
            ColumnShape(
                name=column["name"],
                type=column_type(str(column["type"])),
                nullable=bool(column["nullable"]),
                primary_key=bool(column.get("primary_key", 0)),
            )
            for column in live.get_columns(name)
        ),
        foreign_keys=()
        if is_view
        else tuple(
            ForeignKeyShape(
                columns=tuple(key["constrained_columns"]),
                parent=key["referred_table"],
                parent_columns=tuple(key["referred_columns"]),
                on_delete=_rule(
                    told.get(tuple(key["constrained_columns"]))
                    or str(key.get("options", {}).get("ondelete", ""))
                ),
            )
            for key in live.get_foreign_keys(name)
        ),
    )
