"""CSV の名簿 (P3.1, P3.4): a list in a file, read record by record, corrected by an atomic rewrite.

Records that are not corrected keep their bytes: encoding, quoting, line endings,
the BOM. The splitting into records works on bytes, which is safe in the encodings
of `inventory.Encoding`: none of them has a quote, comma or line feed inside a
character of several bytes.
"""

import csv
import fcntl
import io
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mamoru.connectors import port
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
    ColumnType,
    Criterion,
    Location,
    Row,
    TableShape,
    Value,
    normal,
)
from mamoru.gate.terms import Operation, Permit

_BOM = b"\xef\xbb\xbf"
_LONGEST_RECORD = 1_000_000
_LOOK_AGAIN_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class _Record:
    raw: bytes
    cells: tuple[str, ...]


class Csv:
    """A connector to one CSV file, which is one table. See `port.Connector` for the promises."""

    def __init__(
        self, name: str, path: Path, *, table: str, encoding: str, wait_seconds: float = 5.0
    ) -> None:
        """Know the file; nothing is opened yet. `encoding` is never guessed."""
        self._name = name
        self._path = path
        self._table = table
        self._encoding = "utf-8" if encoding == "utf-8-sig" else encoding
        self._wait = wait_seconds

    @property
    def name(self) -> str:
        """The store's name in the data map."""
        return self._name

    def probe(self) -> None:
        """Return if the file can be opened and has a head line."""
        with self._open() as file:
            self._head(file)

    def shape(self) -> tuple[TableShape, ...]:
        """Return the one table. All columns are text: a CSV file has no types."""
        with self._open() as file:
            head = self._head(file)
        columns = tuple(ColumnShape(name=name, type=ColumnType.TEXT) for name in head.cells)
        return (TableShape(name=self._table, columns=columns),)

    def find(
        self, permit: Permit, table: str, criteria: Iterable[Criterion], now: datetime
    ) -> tuple[Row, ...]:
        """Return the rows in which all criteria hold."""
        columns = port.granted_columns(permit, self._name, table, now)
        asked = tuple(criteria)
        port.check_criteria(permit, self._name, table, asked)
        if not asked:
            return ()
        self._expect(table, (*columns, *(item.column for item in asked)))
        return tuple(
            {column: row[column] for column in columns}
            for row in self._rows()
            if all(_meets(row, item) for item in asked)
        )

    def read(self, permit: Permit, location: Location, now: datetime) -> Reading:
        """Return the person's rows at a location."""
        port.check(permit, location, Operation.READ, now)
        return self._read(location)

    def correct(
        self, permit: Permit, location: Location, changes: Changes, now: datetime
    ) -> Reading:
        """Rewrite the file beside itself, put it in place at once, and read back."""
        port.check(permit, location, Operation.CORRECT, now)
        port.check_changes(self._name, location, changes)
        self._expect(location.table, _columns_of(location))
        broke_off: OSError | None = None
        try:
            self._rewrite(location, changes)
        except OSError as problem:
            broke_off = problem  # perhaps after the new file was put in place: read back
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
            raise self._unreachable(broke_off) from None
        raise ValueChangedMeanwhile(
            f"`{self._name}.{location.table}` no longer holds the values before"
        )

    # --- reading ---------------------------------------------------------------------------------

    def _read(self, location: Location) -> Reading:
        self._expect(location.table, _columns_of(location))
        rows = [
            {column: row[column] for column in location.columns}
            for row in self._rows()
            if _belongs(row, location)
        ]
        rows.sort(key=lambda row: row[location.columns[0]])
        return port.reading(self._name, location.table, rows)

    def _rows(self) -> Iterator[Mapping[str, str]]:
        with self._open() as file:
            head = self._head(file).cells
            for record in self._records(file, len(head)):
                if record.cells:
                    yield dict(zip(head, record.cells, strict=True))

    def _expect(self, table: str, columns: Iterable[str]) -> None:
        if table != self._table:
            raise StoreUnreadable(f"store `{self._name}` holds no table `{table}`")
        with self._open() as file:
            head = self._head(file).cells
        for column in columns:
            if column not in head:
                raise StoreUnreadable(f"`{self._name}.{table}` has no column `{column}`")

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        try:
            with self._path.open("rb") as file:
                yield file
        except OSError as problem:
            raise self._unreachable(problem) from None

    def _head(self, file: BinaryIO) -> _Record:
        head = next(self._records(file, None), None)
        if head is None or len(set(head.cells)) < len(head.cells):
            raise StoreUnreadable(f"store `{self._name}` has no head line with distinct names")
        return head

    def _records(self, file: BinaryIO, width: int | None) -> Iterator[_Record]:
        """Yield records; StoreUnreadable for one that is not whole. `width` None reads one, the head."""
        raw = b""
        number = 0
        while line := file.readline(_LONGEST_RECORD):
            number += 1
            raw += line
            if raw.count(b'"') % 2:  # a line break within quotes
                if len(raw) >= _LONGEST_RECORD:
                    break
                continue
            if raw.strip(b"\r\n"):
                record = _Record(raw, self._cells(raw, number))
                if width is not None and len(record.cells) != width:
                    raise self._not_whole(number)
                yield record
            elif width is not None:
                yield _Record(raw, ())  # an empty line, kept when the file is rewritten
            raw = b""
        if raw:
            raise self._not_whole(number)

    def _cells(self, raw: bytes, number: int) -> tuple[str, ...]:
        try:
            text = raw.removeprefix(_BOM).decode(self._encoding)
            return tuple(next(csv.reader(io.StringIO(text, newline=""), strict=True)))
        except (UnicodeDecodeError, csv.Error):
            raise self._not_whole(number) from None  # their text shows the record

    def _not_whole(self, number: int) -> StoreUnreadable:
        return StoreUnreadable(
            f"store `{self._name}`: the record that ends near line {number} after the head "
            f"is not whole or not in `{self._encoding}`"
        )

    def _unreachable(self, problem: OSError) -> StoreUnreachable:
        word = type(problem).__name__
        return StoreUnreachable(f"store `{self._name}` cannot be reached ({word})")

    # --- writing ---------------------------------------------------------------------------------

    def _rewrite(self, location: Location, changes: Changes) -> None:
        target = self._path.resolve(strict=True)  # a link stays a link
        with self._locked(target):
            # One name, so that a crash leaves at most one copy, which the next run overwrites.
            beside = target.with_name(f".{target.name}.mamoru-new")
            try:
                with target.open("rb") as source:
                    seen = os.fstat(source.fileno())
                    with _create(beside, seen) as new:
                        written = self._copy(source, new, location, changes)
                        new.flush()
                        os.fsync(new.fileno())
                now = target.stat()
                if (now.st_ino, now.st_size, now.st_mtime_ns) != (
                    (seen.st_ino, seen.st_size, seen.st_mtime_ns)
                ):
                    raise BlockingIOError("another program is writing the file")
                if written:
                    beside.replace(target)
                    _sync_folder(target.parent)
            finally:
                beside.unlink(missing_ok=True)

    def _copy(self, source: BinaryIO, new: BinaryIO, location: Location, changes: Changes) -> int:
        head = self._head(source)
        written = 0
        new.write(head.raw)
        for record in self._records(source, len(head.cells)):
            row = dict(zip(head.cells, record.cells, strict=bool(record.cells)))
            if row and _belongs(row, location) and _holds_before(row, changes):
                row |= {column: _cell(after) for column, (_, after) in changes.items()}
                new.write(self._encoded(row.values(), like=record))
                written += 1
            else:
                new.write(record.raw)
        return written

    def _encoded(self, cells: Iterable[str], *, like: _Record) -> bytes:
        body = like.raw.rstrip(b"\r\n")
        all_quoted = body.startswith(b'"') and body.count(b'"') >= 2 * len(like.cells)
        text = io.StringIO(newline="")
        csv.writer(
            text,
            quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL,
            lineterminator="",
        ).writerow(cells)
        try:
            return text.getvalue().encode(self._encoding) + like.raw[len(body) :]
        except UnicodeEncodeError:
            raise CorrectionRefusedByStore(
                f"store `{self._name}` is in `{self._encoding}`, which lacks a character of the value"
            ) from None

    @contextmanager
    def _locked(self, target: Path) -> Iterator[None]:
        """Hold the lock file; BlockingIOError when another holds it for longer than we wait."""
        lock = os.open(target.with_name(f".{target.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + self._wait
        try:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise
                    time.sleep(_LOOK_AGAIN_SECONDS)
            yield
        finally:
            os.close(lock)


@contextmanager
def _create(path: Path, like: os.stat_result) -> Iterator[BinaryIO]:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        with suppress(PermissionError):  # only root may give a file away
            os.fchown(handle, like.st_uid, like.st_gid)
        os.fchmod(handle, like.st_mode & 0o7777)
        yield file


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _columns_of(location: Location) -> tuple[str, ...]:
    keys = tuple(path.column for path in location.paths)
    return (*location.columns, *keys, *(column for column, _ in location.only))


def _meets(row: Mapping[str, str], criterion: Criterion) -> bool:
    values = {normal(criterion.match, value) for value in criterion.values}
    return normal(criterion.match, row[criterion.column]) in values


def _belongs(row: Mapping[str, str], location: Location) -> bool:
    """Return whether a row is the person's: the first path with a key in the row decides."""
    if not all(port.same(row[column], value) for column, value in location.only):
        return False
    for path in location.paths:
        if row[path.column] != "":
            return normal(path.match, row[path.column]) in path.keys
    return False


def _holds_before(row: Mapping[str, str], changes: Changes) -> bool:
    return all(port.same(row[column], before) for column, (before, _) in changes.items())


def _cell(value: Value) -> str:
    return "" if value is None else str(value)
