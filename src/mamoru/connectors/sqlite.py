"""SQLite の店 (P3.1, P3.4): a company's SQLite file, read without being changed, written whole."""

import json
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

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
    path_of,
    pooled,
)
from mamoru.connectors.port import FENCE_TABLE, Depth, Level
from mamoru.connectors.sql import Sql
from mamoru.datamap.terms import REMOVED, ColumnType, Match, Value, column_type

# The file is there, but is not what the map says. Everything else is a matter of waiting.
_NOT_AS_MAPPED = frozenset({"SQLITE_ERROR", "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_SCHEMA", ""})
_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 20_000
_NEUTRAL: dict[ColumnType, Value] = {
    ColumnType.INTEGER: 0,
    ColumnType.NUMBER: 0,
    ColumnType.BOOLEAN: 0,
    ColumnType.DATE: "0001-01-01",
    ColumnType.DATETIME: "0001-01-01 00:00:00",
}


_TAKEN: Mapping[ColumnType, Callable[[str, Any], object]] = {
    ColumnType.DATE: lambda said, _: said,
    ColumnType.DATETIME: lambda said, _: said,
    ColumnType.BOOLEAN: lambda _, truth: int(truth),
    ColumnType.NUMBER: lambda _, number: (
        int(number) if number == number.to_integral_value() else float(number)
    ),
}
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode


_State = tuple[int, int, int]
"""Which file it is and when it was last written: device, inode, time of modification."""


class _Connection(sqlite3.Connection):
    until = 0.0
    epoch = 0
    file: _State = (0, 0, 0)


class SqliteDialect(Dialect):
    """SQLite's way."""

    probe = "PRAGMA schema_version"
    reads_apart = True
    lists_one = False
    begin_reading = "BEGIN"
    begin_writing = "BEGIN IMMEDIATE"
    make_fence = (
        f"CREATE TABLE {FENCE_TABLE} (fence TEXT PRIMARY KEY, acts TEXT, at TEXT) WITHOUT ROWID"
    )
    set_fence = f"INSERT OR IGNORE INTO {FENCE_TABLE} VALUES (:fence, :acts, :at)"

    def __init__(self, address: str | Path, *, wait: float, limit: float, rewrite: bool) -> None:
        """Know the file and the limits."""
        super().__init__(address, wait=wait, limit=limit, rewrite=rewrite)
        self._path = Path(address)
        self._epoch = 0
        self._state = self._file()
        self._journal = f"{self._path}-journal"

    def engine(self, *, writing: bool) -> sa.Engine:
        """Return a pool on the file; read-only for reading."""
        engine = pooled(
            "sqlite://", creator=lambda: self._connect(writing=writing), paramstyle="named"
        )

        def take(connection: Any, *_: object) -> None:
            self._recover()
            # A pooled connection would go on reading a file that was taken away, or pages that it
            # remembers of a file that was restored over: SQLite tells changes by a counter, and a
            # restored file counts the same numbers once more. So whatever others did to the file
            # ends all connections of before; what our own did, SQLite's counter tells rightly.
            connection.until = time.monotonic() + self._limit
            connection.file = self._file()
            if connection.file != self._state:
                self._state = connection.file
                self._epoch += 1
            if connection.epoch != self._epoch:
                raise exc.DisconnectionError

        def give_back(connection: Any, *_: object) -> None:
            if connection is not None and writing:
                now = self._file()
                if now[:2] == connection.file[:2]:  # another file in its place is not our doing
                    self._state = now

        sa.event.listen(engine, "checkout", take)
        sa.event.listen(engine, "checkin", give_back)
        return engine

    def _recover(self) -> None:
        """Roll back what a killed writer left half done: who only reads may not, and would wait.

        A journal beside the file may also belong to a writer at work; SQLite knows by its locks.
        """
        try:
            left = os.stat(self._journal).st_size  # noqa: PTH116 - at every call
        except OSError:
            return
        if left:
            with suppress(sqlite3.Error), closing(self._connect(writing=True)) as writer:
                writer.execute("SELECT count(*) FROM sqlite_master").fetchone()

    def _file(self) -> _State:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - at every call
        except OSError:
            return (0, 0, 0)
        return found.st_dev, found.st_ino, found.st_mtime_ns

    def _connect(self, *, writing: bool) -> sqlite3.Connection:
        # INVARIANT: never `mode=rwc`: a wrong path must be an error, not a new empty database
        # in which the person then has no data.
        uri = f"file:{quote(str(self._path.absolute()))}?mode={'rw' if writing else 'ro'}"
        connection = sqlite3.connect(
            uri,
            uri=True,
            timeout=self._wait,
            isolation_level=None,
            check_same_thread=False,
            factory=_Connection,
        )
        connection.epoch = self._epoch
        connection.until = time.monotonic() + self._limit
        connection.set_progress_handler(
            lambda: int(time.monotonic() > connection.until), _STEPS_BETWEEN_LOOKS_AT_THE_CLOCK
        )
        connection.execute("PRAGMA trusted_schema = OFF")
        if writing:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("PRAGMA synchronous = FULL")
        return connection

    def columns(self, session: Asking, table: str) -> tuple[Cell, ...]:
        """Return a table's columns; loose where the table declares a collation."""
        rows = session.fetch(
            "SELECT name, type, \"notnull\", (SELECT instr(lower(sql), 'collate') FROM sqlite_master"
            " WHERE name = :t) FROM pragma_table_xinfo(:t)",
            {"t": table},
        )
        return tuple(
            Cell(name, column_type(kind), kind, not_null == 0, bool(collated))
            for name, kind, not_null, collated in rows
        )

    def schema(self, session: Asking) -> object:
        """Return the very texts by which everything was made."""
        return session.fetch("SELECT type, name, tbl_name, sql FROM sqlite_master")

    def on_delete(self, session: Asking, table: str) -> Mapping[tuple[str, ...], str]:
        """Ask the engine: SQLAlchemy reads the rule off the text, and only where it stands last."""
        rows = session.fetch(
            'SELECT id, "from", on_delete FROM pragma_foreign_key_list(:t) ORDER BY id, seq',
            {"t": table},
        )
        columns: dict[int, tuple[str, ...]] = {}
        rules: dict[int, str] = {}
        for number, column, rule in rows:
            columns[number] = (*columns.get(number, ()), column)
            rules[number] = "" if rule == "NO ACTION" else rule
        return {columns[number]: rule for number, rule in rules.items()}

    def leave(self, session: Asking) -> None:
        """Roll back if there is anything to roll back."""
        if session.driver is not None and session.driver.in_transaction:
            session.do("ROLLBACK")

    def mark(self, name: str) -> str:
        """Return a named parameter as SQLite writes it."""
        return f":{name}"

    def meaning(self, driver: BaseException | None) -> tuple[Failure, str]:
        """Return the meaning by SQLite's own name of the error."""
        word = getattr(driver, "sqlite_errorname", "")
        if isinstance(driver, sqlite3.IntegrityError):
            return Failure.REFUSED, word
        known = word not in _NOT_AS_MAPPED
        return (Failure.UNREACHABLE if known else Failure.UNREADABLE), word

    def told(self, driver: BaseException | None) -> bool:
        """A constraint or another's lock: the transaction is still open, and is rolled back."""
        word = getattr(driver, "sqlite_errorname", "")
        return word.startswith(("SQLITE_CONSTRAINT", "SQLITE_BUSY"))

    # --- expressions -------------------------------------------------------------------------

    def text(self, cell: Expression) -> Expression:
        """Return a cell as text."""
        return sa.cast(cell, sa.Text)

    def normal(self, cell: Expression, match: Match) -> Expression:
        """Return the normal form; SQLite's `lower` knows ASCII only, as ours does."""
        for character in REMOVED[match]:
            cell = sa.func.replace(cell, literal(character), literal(""))
        return sa.func.lower(cell) if match is Match.EMAIL else cell

    def among(self, cell: Expression, column: Cell, keys: Expression) -> Expression:
        """Return whether the cell is in a JSON list of keys."""
        if self.as_text(column):
            cell = self.text(cell)
        value: Expression = sa.literal_column("value")
        listed = sa.select(value).select_from(sa.func.json_each(keys))
        found = cell.in_(listed)
        if column.loose:
            return sa.and_(found, cell.op("COLLATE")(sa.literal_column("BINARY")).in_(listed))
        return found

    def equal(self, cell: Expression, column: Cell, value: Expression) -> Expression:
        """Return equality by bytes, whatever collation the column declares."""
        if self.as_text(column):
            cell = self.text(cell)
        if column.loose:  # first as the column's own index knows it
            exact = cell.op("COLLATE")(sa.literal_column("BINARY")) == value
            return sa.and_(cell == value, exact)
        return cell == value

    def empty(self, cell: Expression, column: Cell) -> Expression:
        """A column of any type can hold empty text here."""
        return sa.or_(cell.is_(None), cell == literal(""))

    def joined(self, left: Expression, first: Cell, right: Expression, second: Cell) -> Expression:
        """Affinity makes 17 and "17" meet."""
        return left == right

    def day(self, cell: Expression, column: Cell) -> Expression:
        """Return the first ten characters if they are a day, with slashes taken for hyphens."""
        head = sa.func.replace(
            sa.func.substr(self.text(cell), sa.literal_column("1"), sa.literal_column("10")),
            literal("/"),
            literal("-"),
        )
        pattern = literal("[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]")
        return sa.case((head.op("GLOB")(pattern), head))

    def without(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return the JSON without the key."""
        return sa.func.json_remove(cell, path_of(steps))

    def has(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return whether it is JSON with that key."""
        there = sa.func.json_type(cell, path_of(steps)).is_not(None)
        return sa.case(
            (sa.func.json_valid(cell) == sa.literal_column("1"), there), else_=sa.false()
        )

    def neutral(self, column: Cell) -> Value:
        """Return empty text, 0 or the first day."""
        return _NEUTRAL.get(column.type, "")

    # --- values ------------------------------------------------------------------------------

    def as_text(self, column: Cell) -> bool:
        """A column without a type holds anything."""
        return column.type in {ColumnType.OTHER, ColumnType.BINARY}

    def reader(self, column: Cell) -> Callable[[str], Any]:
        """Dates are text here; numbers go as the driver takes them."""
        read = super().reader(column)
        turn = _TAKEN.get(column.type)
        if turn is None:
            return read

        def taken(said: str) -> Any:
            fitting = read(said)
            return UNFIT if fitting is UNFIT else turn(said, fitting)

        return taken

    def listed(self, values: list[Any]) -> object:
        """Return a JSON list."""
        return _ENCODE(values)

    # --- residue -----------------------------------------------------------------------------

    def deepen(self, tables: Sequence[str]) -> Depth:
        """Rewrite the file where it still has free pages, and empty the write-ahead log.

        What our own deletes freed was overwritten at once (`secure_delete`); free
        pages may hold what other programs deleted.
        """
        done = ["deleted with secure_delete on"]
        stays = []
        with closing(self._connect(writing=True)) as connection:

            def ask(statement: str) -> Any:
                return connection.execute(statement).fetchone()

            mode = str(ask("PRAGMA journal_mode")[0])
            if mode in {"persist", "truncate"}:
                ask("PRAGMA journal_mode = DELETE")
                done.append("kept rollback journal removed")
            if self._rewrite or int(ask("PRAGMA freelist_count")[0]):
                ask("VACUUM")
                done.append("VACUUM")
            else:
                stays.append(
                    "free space within pages that another program left without secure_delete; "
                    "`rewrite: true` clears it"
                )
            empty = True
            if mode == "wal":
                busy, *_ = ask("PRAGMA wal_checkpoint(TRUNCATE)")
                empty = not busy and self._log_is_empty()
                done.append("wal_checkpoint(TRUNCATE)")
            if not empty:
                stays.append(
                    "the write-ahead log, while another program reads; "
                    "wal_checkpoint(TRUNCATE) clears it"
                )
        level = Level.RESIDUE if empty else Level.LOGICAL
        return Depth(level=level, done=tuple(done), stays=tuple(stays))

    def _log_is_empty(self) -> bool:
        try:
            return self._path.with_name(f"{self._path.name}-wal").stat().st_size == 0
        except FileNotFoundError:
            return True


class Sqlite(Sql):
    """A connector to one SQLite file."""

    speaks = SqliteDialect
