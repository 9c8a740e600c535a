"""Excel の名簿 (P3.1, P3.4): a workbook, each sheet a table whose first row is the head.

Formulas are never evaluated: a cell that holds one is read by the value that Excel
kept with it. A row that goes is emptied and not moved, so that no formula elsewhere
comes to point at another person's row.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from mamoru.connectors.port import StoreUnreadable
from mamoru.connectors.rows import Book, Edits
from mamoru.connectors.table_file import Format, FormatTooNarrow, TableFile, missing
from mamoru.datamap.terms import ColumnShape, ColumnType, Row, TableShape, Value

if TYPE_CHECKING:
    from openpyxl import Workbook

_LOST = ("xl/charts/", "xl/media/", "xl/pivot", "xl/externalLinks/", "xl/embeddings/", "xl/vba")
"""Parts of a workbook that a rewrite would lose: it is refused."""
_LONGEST_CELL = 32_767


class Excel(TableFile):
    """A connector to one workbook."""

    def __init__(self, name: str, path: Path, *, wait_seconds: float = 5.0) -> None:
        """Know the file; nothing is opened yet. ExtraMissing at the first call without openpyxl."""
        super().__init__(name, path, _ExcelFormat(name), wait_seconds=wait_seconds)

    def shape(self) -> tuple[TableShape, ...]:
        """Return a table a sheet; a column's type is that of its first filled cell."""
        with self._open() as file, self._form.book(file) as book:
            names = self._form.tables(file)
            return tuple(
                TableShape(
                    name=name,
                    columns=tuple(
                        ColumnShape(name=column, type=_type(book, name, column))
                        for column in book.head(name)
                    ),
                )
                for name in sorted(names)
            )


def _type(book: Book, table: str, column: str) -> ColumnType:
    for _, row in book.rows(table):
        value = row[column]
        if isinstance(value, int | float):
            return ColumnType.INTEGER if isinstance(value, int) else ColumnType.NUMBER
        if value is not None:
            return ColumnType.TEXT
    return ColumnType.TEXT


class _ExcelFormat(Format):
    keeps = "what other sheets' formulas keep as their last value; saving in Excel clears it"

    def __init__(self, store: str) -> None:
        self._store = store

    def tables(self, file: BinaryIO) -> tuple[str, ...]:
        workbook = self._load(file)
        try:
            return tuple(sheet.title for sheet in workbook.worksheets)
        finally:
            workbook.close()

    @contextmanager
    def book(self, file: BinaryIO) -> Iterator[Book]:
        values = self._load(file, data_only=True)
        formulas = self._load(file)
        try:
            yield _ExcelBook(self._store, values, formulas)
        finally:
            values.close()
            formulas.close()

    def save(self, source: BinaryIO, target: BinaryIO, edits: Edits) -> None:
        with zipfile.ZipFile(source) as parts:
            if any(name.startswith(_LOST) for name in parts.namelist()):
                raise FormatTooNarrow(
                    "a workbook with charts, pictures or macros, which would be lost"
                )
        workbook = self._load(source)
        for table, changed in edits.items():
            sheet = workbook[table]
            width = len(_names(next(sheet.iter_rows(max_row=1, values_only=True))))
            for number, now in changed.items():
                row = [sheet.cell(row=number, column=at + 1) for at in range(width)]
                if now is None:
                    for cell in row:
                        cell.value = None
                        cell.comment = None
                        cell.hyperlink = None
                    continue
                for cell, value in zip(row, now.values(), strict=True):
                    if _plain(cell.value) == value or cell.data_type == "f":
                        continue
                    cell.value = _fitting(cell.value, value)
                    if isinstance(value, str) and cell.value == value:
                        cell.data_type = "s"  # a text that begins with `=` is no formula
        workbook.save(target)
        workbook.close()

    def _load(self, file: BinaryIO, *, data_only: bool = False) -> "Workbook":
        try:
            import openpyxl
        except ImportError:
            raise missing("an Excel workbook", "openpyxl") from None
        file.seek(0)
        try:
            return openpyxl.load_workbook(file, data_only=data_only)
        except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
            raise StoreUnreadable(f"store `{self._store}` is no Excel workbook") from None


@dataclass(frozen=True, slots=True)
class _ExcelBook:
    store: str
    values: Any
    formulas: Any

    def head(self, table: str) -> tuple[str, ...]:
        """Return the first row, up to its first empty cell."""
        if table not in self.values.sheetnames:
            raise StoreUnreadable(f"store `{self.store}` holds no table `{table}`")
        first = next(self.values[table].iter_rows(max_row=1, values_only=True), ())
        names = _names(first)
        if not names or len(set(names)) < len(names):
            raise StoreUnreadable(f"`{self.store}.{table}` has no head row with distinct names")
        return tuple(names)

    def rows(self, table: str) -> Iterator[tuple[int, Row]]:
        """Yield the rows that hold anything, by their number in the sheet."""
        head = self.head(table)
        width = len(head)
        sheet, origin = self.values[table], self.formulas[table]
        for number, cells in enumerate(
            sheet.iter_rows(min_row=2, max_col=width, values_only=True), start=2
        ):
            if all(cell is None for cell in cells) and all(
                origin.cell(row=number, column=at + 1).value is None for at in range(width)
            ):
                continue
            row: dict[str, Value] = {}
            for at, name in enumerate(head):
                if cells[at] is None and origin.cell(row=number, column=at + 1).value is not None:
                    raise StoreUnreadable(
                        f"`{self.store}.{table}`: row {number} holds a formula without its value; "
                        "open the workbook in Excel and save it"
                    )
                row[name] = _plain(cells[at])
            yield number, row


def _names(first: Iterable[object]) -> list[str]:
    """Return the head of a table up to the first empty cell: what lies beyond is not the table's."""
    names = (str(cell).strip() if cell is not None else "" for cell in first)
    return list(takewhile(bool, names))


def _plain(cell: object) -> Value:
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    if cell is None or isinstance(cell, str | int | float):
        return cell
    return str(cell)


def _fitting(old: object, value: Value) -> Any:
    """Return a value in the kind of the cell that it replaces, where it can be that."""
    if value is None or not isinstance(value, str):
        return value
    if len(value) > _LONGEST_CELL:
        raise FormatTooNarrow("an Excel workbook, which lacks room for the value in one cell")
    read = next((read for kind, read in _KINDS if isinstance(old, kind)), None)
    if read is None or isinstance(old, bool):
        return value
    try:
        fitting = read(value)
    except ValueError:
        return value
    return value if isinstance(fitting, int) and str(fitting) != value else fitting


_KINDS: tuple[tuple[type, Callable[[str], Any]], ...] = (
    (int, int),
    (float, float),
    (datetime, datetime.fromisoformat),
    (date, date.fromisoformat),
)
