"""Where the ledger lies: rows in the product's own database, written in the act's transaction.

Only DB-API cursors with `%s` are used, so that Django's SQLite and PostgreSQL
connections serve alike. The caller owns the transaction: if the act rolls
back, its entry was never there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from mamoru.kit.errors import MamoruError
from mamoru.ledger import tree

T = TypeVar("T")

_BATCH = 1000
_NODES_A_QUERY = 200
_ROWS_A_STATEMENT = 150  # five values each: every engine takes so many

_TABLES = (
    """CREATE TABLE IF NOT EXISTS mamoru_ledger_head (
        id integer NOT NULL PRIMARY KEY CHECK (id = 1),
        touched bigint NOT NULL,
        size bigint NOT NULL,
        peaks text NOT NULL,
        last_at text NOT NULL,
        note text NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS mamoru_ledger_entry (
        position bigint NOT NULL PRIMARY KEY,
        kind text NOT NULL,
        subject text NOT NULL,
        root_subject text NOT NULL,
        data text NOT NULL
    )""",
    """CREATE TABLE IF NOT EXISTS mamoru_ledger_node (
        level integer NOT NULL,
        position bigint NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (level, position)
    )""",
    """CREATE INDEX IF NOT EXISTS mamoru_ledger_entry_subject
        ON mamoru_ledger_entry (root_subject, position)""",
)


class JournalUnwritable(MamoruError):
    """The ledger cannot be read or written now. The act must not happen; try again later."""

    code, retry, exit_code = "ledger-unwritable", True, 4


class Cursor(Protocol):
    """The part of a DB-API cursor that the ledger uses."""

    @property
    def rowcount(self) -> int:
        """Rows that the last statement changed."""
        ...

    def execute(self, sql: str, params: Sequence[Any] = ..., /) -> Any:
        """Run one statement with `%s` parameters."""
        ...

    def fetchone(self) -> Any:
        """Return the next row, or None."""
        ...

    def fetchall(self) -> Any:
        """Return the rows that are left."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The ledger's end: its tree, the time of its last entry, its signed note ('' when empty)."""

    frontier: tree.Frontier = field(default_factory=tree.Frontier)
    last_at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An entry's bytes with what its row is found by."""

    index: int
    kind: str
    subject: str
    data: bytes


class Storage(Protocol):
    """What the journal needs of a place to write to."""

    def create(self) -> None:
        """Make the place if it is not there; an existing ledger is kept as it is."""
        ...

    def lock(self) -> Head:
        """Return the head and keep every other writer out until the transaction ends."""
        ...

    def head(self) -> Head:
        """Return the head without locking."""
        ...

    def store(
        self, lines: Sequence[Line], made: Sequence[tuple[tree.Node, bytes]], head: Head
    ) -> None:
        """Write entries that follow one another, the subtrees they complete, and the new head."""
        ...

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]:
        """Yield the entries [start, stop) in order."""
        ...

    def of_subject(self, subject: str) -> tuple[Line, ...]:
        """Return the entries of a subject, and of what lies under it (`case/2`), in order."""
        ...

    def nodes(self, wanted: Sequence[tree.Node]) -> Mapping[tree.Node, bytes]:
        """Return the stored hashes of these subtrees; what is missing is left out."""
        ...

    def level(self, level: int, start: int, stop: int) -> tuple[bytes, ...]:
        """Return the stored hashes of a level's positions [start, stop), in order."""
        ...


class SqlStorage:
    """A ledger in three tables of a SQL database.

    `cursor` opens a cursor of the current connection, `errors` are the
    driver's exceptions (they become `JournalUnwritable`), `in_transaction`
    tells whether the caller has one open.
    """

    def __init__(
        self,
        cursor: Callable[[], AbstractContextManager[Cursor]],
        *,
        errors: tuple[type[Exception], ...] = (),
        in_transaction: Callable[[], bool] = lambda: True,
    ) -> None:
        self._open = cursor
        self._errors = errors
        self._in_transaction = in_transaction

    @contextmanager
    def _cursor(self) -> Iterator[Cursor]:
        try:
            with self._open() as cursor:
                yield cursor
        except self._errors as problem:
            raise JournalUnwritable("the ledger's database refused or did not answer") from problem

    def create(self) -> None:
        """Create tables and the empty head; an existing ledger is kept as it is."""
        with self._cursor() as cursor:
            for statement in _TABLES:
                cursor.execute(statement)
            cursor.execute(
                "INSERT INTO mamoru_ledger_head (id, touched, size, peaks, last_at, note)"
                " SELECT 1, 0, 0, '', '', '' WHERE NOT EXISTS"
                " (SELECT 1 FROM mamoru_ledger_head WHERE id = 1)"
            )

    def lock(self) -> Head:
        """Update the head row first: the database lets one writer through at a time."""
        if not self._in_transaction():
            raise JournalUnwritable("an entry is only written inside the act's transaction")
        with self._cursor() as cursor:
            cursor.execute("UPDATE mamoru_ledger_head SET touched = touched + 1 WHERE id = 1")
            return _head(cursor)

    def head(self) -> Head:
        """Return the head as it stands in this transaction."""
        with self._cursor() as cursor:
            return _head(cursor)

    def store(
        self, lines: Sequence[Line], made: Sequence[tuple[tree.Node, bytes]], head: Head
    ) -> None:
        """Write entries, subtrees and head; JournalUnwritable if another writer came between."""
        with self._cursor() as cursor:
            for line_part in _parts(lines):
                cursor.execute(
                    "INSERT INTO mamoru_ledger_entry (position, kind, subject, root_subject, data)"
                    " VALUES " + ", ".join(["(%s, %s, %s, %s, %s)"] * len(line_part)),
                    [value for line in line_part for value in _columns(line)],
                )
            for node_part in _parts(made):
                cursor.execute(
                    "INSERT INTO mamoru_ledger_node (level, position, hash) VALUES "
                    + ", ".join(["(%s, %s, %s)"] * len(node_part)),
                    [
                        value
                        for node, top in node_part
                        for value in (node.level, node.position, top.hex())
                    ],
                )
            cursor.execute(
                "UPDATE mamoru_ledger_head SET size = %s, peaks = %s, last_at = %s, note = %s"
                " WHERE id = 1 AND size = %s",
                [
                    head.frontier.size,
                    " ".join(peak.hex() for peak in head.frontier.peaks),
                    head.last_at,
                    head.note,
                    lines[0].index,
                ],
            )
            if cursor.rowcount != 1:
                raise JournalUnwritable("another writer moved the ledger's head")

    def lines(self, start: int = 0, stop: int | None = None) -> Iterator[Line]:
        """Yield entries in batches of one statement each; rows out of sequence are yielded too."""
        after = start - 1
        while True:
            with self._cursor() as cursor:
                cursor.execute(
                    "SELECT position, kind, subject, data FROM mamoru_ledger_entry"
                    f" WHERE position > %s ORDER BY position LIMIT {_BATCH}",
                    [after],
                )
                rows = cursor.fetchall()
            for row in rows:
                if stop is not None and row[0] >= stop:
                    return
                yield _line(row)
            if len(rows) < _BATCH:
                return
            after = rows[-1][0]

    def of_subject(self, subject: str) -> tuple[Line, ...]:
        """Return a case's entries with those of its demands, or one demand's entries."""
        root_subject = subject.partition("/")[0]
        with self._cursor() as cursor:
            cursor.execute(
                "SELECT position, kind, subject, data FROM mamoru_ledger_entry"
                " WHERE root_subject = %s ORDER BY position",
                [root_subject],
            )
            rows = cursor.fetchall()
        return tuple(
            line
            for line in map(_line, rows)
            if line.subject == subject or line.subject.startswith(f"{subject}/")
        )

    def nodes(self, wanted: Sequence[tree.Node]) -> Mapping[tree.Node, bytes]:
        """Return stored hashes, `_NODES_A_QUERY` subtrees a statement."""
        found: dict[tree.Node, bytes] = {}
        for begin in range(0, len(wanted), _NODES_A_QUERY):
            part = wanted[begin : begin + _NODES_A_QUERY]
            with self._cursor() as cursor:
                cursor.execute(
                    "SELECT level, position, hash FROM mamoru_ledger_node WHERE "
                    + " OR ".join(["(level = %s AND position = %s)"] * len(part)),
                    [number for node in part for number in node],
                )
                rows = cursor.fetchall()
            found |= {tree.Node(row[0], row[1]): _hash(row[2]) for row in rows}
        return found

    def level(self, level: int, start: int, stop: int) -> tuple[bytes, ...]:
        """Return the stored hashes of one level in order."""
        with self._cursor() as cursor:
            cursor.execute(
                "SELECT hash FROM mamoru_ledger_node WHERE level = %s AND position >= %s"
                " AND position < %s ORDER BY position",
                [level, start, stop],
            )
            return tuple(_hash(row[0]) for row in cursor.fetchall())


def _parts(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield the rows in parts that one statement can carry."""
    for begin in range(0, len(rows), _ROWS_A_STATEMENT):
        yield rows[begin : begin + _ROWS_A_STATEMENT]


def _columns(line: Line) -> tuple[int, str, str, str, str]:
    root_subject = line.subject.partition("/")[0]
    return line.index, line.kind, line.subject, root_subject, line.data.decode("ascii")


def _head(cursor: Cursor) -> Head:
    cursor.execute("SELECT size, peaks, last_at, note FROM mamoru_ledger_head WHERE id = 1")
    row = cursor.fetchone()
    if row is None:
        raise JournalUnwritable("the ledger has no head: it was not created")
    try:
        peaks = tuple(bytes.fromhex(peak) for peak in row[1].split())
        return Head(frontier=tree.Frontier(int(row[0]), peaks), last_at=row[2], note=row[3])
    except ValueError as problem:
        raise JournalUnwritable("the ledger's head is damaged: verify the ledger") from problem


def _line(row: Sequence[Any]) -> Line:
    # A character outside ASCII can only come from an alteration; the verifier must see it.
    return Line(index=row[0], kind=row[1], subject=row[2], data=str(row[3]).encode())


def _hash(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""  # an altered row: no hash equals it
