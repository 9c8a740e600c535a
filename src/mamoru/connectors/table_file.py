"""ファイルの中の表 (P3.1 to P3.7): what CSV, Excel and Parquet share; a format says the rest.

A file is changed by writing a new one beside it and putting that in its place at
once. There is no fence: what is done already is seen in the file itself, so that a
repetition changes nothing and counts nothing.
"""

import fcntl
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from mamoru.connectors.freezing import resolve
from mamoru.connectors.guarded import Guarded
from mamoru.connectors.port import (
    CorrectionRefusedByStore,
    Depth,
    ErasureRefusedByStore,
    ExtraMissing,
    Level,
    OutcomeUnknown,
    Reading,
    StoreUnreachable,
    StoreUnreadable,
)
from mamoru.connectors.rows import Book, Edits, Work
from mamoru.datamap.acts import Act, Done, Frozen, Proof
from mamoru.datamap.terms import Criterion, Location, Row, Value
from mamoru.gate.terms import Operation

_LOOK_AGAIN_SECONDS = 0.02


class FormatTooNarrow(ValueError):
    """The format cannot hold a value. Its text names the format, never the value."""


class Format(ABC):
    """How tables lie in one kind of file."""

    keeps = ""
    """What a rewrite may leave of what was written over, and what clears it; empty for nothing."""

    @abstractmethod
    def tables(self, file: BinaryIO) -> tuple[str, ...]:
        """Return the names of the tables."""

    @abstractmethod
    @contextmanager
    def book(self, file: BinaryIO) -> Iterator[Book]:
        """Open the tables for reading."""

    @abstractmethod
    def save(self, source: BinaryIO, target: BinaryIO, edits: Edits) -> None:
        """Write the file anew with these rows changed. FormatTooNarrow where it cannot hold a value."""


class TableFile(Guarded):
    """A connector to one file of tables. See `port.Connector` for the promises."""

    def __init__(self, name: str, path: Path, form: Format, *, wait_seconds: float) -> None:
        """Know the file; nothing is opened yet."""
        super().__init__(name)
        self._path = path
        self._form = form
        self._wait = wait_seconds

    def probe(self) -> None:
        """Return if the file can be opened and its tables have heads."""
        with self._open() as file, self._form.book(file) as book:
            for table in self._form.tables(file):
                book.head(table)

    def sample(self, table: str, limit: int) -> Mapping[str, tuple[Value, ...]]:
        """Return the first `limit` cells of each column."""
        with self._working() as work:
            head = work.book.head(table)
            rows = [row for _, row in islice(work.rows(table), limit)]
        return {column: tuple(row[column] for row in rows) for column in head}

    def _find(
        self, table: str, columns: tuple[str, ...], criteria: tuple[Criterion, ...]
    ) -> tuple[Row, ...]:
        with self._working() as work:
            work.expect(table, columns)
            return tuple(
                {column: row[column] for column in columns} for row in work.found(table, criteria)
            )

    def _walk(self, table: str, columns: tuple[str, ...]) -> Iterator[Row]:
        with self._working() as work:
            work.expect(table, columns)
            for _, row in work.rows(table):
                yield {column: row[column] for column in columns}

    def _read(self, locations: tuple[Location, ...]) -> Iterator[Reading]:
        with self._working() as work:
            for location in locations:
                rows = tuple(work.belonging(location))
                yield Reading(store=self._name, table=location.table, rows=rows)

    def _freeze(self, locations: tuple[Location, ...]) -> tuple[Frozen, ...]:
        with self._working() as work:
            return resolve(locations, work.seen)

    def _prove(self, acts: tuple[Act, ...]) -> tuple[Proof, ...]:
        with self._working() as work:
            return tuple(work.proof(act) for act in acts)

    def _deepen(self, tables: tuple[str, ...]) -> Depth:
        stays = (self._form.keeps,) if self._form.keeps else ()
        return Depth(level=Level.RESIDUE, done=("file written anew",), stays=stays)

    # --- reading -----------------------------------------------------------------------------

    @contextmanager
    def _open(self) -> Iterator[BinaryIO]:
        try:
            with self._path.open("rb") as file:
                yield file
        except OSError as problem:
            raise self._unreachable(problem) from None

    @contextmanager
    def _working(self) -> Iterator[Work]:
        with self._open() as file, self._form.book(file) as book:
            yield self._work(book)

    def _work(self, book: Book) -> Work:
        def expect(table: str, columns: Iterable[str]) -> None:
            head = book.head(table)
            for column in columns:
                if column not in head:
                    raise StoreUnreadable(f"`{self._name}.{table}` has no column `{column}`")

        return Work(book, expect)

    def _unreachable(self, problem: OSError) -> StoreUnreachable:
        word = type(problem).__name__
        return StoreUnreachable(f"store `{self._name}` cannot be reached ({word})")

    # --- writing -----------------------------------------------------------------------------

    def _apply(
        self, acts: tuple[Act, ...], fence: str, now: datetime, operation: Operation
    ) -> Done:
        if not acts:
            return Done(counts=())
        placed = False

        def in_place() -> None:
            nonlocal placed
            placed = True

        try:
            return Done(counts=self._rewrite(acts, in_place))
        except FormatTooNarrow as problem:
            refusal = (
                ErasureRefusedByStore if operation is Operation.ERASE else CorrectionRefusedByStore
            )
            raise refusal(f"store `{self._name}` is {problem}") from None
        except OSError as problem:
            if placed:
                raise OutcomeUnknown(
                    f"store `{self._name}` broke off while writing; "
                    "whether it is written is not known"
                ) from None
            raise self._unreachable(problem) from None

    def _rewrite(self, acts: tuple[Act, ...], in_place: Callable[[], None]) -> tuple[int, ...]:
        target = self._path.resolve(strict=True)  # a link stays a link
        with self._locked(target):
            # One name, so that a crash leaves at most one copy, which the next run overwrites.
            beside = target.with_name(f".{target.name}.mamoru-new")
            try:
                with target.open("rb") as source:
                    seen = os.fstat(source.fileno())
                    with self._form.book(source) as book:
                        work = self._work(book)
                        counts = tuple(self._do(work, act) for act in acts)
                    if not any(counts):
                        return counts
                    source.seek(0)
                    with _create(beside, seen) as new:
                        self._form.save(source, new, work.edits)
                        new.flush()
                        os.fsync(new.fileno())
                now = target.stat()
                if (now.st_ino, now.st_size, now.st_mtime_ns) != (
                    (seen.st_ino, seen.st_size, seen.st_mtime_ns)
                ):
                    raise BlockingIOError("another program is writing the file")
                in_place()
                beside.replace(target)
                _sync_folder(target.parent)
            finally:
                beside.unlink(missing_ok=True)
        return counts

    def _do(self, work: Work, act: Act) -> int:
        try:
            return work.do(act)
        except ValueError:
            raise self._changed(act.table) from None

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


def missing(what: str, library: str) -> ExtraMissing:
    """Return the error for a kind of file whose library is not installed."""
    return ExtraMissing(f"{what} needs {library}: run `pip install mamoru[files]`")


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
