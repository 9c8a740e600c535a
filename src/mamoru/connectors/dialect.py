"""方言 (P3.1): what differs between database engines, and nothing else.

Every engine must give the same answer as `terms.normal` and Python's `==` would:
equality that a collation loosens is tightened again here, beside the index that
the collation serves.
"""

import os
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy import exc

from mamoru.connectors.port import Depth
from mamoru.datamap.terms import ColumnType, Match, Value

Expression = sa.ColumnElement[Any]

_CANONICAL = re.compile(r"0|-?[1-9]\d{0,18}")
_STEP = re.compile(r"""\.(?:([^."'\\\s\[\]]+)|"([^"'\\]+)")""")
_TRUTH = {"true": True, "1": True, "t": True, "false": False, "0": False, "f": False}
_LARGEST = 2**63


class Failure(StrEnum):
    """What a driver's error means for us."""

    UNREADABLE = "unreadable"  # it answers, but is not as mapped
    UNREACHABLE = "unreachable"  # it does not answer, or not now
    REFUSED = "refused"  # a constraint of its own


@dataclass(frozen=True, slots=True)
class Cell:
    """A column as values must be bound to it."""

    name: str
    type: ColumnType
    declared: str = ""
    nullable: bool = True
    loose: bool = False  # its collation holds different texts to be equal


TEXT = Cell("", ColumnType.TEXT)
UNFIT = object()
"""No value of the column can be this one."""


class Asking(Protocol):
    """A connection in use, over which a dialect may ask."""

    def do(self, text: str, values: Mapping[str, object] | None = None) -> int:
        """Send one text; return how many rows it touched."""
        ...

    def fetch(self, text: str, values: Mapping[str, object] | None = None) -> Sequence[Any]:
        """Send one query and return its rows."""
        ...

    def run(self, text: str, values: Mapping[str, object] | None = None) -> Any:
        """Send one text and return the driver's cursor."""
        ...

    def broken(self, problem: Any, cursor: Any) -> exc.DBAPIError:
        """Return a driver's error as SQLAlchemy's."""
        ...

    @property
    def driver(self) -> Any:
        """The driver's connection."""
        ...


class Dialect(ABC):
    """One engine's way to say things."""

    probe = "SELECT 1"
    reads_apart = False  # whether who only reads needs connections of another kind
    lists_one = True  # whether one key alone is as cheap in a list as by itself
    begin_reading: str
    begin_writing: str
    make_fence: str
    set_fence: str

    def __init__(self, address: str | Path, *, wait: float, limit: float, rewrite: bool) -> None:
        """Know where the database is, and the limits in seconds: for a lock, for a statement."""
        self._address = address
        self._wait = wait
        self._limit = limit
        self._rewrite = rewrite

    @abstractmethod
    def engine(self, *, writing: bool) -> sa.Engine:
        """Return a pool of connections, each with its time limits; nothing is opened yet."""

    @abstractmethod
    def columns(self, session: Asking, table: str) -> tuple[Cell, ...]:
        """Return a table's columns by one statement; none where there is no such table."""

    def schema(self, session: Asking) -> object:
        """Return all that the shapes of the tables follow from; None where they must be read."""
        return None

    def hiding(self, session: Asking) -> frozenset[str]:
        """Return the tables of which the database keeps rows from our login."""
        return frozenset()

    def on_delete(self, session: Asking, table: str) -> Mapping[tuple[str, ...], str]:
        """Return the rules of a table's foreign keys, by their columns, that reflection misses."""
        return {}

    def leave(self, session: Asking) -> None:
        """End a transaction that is not to be committed."""
        session.do("ROLLBACK")

    def mark(self, name: str) -> str:
        """Return how a parameter is written in a text of ours."""
        return f"%({name})s"

    def exchange(
        self, session: Asking, queries: Sequence[tuple[str, Mapping[str, object] | None]]
    ) -> list[Any] | None:
        """Send several texts in one exchange and return their cursors; None where one by one."""
        return None

    @abstractmethod
    def meaning(self, driver: BaseException | None) -> tuple[Failure, str]:
        """Return what a driver's error means, and a word for it that holds no value."""

    @abstractmethod
    def told(self, driver: BaseException | None) -> bool:
        """Return whether an error of COMMIT is the engine's own word that nothing was committed."""

    def is_taken(self, driver: BaseException | None, table: str) -> bool:
        """Return whether an error says that the key of a row is there already, in that table."""
        return False

    @abstractmethod
    def deepen(self, tables: Sequence[str]) -> Depth:
        """Clear residue, outside any transaction."""

    # --- expressions -------------------------------------------------------------------------

    @abstractmethod
    def text(self, cell: Expression) -> Expression:
        """Return a cell as text."""

    @abstractmethod
    def normal(self, cell: Expression, match: Match) -> Expression:
        """Return `terms.normal` of a text; constants stand in it, so that an index can serve it."""

    @abstractmethod
    def among(self, cell: Expression, column: Cell, keys: Expression) -> Expression:
        """Return whether a cell is exactly one of the keys, by index where there is one."""

    @abstractmethod
    def day(self, cell: Expression, column: Cell) -> Expression:
        """Return the day of a cell as ISO text; NULL where there is none, or none that we read."""

    @abstractmethod
    def without(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return a JSON cell without the key at the end of the steps."""

    @abstractmethod
    def has(self, cell: Expression, column: Cell, steps: Sequence[str]) -> Expression:
        """Return whether a JSON cell has that key."""

    def empty(self, cell: Expression, column: Cell) -> Expression:
        """Return whether a cell holds nothing: NULL or empty text."""
        if column.type is not ColumnType.TEXT:
            return cell.is_(None)
        return sa.or_(cell.is_(None), sa.func.length(cell) == sa.literal_column("0"))

    def equal(self, cell: Expression, column: Cell, value: Expression) -> Expression:
        """Return whether a cell is exactly a value; by index where there is one."""
        return (self.text(cell) if self.as_text(column) else cell) == value

    def differs(self, cell: Expression, column: Cell, value: Expression) -> Expression:
        """Return whether a cell is another value or NULL."""
        return sa.or_(cell.is_(None), sa.not_(self.equal(cell, column, value)))

    def joined(self, left: Expression, first: Cell, right: Expression, second: Cell) -> Expression:
        """Return whether two cells are equal, though their types may differ."""
        return left == right

    @abstractmethod
    def neutral(self, column: Cell) -> Value:
        """Return what stands for nothing in a column that allows no NULL."""

    # --- values ------------------------------------------------------------------------------

    def as_text(self, column: Cell) -> bool:
        """Return whether values of the column are compared as text."""
        return column.type in {ColumnType.OTHER, ColumnType.BINARY}

    def lister(self, column: Cell) -> Callable[[Iterable[str]], object]:
        """Return what makes one bound parameter of keys; those that no cell can be are left out."""

        read, listed = self.reader(column), self.listed
        return lambda keys: listed([fit for key in keys if (fit := read(key)) is not UNFIT])

    @abstractmethod
    def listed(self, values: list[Any]) -> object:
        """Return a list in the form in which the driver binds it."""

    def reader(self, column: Cell) -> Callable[[str], Any]:
        """Return what reads a text as a value of the column's type, or as UNFIT."""
        return _READ.get(column.type, _text)

    def fit(self, column: Cell, value: str | float) -> Any:
        """Return a value in the column's own type, or UNFIT if no cell of it can be that."""
        return self.reader(column)(str(value))

    def written(self, column: Cell, value: Value) -> Any:
        """Return a value as it is written; what the column cannot hold is the engine's to refuse."""
        if value is None:
            return None if column.nullable else self.neutral(column)
        fitting = self.fit(column, value)
        return str(value) if fitting is UNFIT else fitting


def _text(said: str) -> Any:
    return UNFIT if "\0" in said else said


def _parsed(read: Any, said: str) -> Any:
    try:
        return read(said)
    except ValueError:
        return UNFIT


def _integer(said: str) -> Any:
    number = int(said) if _CANONICAL.fullmatch(said) else _LARGEST
    return number if -_LARGEST <= number < _LARGEST else UNFIT


def _number(said: str) -> Any:
    try:
        number = Decimal(said)
    except InvalidOperation:
        return UNFIT
    return number if number.is_finite() else UNFIT


_READ: Mapping[ColumnType, Callable[[str], Any]] = {
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.DATE: lambda said: _parsed(date.fromisoformat, said),
    ColumnType.DATETIME: lambda said: _parsed(datetime.fromisoformat, said),
    ColumnType.BOOLEAN: lambda said: _TRUTH.get(said.lower(), UNFIT),
}


def literal(text: str) -> Expression:
    """Return a constant of ours as SQL text, never a person's value."""
    quoted = text.replace("'", "''")
    return sa.literal_column(f"'{quoted}'", sa.Text)


def steps(path: str) -> tuple[str, ...]:
    """Return the keys of a JSON path such as `$.a."b c"`; ValueError for any other form."""
    found = tuple(plain or quoted for plain, quoted in _STEP.findall(path))
    if not path.startswith("$.") or _STEP.sub("", path) != "$" or not found:
        raise ValueError(f"`{path}` is no path of JSON keys such as `$.a.b`")
    return found


def path_of(keys: Sequence[str]) -> Expression:
    """Return the keys as a JSON path, each quoted."""
    return literal("$" + "".join(f'."{key}"' for key in keys))


def pooled(url: str | sa.URL, **more: Any) -> sa.Engine:
    """Return an engine whose transactions are begun and ended by our own words only.

    A connection that was opened before a fork is never used after it.
    """
    engine = sa.create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        skip_autocommit_rollback=True,
        pool_reset_on_return=None,
        poolclass=sa.QueuePool,
        pool_size=4,
        max_overflow=12,
        hide_parameters=True,
        **more,
    )

    def own(_: object, record: Any, __: object) -> None:
        if record.info.setdefault("process", os.getpid()) != os.getpid():
            raise exc.DisconnectionError

    sa.event.listen(engine, "checkout", own)
    return engine
