"""PostgreSQL の店 (P3.1 to P3.7): psycopg 3, one array a person, a limit on every wait."""

import re
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar

import psycopg
import sqlalchemy as sa
from sqlalchemy import exc

from mamoru.connectors.dialect import (
    UNFIT,
    Asking,
    Cell,
    Dialect,
    Expression,
    Failure,
    literal,
    pooled,
)
from mamoru.connectors.port import FENCE_TABLE, Depth, Level
from mamoru.connectors.sql import Sql
from mamoru.datamap.terms import REMOVED, ColumnType, Match, Value, column_type

T = TypeVar("T")

_UPPER, _LOWER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_JSON = frozenset({"json", "jsonb"})
_ARRAYS = {
    ColumnType.INTEGER: "BIGINT[]",
    ColumnType.NUMBER: "NUMERIC[]",
    ColumnType.DATE: "DATE[]",
    ColumnType.BOOLEAN: "BOOLEAN[]",
}
_NEUTRAL: dict[ColumnType, Value] = {
    ColumnType.INTEGER: 0,
    ColumnType.NUMBER: 0,
    ColumnType.BOOLEAN: "false",
    ColumnType.DATE: "0001-01-01",
    ColumnType.DATETIME: "0001-01-01 00:00:00",
}
_NEUTRAL_OTHER = {"json": "{}", "jsonb": "{}", "uuid": "00000000-0000-0000-0000-000000000000"}
_SECOND = 1000  # milliseconds
_LOOK_SECONDS = 0.1
_SCHEMA = """
    SELECT string_agg(said, E'\\n' ORDER BY said) FROM (
        SELECT row(c.relname, c.relkind, a.attnum, a.attname,
                   format_type(a.atttypid, a.atttypmod), a.atttypid, a.attnotnull,
                   CASE WHEN c.relrowsecurity THEN row_security_active(c.oid) END)::text AS said
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
          AND c.relnamespace <> 'pg_catalog'::regnamespace AND pg_table_is_visible(c.oid)
        UNION ALL
        SELECT row(f.conrelid::regclass, f.conname, pg_get_constraintdef(f.oid))::text
        FROM pg_constraint f WHERE f.contype = 'f') AS parts
"""
_CLASS = 2  # characters of an SQLSTATE that name its class


class _Connection(psycopg.Connection[Any]):
    """A connection that waits for an answer no longer than its limit.

    libpq itself waits for ever on a server whose process hangs while its host is well.
    """

    limit = 0.0

    def wait(
        self,
        gen: Generator[Any, Any, T],
        interval: float = _LOOK_SECONDS,
        timeout: float | None = None,
    ) -> T:
        """Wait as psycopg does, but not for ever."""
        limit = self.limit if timeout is None else timeout
        return super().wait(self._limited(gen, limit) if limit else gen, interval)

    def _limited(self, gen: Generator[Any, Any, T], limit: float) -> Generator[Any, Any, T]:
        until = time.monotonic() + limit
        try:
            wish = next(gen)
            while True:
                ready = yield wish
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()  # what is on its way belongs to no later call
                    raise psycopg.OperationalError("no answer in time")
                wish = gen.send(ready)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]  # what the driver returns is untyped


class PostgresqlDialect(Dialect):
    """PostgreSQL's way."""

    begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    begin_writing = "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE"
    make_fence = (
        f"CREATE TABLE {FENCE_TABLE} (fence text PRIMARY KEY, acts text NOT NULL, at timestamptz)"
    )
    set_fence = (
        f"INSERT INTO {FENCE_TABLE} VALUES (%(fence)s, %(acts)s, CAST(%(at)s AS timestamp)"
        " AT TIME ZONE 'UTC')"
    )

    def engine(self, *, writing: bool) -> sa.Engine:
        """Return a pool; reading and writing differ by how a transaction begins."""
        return pooled("postgresql+psycopg://", creator=lambda: self._connect(self._limit))

    def _connect(self, limit: float) -> psycopg.Connection[Any]:
        options = {
            "statement_timeout": int(limit * _SECOND),
            "lock_timeout": int(self._wait * _SECOND),
            "idle_in_transaction_session_timeout": int(limit * _SECOND),
            "client_encoding": "UTF8",
            # INVARIANT: rows that a policy hides from our login are an error, never "nothing there".
            "row_security": "off",
        }
        connection = _Connection.connect(
            str(self._address).replace("postgresql+psycopg://", "postgresql://", 1),
            autocommit=True,
            connect_timeout=max(2, int(self._wait)),
            application_name="mamoru",
            options=" ".join(f"-c {name}={value}" for name, value in options.items()),
            tcp_user_timeout=int(limit * _SECOND),
            keepalives_idle=30,
        )
        connection.limit = limit + self._wait if limit else 0.0
        return connection

    def columns(self, session: Asking, table: str) -> tuple[Cell, ...]:
        """Return a table's columns, as the search path leads to it."""
        rows = session.fetch(
            "SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,"
            " t.typname = 'citext' OR NOT coalesce(c.collisdeterministic, true)"
            " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
            " LEFT JOIN pg_collation c ON c.oid = a.attcollation"
            " WHERE a.attrelid = to_regclass(quote_ident(%(t)s)) AND a.attnum > 0"
            " AND NOT a.attisdropped ORDER BY a.attnum",
            {"t": table},
        )
        return tuple(
            Cell(name, _family(kind), kind, bool(nullable), bool(loose))
            for name, kind, nullable, loose in rows
        )

    def schema(self, session: Asking) -> object:
        """Return the catalogue's columns and foreign keys, of what the search path leads to."""
        return session.fetch(_SCHEMA)

    def hiding(self, session: Asking) -> frozenset[str]:
        """Return the tables of which row-level security keeps rows from our login."""
        rows = session.fetch(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND pg_table_is_visible(oid)"
            " AND row_security_active(oid)"
        )
        return frozenset(name for (name,) in rows)

    def exchange(
        self, session: Asking, queries: Sequence[tuple[str, Mapping[str, object] | None]]
    ) -> list[Any]:
        """Send all in one pipeline: one answer is waited for, not one a text."""
        cursors: list[Any] = []
        failed: exc.DBAPIError | None = None
        try:
            with session.driver.pipeline():
                try:
                    cursors += (session.run(*query) for query in queries)
                except exc.DBAPIError as problem:  # nothing leaves the block: psycopg would log it
                    failed = problem
        except psycopg.Error as problem:
            failed = failed or session.broken(_first(problem), None)
        if failed is not None:
            raise failed
        return cursors

    def meaning(self, driver: BaseException | None) -> tuple[Failure, str]:
        """Return the meaning by SQLSTATE; without one the server did not speak."""
        state = getattr(driver, "sqlstate", None) or ""
        match state[:_CLASS]:
            case "23" | "22" | "2B" | "44":
                return Failure.REFUSED, state
            case "42" | "0A" | "3F":
                return Failure.UNREADABLE, state
        if not state and isinstance(driver, psycopg.DataError | psycopg.ProgrammingError):
            return Failure.REFUSED, "the driver cannot send it"
        return Failure.UNREACHABLE, state or type(driver).__name__

    def told(self, driver: BaseException | None) -> bool:
        """A constraint or a conflict that the server itself names rolls the transaction back."""
        return (getattr(driver, "sqlstate", None) or "")[:_CLASS] in {"23", "40"}

    def is_taken(self, driver: BaseException | None, table: str) -> bool:
        """A row that is there ends the exchange: nothing of what follows is done."""
        return isinstance(driver, psycopg.errors.UniqueViolation) and (
            driver.diag.table_name == table
        )

    # --- expressions -------------------------------------------------------------------------

    def text(self, cell: Expression) -> Expression:
        """Return a cell as text."""
        return sa.cast(cell, sa.Text)

    def normal(self, cell: Expression, match: Match) -> Expression:
        """Return the normal form in one call; `lower` would take the letters of other scripts too."""
        upper, lower = (_UPPER, _LOWER) if match is Match.EMAIL else ("", "")
        return sa.func.translate(cell, literal(upper + REMOVED[match]), literal(lower))

    def among(self, cell: Expression, column: Cell, keys: Expression) -> Expression:
        """Return `cell = any(keys)`, the keys an array of the column's own type."""
        if column.declared == "uuid":
            return _any(cell, keys, "UUID[]")
        if column.type is ColumnType.DATETIME:
            kind = "TIMESTAMPTZ[]" if "with time zone" in column.declared else "TIMESTAMP[]"
            return _any(cell, keys, kind)
        if column.type in _ARRAYS:
            return _any(cell, keys, _ARRAYS[column.type])
        if self.as_text(column):
            return _any(self.text(cell), keys, "TEXT[]")
        found = _any(cell, keys, "TEXT[]")
        if column.loose:
            exact = self.text(cell).op("COLLATE")(sa.literal_column('"C"'))
            found = sa.and_(
                _any(cell, keys, f"{_bare(column.declared)}[]"), _any(exact, keys, "TEXT[]")
            )
        return found

    def equal(self, cell: Expression, column: Cell, value: Expression) -> Expression:
        """Return equality; documents are compared as values, loose texts by bytes."""
        if column.declared in _JSON:
            return sa.cast(cell, _Jsonb()) == sa.cast(value, _Jsonb())
        if column.loose:
            return self.text(cell).op("COLLATE")(sa.literal_column('"C"')) == value
        return super().equal(cell, column, value)

    def joined(self, left: Expression, first: Cell, right: Expression, second: Cell) -> Expression:
        """Columns of different families meet as text."""
        if first.type is second.type and first.declared != "uuid" != second.declared:
            return left == right
        if first.declared == second.declared:
            return left == right
        return self.text(left) == self.text(right)

    def day(self, cell: Expression, column: Cell) -> Expression:
        """Return the day; of an instant, the day in Japan."""
        if column.type is ColumnType.DATETIME and "with time zone" in column.declared:
            cell = sa.func.timezone(literal("Asia/Tokyo"), cell)
        if column.type in {ColumnType.DATE, ColumnType.DATETIME}:
            return sa.func.to_char(cell, literal("YYYY-MM-DD"))
        head = sa.func.replace(
            sa.func.substr(self.text(cell), sa.literal_column("1"), sa.literal_column("10")),
            literal("/"),
            literal("-"),
        )
        return sa.case((head.op("~")(literal("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")), head))

    def without(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return the JSON without the key, in the column's own type."""
        taken = sa.cast(cell, _Jsonb()).op("#-")(_path(steps))
        if column.declared == "jsonb":
            return taken
        return sa.cast(taken, sa.JSON() if column.declared == "json" else sa.Text())

    def has(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return whether the JSON has that key."""
        return sa.cast(cell, _Jsonb()).op("#>")(_path(steps)).is_not(None)

    def neutral(self, column: Cell) -> Value:
        """Return empty text, 0, the first day, or an empty document."""
        known = _NEUTRAL_OTHER.get(column.declared, "{}" if column.declared.endswith("[]") else "")
        return _NEUTRAL.get(column.type, known)

    # --- values ------------------------------------------------------------------------------

    def reader(self, column: Cell) -> Callable[[str], Any]:
        """Keys of a uuid column must be written as it writes them."""
        if column.declared == "uuid":
            return lambda said: said if _UUID.fullmatch(said) else UNFIT
        return super().reader(column)

    def as_text(self, column: Cell) -> bool:
        """A uuid is compared as one."""
        return super().as_text(column) and column.declared != "uuid"

    def listed(self, values: list[Any]) -> object:
        """Write an array as PostgreSQL does; psycopg takes three times as long over a list."""
        quoted = (str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values)
        return "{" + ",".join(f'"{value}"' for value in quoted) + "}"

    # --- residue -----------------------------------------------------------------------------

    def deepen(self, tables: Sequence[str]) -> Depth:
        """VACUUM and ANALYZE; with `rewrite` the tables are written anew."""
        word = "VACUUM (FULL, ANALYZE)" if self._rewrite else "VACUUM (ANALYZE)"
        done, stays = [], []
        engine = pooled("postgresql+psycopg://", creator=lambda: self._connect(0))
        with engine.connect() as connection:
            quoted = engine.dialect.identifier_preparer.quote_identifier
            for table in tables:
                connection.exec_driver_sql(f"{word} {quoted(table)}")
                done.append(f"{word} {table}")
            if self._rewrite and self._may_rewrite_statistics(connection):
                connection.exec_driver_sql("VACUUM FULL pg_catalog.pg_statistic")
                done.append("VACUUM FULL pg_statistic")
            else:
                stays.append(
                    "dead rows of pg_statistic with sampled values; "
                    "`VACUUM FULL pg_statistic` by a superuser clears them"
                )
        engine.dispose()
        if not self._rewrite:
            stays.append("free space in the tables' files; `rewrite: true` clears it")
        stays.append(
            "write-ahead log, recycled segments included; it is overwritten as the server writes on"
        )
        return Depth(level=Level.LOGICAL, done=tuple(done), stays=tuple(stays))

    def _may_rewrite_statistics(self, connection: sa.Connection) -> bool:
        found = connection.exec_driver_sql(
            "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
        ).scalar()
        return bool(found)


class Postgresql(Sql):
    """A connector to one PostgreSQL database, `postgresql://…`."""

    speaks = PostgresqlDialect


class _Jsonb(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "JSONB"


def _first(problem: BaseException) -> BaseException:
    """Return what made a pipeline end: later texts in it only say that it has ended."""
    while isinstance(problem, psycopg.errors.PipelineAborted) and problem.__context__ is not None:
        problem = problem.__context__
    return problem


def _family(kind: str) -> ColumnType:
    if kind.endswith("[]") or kind == "uuid":
        return ColumnType.OTHER
    return column_type(kind)


def _bare(declared: str) -> str:
    return declared.split("(", maxsplit=1)[0]


def _any(cell: Expression, keys: Expression, kind: str) -> Expression:
    array = sa.func.any(sa.cast(keys, _Array(kind)))
    return cell.op("=", is_comparison=True, return_type=sa.Boolean())(array)


class _Array(sa.types.UserDefinedType[Any]):
    cache_ok = True

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def get_col_spec(self, **_: Any) -> str:
        return self._kind


def _path(steps: Sequence[str]) -> Expression:
    inner = ",".join(f'"{step}"' for step in steps)
    return sa.cast(literal(f"{{{inner}}}"), _Array("TEXT[]"))
