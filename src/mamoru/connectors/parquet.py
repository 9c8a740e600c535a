"""Parquet の名簿 (P3.1, P3.4): one file, one table. Schema, metadata and row groups survive."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from mamoru.connectors.port import StoreUnreadable
from mamoru.connectors.rows import Book, Edits
from mamoru.connectors.table_file import Format, FormatTooNarrow, TableFile, missing
from mamoru.datamap.terms import ColumnShape, ColumnType, Row, TableShape, Value

_AT_ONCE = 10_000


class Parquet(TableFile):
    """A connector to one Parquet file."""

    def __init__(self, name: str, path: Path, *, table: str, wait_seconds: float = 5.0) -> None:
        """Know the file; nothing is opened yet. ExtraMissing at the first call without pyarrow."""
        super().__init__(name, path, _ParquetFormat(name, table), wait_seconds=wait_seconds)
        self._table = table

    def shape(self) -> tuple[TableShape, ...]:
        """Return the one table with the families of its types."""
        with self._open() as file:
            schema = _opened(self._name, file).schema_arrow
        columns = tuple(
            ColumnShape(name=field.name, type=_family(field.type), nullable=field.nullable)
            for field in schema
        )
        return (TableShape(name=self._table, columns=columns),)


def _family(kind: Any) -> ColumnType:
    import pyarrow as pa

    known = (
        (pa.types.is_boolean, ColumnType.BOOLEAN),
        (pa.types.is_integer, ColumnType.INTEGER),
        (pa.types.is_floating, ColumnType.NUMBER),
        (pa.types.is_decimal, ColumnType.NUMBER),
        (pa.types.is_timestamp, ColumnType.DATETIME),
        (pa.types.is_date, ColumnType.DATE),
        (pa.types.is_string, ColumnType.TEXT),
        (pa.types.is_large_string, ColumnType.TEXT),
        (pa.types.is_binary, ColumnType.BINARY),
    )
    return next((family for is_it, family in known if is_it(kind)), ColumnType.OTHER)


def _opened(store: str, file: BinaryIO) -> Any:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise missing("a Parquet file", "pyarrow") from None
    file.seek(0)
    try:
        return pq.ParquetFile(file)
    except pa.ArrowInvalid:
        raise StoreUnreadable(f"store `{store}` is no Parquet file") from None


class _ParquetFormat(Format):
    def __init__(self, store: str, table: str) -> None:
        self._store = store
        self._table = table

    def tables(self, file: BinaryIO) -> tuple[str, ...]:
        return (self._table,)

    @contextmanager
    def book(self, file: BinaryIO) -> Iterator[Book]:
        yield _ParquetBook(self._store, self._table, _opened(self._store, file))

    def save(self, source: BinaryIO, target: BinaryIO, edits: Edits) -> None:
        import pyarrow.parquet as pq

        changed = edits.get(self._table, {})
        file = _opened(self._store, source)
        schema = file.schema_arrow
        with pq.ParquetWriter(target, schema, compression=_compression(file)) as writer:
            start = 0
            for number in range(file.num_row_groups):
                group = file.read_row_group(number)
                here = {
                    at - start: now for at, now in changed.items() if 0 <= at - start < len(group)
                }
                start += len(group)
                kept = _changed(group, here) if here else group
                if len(kept):
                    writer.write_table(kept, row_group_size=len(kept))


def _changed(group: Any, changed: Mapping[int, Row | None]) -> Any:
    import pyarrow as pa

    for at, field in enumerate(group.schema):
        cells = group.column(at).to_pylist()
        touched = False
        for number, now in changed.items():
            if now is not None and _plain(cells[number]) != now[field.name]:
                cells[number] = _fitting(field, now[field.name])
                touched = True
        if touched:
            group = group.set_column(at, field, pa.array(cells, type=field.type))
    gone = {number for number, now in changed.items() if now is None}
    return group.filter(pa.array([number not in gone for number in range(len(group))]))


def _fitting(field: Any, value: Value) -> object:
    import pyarrow as pa

    if value is None:
        if field.nullable:
            return None
        value = "" if _family(field.type) is ColumnType.TEXT else 0
    try:
        return pa.array([value], type=field.type)[0].as_py()
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        pass
    try:
        return pa.array([str(value)]).cast(field.type)[0].as_py()
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        raise FormatTooNarrow("a Parquet file whose column has no room for the value") from None


def _compression(file: Any) -> Any:
    if not file.metadata.num_row_groups or not file.metadata.num_columns:
        return "snappy"
    group = file.metadata.row_group(0)
    return {
        group.column(at).path_in_schema: _codec(group.column(at).compression)
        for at in range(file.metadata.num_columns)
    }


def _codec(word: str) -> str:
    return "none" if word == "UNCOMPRESSED" else word.lower()


@dataclass(frozen=True, slots=True)
class _ParquetBook:
    store: str
    table: str
    file: Any

    def head(self, table: str) -> tuple[str, ...]:
        """Return the names of the schema."""
        if table != self.table:
            raise StoreUnreadable(f"store `{self.store}` holds no table `{table}`")
        return tuple(self.file.schema_arrow.names)

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield all rows, some at a time."""
        head = self.head(table)
        number = 0
        for batch in self.file.iter_batches(batch_size=_AT_ONCE):
            columns = [column.to_pylist() for column in batch.columns]
            for cells in zip(*columns, strict=True):
                yield number, {name: _plain(cell) for name, cell in zip(head, cells, strict=True)}
                number += 1


def _plain(cell: object) -> Value:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, bytes):
        return f"0x{cell.hex()}"
    if isinstance(cell, dict | list):
        return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell)
