"""CSV の名簿 (P3.1, P3.4): a list in a file, read record by record.

Records that are not changed keep their bytes: encoding, quoting, line endings,
the BOM. The splitting into records works on bytes, which is safe in the encodings
of `inventory.Encoding`: none of them has a quote, comma or line feed inside a
character of several bytes.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from mamoru.connectors.port import StoreUnreadable
from mamoru.connectors.rows import Book, Edits, text
from mamoru.connectors.table_file import Format, FormatTooNarrow, TableFile
from mamoru.datamap.terms import ColumnShape, ColumnType, Row, TableShape

_BOM = b"\xef\xbb\xbf"
_LONGEST_RECORD = 1_000_000
_PLAIN = 100_000  # the reader refuses longer cells
_QUOTES_OR_BREAKS = re.compile(r'["\r\n]')


class Csv(TableFile):
    """A connector to one CSV file, which is one table."""

    def __init__(
        self, name: str, path: Path, *, table: str, encoding: str, wait_seconds: float = 5.0
    ) -> None:
        """Know the file; nothing is opened yet. `encoding` is never guessed."""
        form = _CsvFormat(name, table, "utf-8" if encoding == "utf-8-sig" else encoding)
        super().__init__(name, path, form, wait_seconds=wait_seconds)
        self._table = table

    def shape(self) -> tuple[TableShape, ...]:
        """Return the one table. All columns are text: a CSV file has no types."""
        with self._working() as work:
            head = work.book.head(self._table)
        columns = tuple(ColumnShape(name=name, type=ColumnType.TEXT) for name in head)
        return (TableShape(name=self._table, columns=columns),)


@dataclass(frozen=True, slots=True)
class _Record:
    raw: bytes
    cells: tuple[str, ...]


class _CsvFormat(Format):
    def __init__(self, store: str, table: str, encoding: str) -> None:
        self._store = store
        self._table = table
        self._encoding = encoding

    def tables(self, file: BinaryIO) -> tuple[str, ...]:
        return (self._table,)

    @contextmanager
    def book(self, file: BinaryIO) -> Iterator[Book]:
        yield _CsvBook(self, file)

    def save(self, source: BinaryIO, target: BinaryIO, edits: Edits) -> None:
        changed = edits.get(self._table, {})
        head = self.head(source)
        target.write(head.raw)
        for number, record in enumerate(self.records(source, len(head.cells))):
            now = changed.get(number)
            if number not in changed:
                target.write(record.raw)
            elif now is not None:
                target.write(self._encoded(map(text, now.values()), like=record))

    def expect(self, table: str) -> None:
        if table != self._table:
            raise StoreUnreadable(f"store `{self._store}` holds no table `{table}`")

    def head(self, file: BinaryIO) -> _Record:
        file.seek(0)
        head = next(self.records(file, None), None)
        if head is None or len(set(head.cells)) < len(head.cells):
            raise StoreUnreadable(f"store `{self._store}` has no head line with distinct names")
        return head

    def records(self, file: BinaryIO, width: int | None) -> Iterator[_Record]:
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
            line = raw.removeprefix(_BOM).decode(self._encoding)
            body = line.rstrip("\r\n")
            if len(line) < _PLAIN and not _QUOTES_OR_BREAKS.search(body):
                return tuple(body.split(","))  # as the reader below, in a quarter of the time
            return tuple(next(csv.reader(io.StringIO(line, newline=""), strict=True)))
        except (UnicodeDecodeError, csv.Error):
            raise self._not_whole(number) from None  # their text shows the record

    def _not_whole(self, number: int) -> StoreUnreadable:
        return StoreUnreadable(
            f"store `{self._store}`: the record that ends near line {number} after the head "
            f"is not whole or not in `{self._encoding}`"
        )

    def _encoded(self, cells: Iterable[str], *, like: _Record) -> bytes:
        body = like.raw.rstrip(b"\r\n")
        all_quoted = body.startswith(b'"') and body.count(b'"') >= 2 * len(like.cells)
        line = io.StringIO(newline="")
        csv.writer(
            line,
            quoting=csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL,
            lineterminator="",
        ).writerow(cells)
        try:
            return line.getvalue().encode(self._encoding) + like.raw[len(body) :]
        except UnicodeEncodeError:
            raise FormatTooNarrow(
                f"in `{self._encoding}`, which lacks a character of the value"
            ) from None


@dataclass(frozen=True, slots=True)
class _CsvBook:
    form: _CsvFormat
    file: BinaryIO

    def head(self, table: str) -> tuple[str, ...]:
        """Return the head line."""
        self.form.expect(table)
        place = self.file.tell()
        head = self.form.head(self.file).cells
        self.file.seek(place)
        return head

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield the records that hold anything, by their number."""
        self.form.expect(table)
        head = self.form.head(self.file).cells
        for number, record in enumerate(self.form.records(self.file, len(head))):
            if record.cells:
                yield number, dict(zip(head, record.cells, strict=True))
