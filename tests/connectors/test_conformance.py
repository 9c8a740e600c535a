"""Every connector passes the one suite (P3.1, P3.4)."""

import csv
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from mamoru.connectors.conformance import COLUMNS, TABLE, Conformance, Subject
from mamoru.connectors.csv import Csv
from mamoru.connectors.sqlite import Sqlite


@pytest.mark.promise("P3.1", "P3.4")
class TestSqlite(Conformance):
    """SQLite; empty cells are NULL."""

    def prepare(self, folder: Path, rows: Sequence[tuple[str, ...]]) -> Subject:
        path = folder / "subject.sqlite3"
        connection = sqlite3.connect(path)
        connection.execute(f"CREATE TABLE {TABLE} ({', '.join(f'{c} TEXT' for c in COLUMNS)})")
        connection.executemany(
            f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?)",
            [[row[0], row[1] or None, *row[2:]] for row in rows],
        )
        connection.commit()
        connection.close()

        def dump() -> Sequence[tuple[str, ...]]:
            reader = sqlite3.connect(path)
            found = reader.execute(f"SELECT * FROM {TABLE} ORDER BY row_id").fetchall()
            reader.close()
            return [tuple(cell or "" for cell in row) for row in found]

        return Subject(Sqlite("subject", path), dump, path.unlink)


class _Csv(Conformance):
    encoding: str
    ending: str

    def prepare(self, folder: Path, rows: Sequence[tuple[str, ...]]) -> Subject:
        path = folder / "subject.csv"
        with path.open("x", encoding=self.encoding, newline="") as file:
            writer = csv.writer(file, lineterminator=self.ending)
            writer.writerows([COLUMNS, *rows])

        def dump() -> Sequence[tuple[str, ...]]:
            with path.open(encoding=self.encoding, newline="") as file:
                return [tuple(row) for row in csv.reader(file)][1:]

        connector = Csv("subject", path, table=TABLE, encoding=self.encoding)
        return Subject(connector, dump, path.unlink)


@pytest.mark.promise("P3.1", "P3.4")
class TestCsvForExcel(_Csv):
    """UTF-8 with BOM and CRLF."""

    encoding, ending = "utf-8-sig", "\r\n"


@pytest.mark.promise("P3.1", "P3.4")
class TestCsvPlain(_Csv):
    """UTF-8 without BOM, LF."""

    encoding, ending = "utf-8", "\n"
