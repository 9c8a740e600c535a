"""SQLite の店 (P3.1, P3.4): a company's SQLite file, read without being changed, corrected whole."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import exc

from mamoru.connectors import port, statements
from mamoru.connectors.port import (
    Changes,
    CorrectionRefusedByStore,
    OutcomeUnknown,
    Reading,
    StoreError,
    StoreUnreachable,
    StoreUnreadable,
    ValueChangedMeanwhile,
)
from mamoru.datamap.terms import (
    ColumnShape,
    Criterion,
    Location,
    Row,
    TableShape,
    column_type,
)
from mamoru.gate.terms import Operation, Permit

# The file is there, but is not what the map says. Everything else is a matter of waiting.
_NOT_AS_MAPPED = frozenset({"SQLITE_ERROR", "SQLITE_NOTADB", "SQLITE_CORRUPT", "SQLITE_SCHEMA", ""})
_STEPS_BETWEEN_LOOKS_AT_THE_CLOCK = 20_000


class Sqlite:
    """A connector to one SQLite file. See `port.Connector` for what each method promises."""

    def __init__(
        self, name: str, path: Path, *, wait_seconds: float = 5.0, limit_seconds: float = 30.0
    ) -> None:
        """Know the file; nothing is opened yet.

        `wait_seconds` for another writer's lock, `limit_seconds` for one whole call.
        """
        self._name = name
        self._path = path
        self._wait = wait_seconds
        self._limit = limit_seconds
        self._reader = self._engine(writing=False)
        self._writer = self._engine(writing=True)

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        return self._name

    def probe(self) -> None:
        """Return if the file is a database that answers."""
        with self._guard(), self._reader.connect() as connection:
            connection.exec_driver_sql("PRAGMA schema_version").scalar()

    def shape(self) -> tuple[TableShape, ...]:
        """Return tables and views with the families of their declared types."""
        with self._guard(), self._reader.connect() as connection:
            live = sa.inspect(connection)
            views = set(live.get_view_names())
            return tuple(
                TableShape(
                    name=name,
                    is_view=name in views,
                    columns=tuple(
                        ColumnShape(
                            name=column["name"],
                            type=column_type(str(column["type"])),
                            nullable=bool(column["nullable"]),
                            primary_key=bool(column.get("primary_key", 0)),
                        )
                        for column in live.get_columns(name)
                    ),
                )
                for name in sorted({*live.get_table_names(), *views})
            )

    def find(
        self, permit: Permit, table: str, criteria: Iterable[Criterion], now: datetime
    ) -> tuple[Row, ...]:
        """Return the rows in which all criteria hold."""
        columns = port.granted_columns(permit, self._name, table, now)
        asked = tuple(criteria)
        port.check_criteria(permit, self._name, table, asked)
        with self._guard(), self._reader.connect() as connection:
            result = connection.execute(statements.found(table, columns, asked))
            return tuple(statements.row(row) for row in result.mappings())

    def read(self, permit: Permit, location: Location, now: datetime) -> Reading:
        """Return the person's rows at a location."""
        port.check(permit, location, Operation.READ, now)
        return self._read(location)

    def correct(
        self, permit: Permit, location: Location, changes: Changes, now: datetime
    ) -> Reading:
        """Compare and set in one transaction, then read back through another connection."""
        port.check(permit, location, Operation.CORRECT, now)
        port.check_changes(self._name, location, changes)
        broke_off: StoreError | None = None
        committing = False
        try:
            with self._guard(), self._writer.connect() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                connection.execute(statements.correction(location, changes))
                committing = True
                connection.commit()
        except StoreUnreachable as problem:
            if not committing:
                raise
            broke_off = problem  # no answer is no proof either way: only reading back is
        try:
            after = self._read(location)
        except StoreError as problem:
            if broke_off is None:
                raise
            message = f"store `{self._name}` broke off while writing and cannot be read back"
            raise OutcomeUnknown(message) from problem
        state = port.settle(changes, after.rows)
        if state is port.Settled.DONE:
            return after
        if broke_off is not None and state is port.Settled.OPEN:
            raise broke_off
        raise ValueChangedMeanwhile(
            f"`{self._name}.{location.table}` no longer holds the values before"
        )

    def _read(self, location: Location) -> Reading:
        with self._guard(), self._reader.connect() as connection:
            result = connection.execute(statements.rows_of(location))
            rows = tuple(statements.row(row) for row in result.mappings())
        return port.reading(self._name, location.table, rows)

    def _engine(self, *, writing: bool) -> sa.Engine:
        # INVARIANT: never `mode=rwc`: a wrong path must be an error, not a new empty database
        # in which the person then has no data.
        mode = "rw" if writing else "ro"
        uri = f"file:{quote(str(self._path.absolute()))}?mode={mode}"

        def connect() -> sqlite3.Connection:
            connection = sqlite3.connect(uri, uri=True, timeout=self._wait, isolation_level=None)
            until = time.monotonic() + self._limit
            connection.set_progress_handler(
                lambda: int(time.monotonic() > until), _STEPS_BETWEEN_LOOKS_AT_THE_CLOCK
            )
            connection.execute("PRAGMA trusted_schema = OFF")
            if writing:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
                connection.execute("PRAGMA synchronous = FULL")
            return connection

        return sa.create_engine(
            "sqlite://", creator=connect, poolclass=sa.NullPool, hide_parameters=True
        )

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn a driver's error into ours. The driver's text may hold values: it is dropped."""
        try:
            yield
        except exc.IntegrityError:
            raise CorrectionRefusedByStore(
                f"store `{self._name}` refuses the value by a rule of its own"
            ) from None
        except (exc.DBAPIError, sqlite3.Error) as problem:
            driver = problem.orig if isinstance(problem, exc.DBAPIError) else problem
            word = getattr(driver, "sqlite_errorname", "")
            if word in _NOT_AS_MAPPED:
                raise StoreUnreadable(f"store `{self._name}` is not as the data map says") from None
            raise StoreUnreachable(f"store `{self._name}` cannot be reached ({word})") from None
        except exc.SQLAlchemyError:
            raise StoreUnreadable(f"store `{self._name}` is not as the data map says") from None
