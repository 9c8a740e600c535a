"""MariaDB の店 (P3.1 to P3.7): PyMySQL, a limit on every socket, equality by bytes."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

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
from mamoru.connectors.port import FENCE_TABLE, Depth, ExtraMissing, Level
from mamoru.connectors.sql import Sql
from mamoru.datamap.terms import REMOVED, ColumnType, Match, Value, column_type

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_UNREADABLE = frozenset({1054, 1064, 1103, 1109, 1142, 1143, 1146, 1267, 1305, 1370})
_REFUSED = frozenset(
    {1048, 1062, 1138, 1216, 1217, 1264, 1265, 1292, 1364, 1366, 1406, 1451, 1452, 1557, 1761}
    | {4025, 4038, 1644, 1525, 1411, 1690, 3819}
)
_NEUTRAL: dict[ColumnType, Value] = {
    ColumnType.INTEGER: 0,
    ColumnType.NUMBER: 0,
    ColumnType.BOOLEAN: 0,
    ColumnType.DATE: "0001-01-01",
    ColumnType.DATETIME: "0001-01-01 00:00:00",
}


class MariadbDialect(Dialect):
    """MariaDB's way."""

    begin_reading = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"
    begin_writing = "START TRANSACTION READ WRITE"
    make_fence = (
        f"CREATE TABLE {FENCE_TABLE} (fence VARCHAR(190) CHARACTER SET utf8mb4"
        " COLLATE utf8mb4_nopad_bin PRIMARY KEY, acts TEXT NOT NULL, at DATETIME(6)) ENGINE=InnoDB"
    )
    set_fence = f"INSERT IGNORE INTO {FENCE_TABLE} VALUES (%(fence)s, %(acts)s, %(at)s)"

    def engine(self, *, writing: bool) -> sa.Engine:
        """Return a pool; reading and writing differ by how a transaction begins."""
        return self._pool(self._limit)

    def _pool(self, limit: float) -> sa.Engine:
        session = {
            "sql_mode": "CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION')",
            "max_statement_time": limit,
            "innodb_lock_wait_timeout": max(1, int(self._wait)),
            "lock_wait_timeout": max(1, int(self._wait)),
            "tx_isolation": "'REPEATABLE-READ'",
        }
        settings = ", ".join(f"SESSION {name} = {value}" for name, value in session.items())
        address = make_url(str(self._address)).set(drivername="mysql+pymysql")
        try:
            return pooled(
                address,
                paramstyle="pyformat",
                connect_args={
                    "charset": "utf8mb4",
                    "connect_timeout": max(1, int(self._wait)),
                    "read_timeout": limit + self._wait if limit else None,
                    "write_timeout": limit + self._wait if limit else None,
                    "init_command": f"SET {settings}",
                    "local_infile": False,
                    # Nobody listens on a socket of this machine, and each connection would read
                    # every certificate that the machine trusts.
                    "ssl_disabled": "unix_socket" in address.query,
                },
            )
        except ImportError:
            raise ExtraMissing("MariaDB needs PyMySQL: run `pip install mamoru[mariadb]`") from None

    def columns(self, session: Asking, table: str) -> tuple[Cell, ...]:
        """Return a table's columns; every text is compared by bytes beside its collation."""
        rows = session.fetch(
            "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLLATION_NAME"
            " FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = database()"
            " AND TABLE_NAME = %(t)s ORDER BY ORDINAL_POSITION",
            {"t": table},
        )
        return tuple(
            Cell(name, _family(kind), kind, nullable == "YES", collation is not None)
            for name, kind, nullable, collation in rows
        )

    def meaning(self, driver: BaseException | None) -> tuple[Failure, str]:
        """Return the meaning by the server's number."""
        number = driver.args[0] if driver is not None and driver.args else 0
        if number in _REFUSED:
            return Failure.REFUSED, str(number)
        if number in _UNREADABLE:
            return Failure.UNREADABLE, str(number)
        return Failure.UNREACHABLE, str(number) if isinstance(number, int) else "no answer"

    def told(self, driver: BaseException | None) -> bool:
        """A deadlock or a constraint that the server itself names rolls the transaction back."""
        number = driver.args[0] if driver is not None and driver.args else 0
        return number in _REFUSED or number == 1213  # noqa: PLR2004 - deadlock

    # --- expressions -------------------------------------------------------------------------

    def text(self, cell: Expression) -> Expression:
        """Return a cell as text of the widest character set, compared by bytes, spaces and all."""
        return sa.func.convert(cell.op("USING")(sa.literal_column("utf8mb4"))).op("COLLATE")(
            sa.literal_column("utf8mb4_nopad_bin")
        )

    def normal(self, cell: Expression, match: Match) -> Expression:
        """Return the normal form; `lower` would take the letters of other scripts too."""
        for character in REMOVED[match]:
            cell = sa.func.replace(cell, literal(character), literal(""))
        for letter in _UPPER if match is Match.EMAIL else "":
            cell = sa.func.replace(cell, literal(letter), literal(letter.lower()))
        return cell.op("COLLATE")(sa.literal_column("utf8mb4_nopad_bin"))

    def among(self, cell: Expression, column: Cell, keys: Expression) -> Expression:
        """Return `cell in keys`: by index in the column's collation, then exactly."""
        if column.type is ColumnType.TEXT and not column.name:
            return _in(cell, keys)  # already the text to compare
        if column.loose:
            return sa.and_(_in(cell, keys), _in(self.text(cell), keys))
        return _in(self.text(cell) if self.as_text(column) else cell, keys)

    def equal(self, cell: Expression, column: Cell, value: Expression) -> Expression:
        """Return equality by bytes."""
        if column.loose:
            return sa.and_(cell == value, self.text(cell) == value)
        return super().equal(cell, column, value)

    def differs(self, cell: Expression, column: Cell, value: Expression) -> Expression:
        """Return whether the bytes differ."""
        exact = self.text(cell) if column.loose or self.as_text(column) else cell
        return sa.or_(cell.is_(None), exact != value)

    def empty(self, cell: Expression, column: Cell) -> Expression:
        """A space is not nothing, though the collation says so."""
        if column.type is not ColumnType.TEXT:
            return cell.is_(None)
        return sa.or_(cell.is_(None), sa.func.length(cell) == sa.literal_column("0"))

    def joined(self, left: Expression, first: Cell, right: Expression, second: Cell) -> Expression:
        """Columns of different families meet as text."""
        if first.type is second.type:
            return left == right
        return self.text(left) == self.text(right)

    def day(self, cell: Expression, column: Cell) -> Expression:
        """Return the day; a zero date is none."""
        if column.type in {ColumnType.DATE, ColumnType.DATETIME}:
            said = sa.func.date_format(cell, literal("%Y-%m-%d"))
            return sa.func.nullif(said, literal("0000-00-00"))
        head = sa.func.replace(
            sa.func.substr(cell, sa.literal_column("1"), sa.literal_column("10")),
            literal("/"),
            literal("-"),
        )
        return sa.case((head.op("REGEXP")(literal("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")), head))

    def without(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return the JSON without the key."""
        return sa.func.json_remove(cell, path_of(steps))

    def has(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return whether it is JSON with that key."""
        there = sa.func.json_contains_path(cell, literal("one"), path_of(steps))
        return sa.and_(sa.func.json_valid(cell), there == sa.literal_column("1"))

    def neutral(self, column: Cell) -> Value:
        """Return empty text, 0 or the first day; of a TIMESTAMP, the first that it can hold."""
        if column.declared.startswith("timestamp"):
            return "1970-01-02 00:00:00"
        return _NEUTRAL.get(column.type, "{}" if column.declared == "json" else "")

    # --- values ------------------------------------------------------------------------------

    def reader(self, column: Cell) -> Callable[[str], Any]:
        """PyMySQL writes an instant without its zone: only plain times fit."""
        read = super().reader(column)
        if column.type is not ColumnType.DATETIME:
            return read
        return lambda said: UNFIT if read(said) is UNFIT else said

    def listed(self, values: list[Any]) -> object:
        """PyMySQL writes a tuple as a list in brackets, which must not be empty."""
        return tuple(values) or (None,)

    # --- residue -----------------------------------------------------------------------------

    def deepen(self, tables: Sequence[str]) -> Depth:
        """ANALYZE; with `rewrite` the tables are written anew."""
        word = (
            "OPTIMIZE NO_WRITE_TO_BINLOG TABLE"
            if self._rewrite
            else "ANALYZE NO_WRITE_TO_BINLOG TABLE"
        )
        engine = self._pool(0)
        stays = []
        with engine.connect() as connection:
            quoted = engine.dialect.identifier_preparer.quote_identifier
            for table in tables:
                connection.exec_driver_sql(f"{word} {quoted(table)}").fetchall()
            versioned = connection.exec_driver_sql(
                "SELECT TABLE_NAME FROM information_schema.TABLES"
                " WHERE TABLE_SCHEMA = database() AND TABLE_TYPE = 'SYSTEM VERSIONED'"
            )
            stays += [
                f"history of the system-versioned table {name}, which anyone may query;"
                f" `DELETE HISTORY FROM {quoted(name)}` clears it"
                for (name,) in versioned
                if name in tables
            ]
            if connection.exec_driver_sql("SELECT @@log_bin").scalar():
                stays.append("binary log; `PURGE BINARY LOGS` after its period clears it")
        engine.dispose()
        if not self._rewrite:
            stays.append("free space in the tables' files; `rewrite: true` clears it")
        stays.append("redo log; it is overwritten as the server writes on")
        done = tuple(f"{word} {table}" for table in tables)
        return Depth(level=Level.LOGICAL, done=done, stays=tuple(stays))


class Mariadb(Sql):
    """A connector to one MariaDB database, `mariadb://user:password@host/database`.

    `?unix_socket=PATH` for a local server. ExtraMissing without PyMySQL.
    """

    speaks = MariadbDialect


def _family(kind: str) -> ColumnType:
    return ColumnType.BOOLEAN if kind == "tinyint(1)" else column_type(kind)


def _in(cell: Expression, keys: Expression) -> Expression:
    return cell.op("IN", is_comparison=True, return_type=sa.Boolean())(keys)
