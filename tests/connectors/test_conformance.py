"""Every connector passes the one suite (P3.1, P3.4 to P3.7)."""

import csv
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy.engine import make_url

from mamoru.connectors.conformance import (
    NOW,
    TABLE,
    Conformance,
    Relations,
    Sheet,
    Subject,
    location,
    permit,
)
from mamoru.connectors.csv import Csv
from mamoru.connectors.excel import Excel
from mamoru.connectors.http import Http
from mamoru.connectors.mariadb import Mariadb
from mamoru.connectors.parquet import Parquet
from mamoru.connectors.port import StoreUnreadable
from mamoru.connectors.postgresql import Postgresql
from mamoru.connectors.sql import Sql
from mamoru.connectors.sqlite import Sqlite
from mamoru.datamap.terms import ColumnType, Match, Row
from mamoru.gate.terms import Operation
from tests.connectors import servers
from tests.connectors.service import Service, Tables

PROMISES = pytest.mark.promise("P3.1", "P3.4", "P3.5", "P3.6")


def shown(rows: Iterable[Sequence[Any]]) -> list[tuple[str, ...]]:
    """Return rows as the suite compares them."""
    return [tuple("" if cell is None else str(cell) for cell in row) for row in rows]


def fill(
    execute: Callable[..., Any],
    sheets: Mapping[str, Sheet],
    types: Mapping[ColumnType, str],
    mark: str,
) -> None:
    """Make the tables by the engine's own driver."""
    quote = "`" if mark == "%s" and types[ColumnType.TEXT] != "text" else '"'
    for table, sheet in sheets.items():
        columns = ", ".join(
            f"{quote}{name}{quote} {types[kind]}{' NOT NULL' if name in sheet.filled else ''}"
            for name, kind in sheet.columns
        )
        execute(f"CREATE TABLE {quote}{table}{quote} ({columns})")
        marks = ", ".join([mark] * len(sheet.columns))
        for row in sheet.rows:
            execute(f"INSERT INTO {quote}{table}{quote} VALUES ({marks})", row)


@PROMISES
class Indexed(Conformance, Relations):
    """A database, in which a key may be looked for as it is stored, by an index."""

    def test_tells_whether_a_key_is_stored_as_it_is_compared(self, tmp_path: Path) -> None:
        connector = self.prepare(tmp_path).connector

        assert connector.strays(TABLE, "email", Match.EMAIL)
        assert not connector.strays(TABLE, "member_id", Match.SPACELESS)

    def test_a_column_that_was_away_for_a_while_is_read_again(self, tmp_path: Path) -> None:
        subject = self.prepare(tmp_path)
        place = location(member_id=("M1",))
        allowed = permit(Operation.READ, place)

        def rename(was: str, name: str) -> None:
            assert isinstance(subject.connector, Sql)
            with subject.connector._connections._writer.begin() as connection:
                statement = f"ALTER TABLE {TABLE} RENAME COLUMN {was} TO {name}"
                connection.exec_driver_sql(statement)

        before = subject.connector.read(allowed, place, NOW)
        rename("email", "mail")
        for _ in range(2):  # once as the database says it, once as it was found to be
            with pytest.raises(StoreUnreadable):
                subject.connector.read(allowed, place, NOW)
        rename("mail", "email")

        assert subject.connector.read(allowed, place, NOW) == before


class TestSqlite(Indexed):
    """SQLite."""

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        path = folder / "subject.sqlite3"
        connection = sqlite3.connect(path)
        types = {ColumnType.TEXT: "TEXT", ColumnType.INTEGER: "INTEGER", ColumnType.DATE: "DATE"}
        fill(connection.execute, sheets, types, "?")
        connection.commit()
        connection.close()

        def dump(table: str) -> Sequence[tuple[str, ...]]:
            reader = sqlite3.connect(path)
            found = reader.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
            reader.close()
            return shown(found)

        return Subject(self.connector(path), dump, path.unlink)

    def connector(self, path: Path) -> Sql:
        return Sqlite("subject", path, fence=True)


@PROMISES
class TestSqliteWithoutFence(TestSqlite):
    """Where no table of ours is allowed."""

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        made = super().build(folder, sheets)
        return Subject(made.connector, made.dump, made.take_away, fenced=False)

    def connector(self, path: Path) -> Sql:
        return Sqlite("subject", path)


@PROMISES
@pytest.mark.postgres
class TestPostgresql(Indexed):
    """PostgreSQL."""

    @pytest.fixture(autouse=True)
    def _server(self, postgres: servers.Postgres) -> None:
        self.server = postgres

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        url = self.server.database()
        types = {ColumnType.TEXT: "text", ColumnType.INTEGER: "bigint", ColumnType.DATE: "date"}
        with psycopg.connect(url) as connection:
            fill(connection.execute, sheets, types, "%s")
        store = Postgresql("subject", url, fence=True, wait_seconds=2.0)

        def dump(table: str) -> Sequence[tuple[str, ...]]:
            with psycopg.connect(url) as reader:
                return shown(reader.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall())

        def take_away() -> None:
            with psycopg.connect(self.server.url(), autocommit=True) as admin:
                admin.execute(f"DROP DATABASE {make_url(url).database} WITH (FORCE)")

        return Subject(store, dump, take_away)


@PROMISES
class TestMariadb(Indexed):
    """MariaDB, in its usual collation, which holds many letters to be the same."""

    @pytest.fixture(autouse=True)
    def _server(self, maria: servers.Maria) -> None:
        self.server = maria

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        url = self.server.database()
        name = str(make_url(url).database)

        def connect() -> Any:
            return self.server.connect(name, autocommit=False)

        types = {
            ColumnType.TEXT: "VARCHAR(500)",
            ColumnType.INTEGER: "BIGINT",
            ColumnType.DATE: "DATE",
        }
        connection = connect()
        fill(connection.cursor().execute, sheets, types, "%s")
        connection.commit()
        connection.close()
        store = Mariadb("subject", url, fence=True)

        def dump(table: str) -> Sequence[tuple[str, ...]]:
            return shown(self.server.run(f"SELECT * FROM `{table}` ORDER BY 1", name))

        def take_away() -> None:
            self.server.run(f"DROP DATABASE {name}")
            for number, of in self.server.run("SELECT ID, DB FROM information_schema.PROCESSLIST"):
                if of == name:
                    self.server.run(f"KILL {number}")

        return Subject(store, dump, take_away)


class _Csv(Conformance):
    encoding: str
    ending: str

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        ((table, sheet),) = sheets.items()
        path = folder / "subject.csv"
        with path.open("x", encoding=self.encoding, newline="") as file:
            writer = csv.writer(file, lineterminator=self.ending)
            writer.writerows([[name for name, _ in sheet.columns], *sheet.rows])

        def dump(_: str) -> Sequence[tuple[str, ...]]:
            with path.open(encoding=self.encoding, newline="") as file:
                return [tuple(row) for row in csv.reader(file)][1:]

        connector = Csv("subject", path, table=table, encoding=self.encoding)
        return Subject(connector, dump, path.unlink, fenced=False)


@PROMISES
class TestCsvForExcel(_Csv):
    """UTF-8 with BOM and CRLF."""

    encoding, ending = "utf-8-sig", "\r\n"


@PROMISES
class TestCsvPlain(_Csv):
    """UTF-8 without BOM, LF."""

    encoding, ending = "utf-8", "\n"


def typed(sheet: Sheet) -> list[list[object]]:
    """Return the cells as numbers and days where the columns are such."""
    reads: dict[ColumnType, Callable[[str], object]] = {
        ColumnType.INTEGER: int,
        ColumnType.DATE: date.fromisoformat,
    }
    return [
        [
            None if cell is None else reads.get(kind, str)(cell)
            for cell, (_, kind) in zip(row, sheet.columns, strict=True)
        ]
        for row in sheet.rows
    ]


@PROMISES
class TestExcel(Conformance, Relations):
    """A workbook."""

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        path = folder / "subject.xlsx"
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for table, sheet in sheets.items():
            made = book.create_sheet(table)
            made.append([name for name, _ in sheet.columns])
            for row in typed(sheet):
                made.append(row)
            for cell in chain.from_iterable(made.iter_rows(min_row=2)):
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        book.save(path)

        def dump(table: str) -> Sequence[tuple[str, ...]]:
            rows = openpyxl.load_workbook(path)[table].iter_rows(min_row=2, values_only=True)
            return [row for row in shown(rows) if any(row)]

        return Subject(Excel("subject", path), dump, path.unlink, fenced=False)


@PROMISES
class TestParquet(Conformance):
    """A Parquet file."""

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        ((table, sheet),) = sheets.items()
        path = folder / "subject.parquet"
        columns = list(zip(*typed(sheet), strict=True))
        names = [name for name, _ in sheet.columns]
        made = pa.table({name: list(cells) for name, cells in zip(names, columns, strict=True)})
        pq.write_table(made, path, row_group_size=2)

        def dump(_: str) -> Sequence[tuple[str, ...]]:
            found = pq.read_table(path).to_pydict()
            return shown(zip(*found.values(), strict=True))

        return Subject(Parquet("subject", path, table=table), dump, path.unlink, fenced=False)


@PROMISES
class TestHttp(Conformance, Relations):
    """A service that speaks the protocol."""

    @pytest.fixture(autouse=True)
    def _services(self) -> Iterator[None]:
        self.services: list[Service] = []
        self.connectors: list[Http] = []
        yield
        for connector in self.connectors:
            connector.close()
        for service in self.services:
            service.stop()

    def build(self, folder: Path, sheets: Mapping[str, Sheet]) -> Subject:
        columns = {
            table: [(n, str(k)) for n, k in sheet.columns] for table, sheet in sheets.items()
        }
        cells: dict[str, dict[int, Row]] = {}
        for table, sheet in sheets.items():
            reads: dict[ColumnType, Callable[[str], str | int]] = {ColumnType.INTEGER: int}
            cells[table] = {
                at: {
                    name: None if cell is None else reads.get(kind, str)(cell)
                    for cell, (name, kind) in zip(row, sheet.columns, strict=True)
                }
                for at, row in enumerate(sheet.rows)
            }
        tables = Tables(columns, cells)
        service = Service(tables)
        connector = Http("subject", service.url)
        self.services.append(service)
        self.connectors.append(connector)

        def dump(table: str) -> Sequence[tuple[str, ...]]:
            return shown(list(row.values()) for row in tables.cells[table].values())

        def take_away() -> None:
            connector.close()
            service.stop()

        return Subject(connector, dump, take_away)
