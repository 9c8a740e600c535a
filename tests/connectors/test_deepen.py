"""What is erased is gone from the bytes, as far as the answer says so (E2)."""

import sqlite3
from pathlib import Path

import openpyxl
import psycopg
import pytest
from openpyxl.styles import Font
from sqlalchemy.engine import make_url

from mamoru.connectors.conformance import NOW, TABLE, act_on, location, permit
from mamoru.connectors.excel import Excel
from mamoru.connectors.mariadb import Mariadb
from mamoru.connectors.parquet import Parquet
from mamoru.connectors.port import (
    Connector,
    Depth,
    ErasureRefusedByStore,
    Level,
    StoreUnreadable,
)
from mamoru.connectors.postgresql import Postgresql
from mamoru.connectors.sqlite import Sqlite
from mamoru.datamap.acts import Act
from mamoru.gate.terms import Operation, Permit
from tests.connectors import servers

CANARY = "canary-hanako-0123456789"
PLACE = location(member_id=("M1",))
ERASE = permit(Operation.ERASE, PLACE)
MAKE = f"CREATE TABLE {TABLE} (row_id VARCHAR(20), member_id VARCHAR(20), email VARCHAR(99), name VARCHAR(99), note VARCHAR(99))"
ROWS = [
    (str(n), "M1" if n % 3 == 0 else "M2", "", CANARY if n % 3 == 0 else "x", "")
    for n in range(300)
]


def meant(store: Connector) -> tuple[Permit, Act]:
    (frozen,) = store.freeze(ERASE, (PLACE,), NOW)
    return permit(Operation.ERASE, PLACE, rows=(frozen,)), act_on(frozen, delete=True)


def erase(store: Connector) -> Depth:
    allowed, act = meant(store)
    done = store.apply(allowed, (act,), fence="f", now=NOW)
    assert done.counts == (100,)
    return store.deepen(allowed, (TABLE,), NOW)


def copies(folder: Path) -> int:
    return sum(
        path.read_bytes().count(CANARY.encode()) for path in folder.rglob("*") if path.is_file()
    )


@pytest.mark.promise("P3.5")
@pytest.mark.parametrize("mode", ["wal", "delete", "persist", "truncate"])
@pytest.mark.parametrize("before", ["ON", "OFF"])
def test_sqlite_files_hold_nothing_of_it(tmp_path: Path, mode: str, before: str) -> None:
    path = tmp_path / "db.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute(f"PRAGMA secure_delete = {before}")
    connection.execute(MAKE)
    connection.execute(f"CREATE INDEX by_name ON {TABLE} (name)")
    connection.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?)", ROWS)
    connection.commit()
    assert copies(tmp_path)

    depth = erase(Sqlite("subject", path, fence=True))

    assert (depth.level, copies(tmp_path)) == (Level.RESIDUE, 0)
    connection.close()


@pytest.mark.promise("P3.5")
def test_sqlite_says_so_while_a_reader_keeps_the_log(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute(MAKE)
    connection.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?)", ROWS)
    connection.execute("BEGIN")
    connection.execute(f"SELECT count(*) FROM {TABLE}").fetchone()
    store = Sqlite("subject", path, wait_seconds=0.1)

    depth = erase(store)
    held = copies(tmp_path)
    connection.execute("ROLLBACK")
    again = store.deepen(meant(store)[0], (TABLE,), NOW)

    assert (depth.level, held > 0) == (Level.LOGICAL, True)
    assert "write-ahead log" in " ".join(depth.stays)
    assert (again.level, copies(tmp_path)) == (Level.RESIDUE, 0)
    connection.close()


def test_what_another_program_left_goes_when_the_file_is_rewritten(tmp_path: Path) -> None:
    path = tmp_path / "db.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute(MAKE)
    connection.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?)", ROWS)
    connection.commit()
    connection.execute(f"DELETE FROM {TABLE} WHERE row_id = '0'")
    connection.commit()
    connection.close()
    one = [("0", "M1", "", CANARY, "")]
    connection = sqlite3.connect(path)
    connection.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?, ?)", one)
    connection.commit()
    connection.close()

    depth = erase(Sqlite("subject", path, rewrite=True))

    assert "VACUUM" in depth.done
    assert (depth.level, depth.stays, copies(tmp_path)) == (Level.RESIDUE, (), 0)


@pytest.mark.promise("P3.5")
@pytest.mark.postgres
@pytest.mark.parametrize("rewrite", [False, True])
def test_postgresql_clears_what_it_says_and_names_the_rest(
    postgres: servers.Postgres, *, rewrite: bool
) -> None:
    url = postgres.database()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(MAKE.encode())
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {TABLE} VALUES (%s, %s, %s, %s, %s)".encode(), ROWS)
        connection.execute("ANALYZE")
        connection.execute("CHECKPOINT")
        found = connection.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        number = "".join(str(row[0]) for row in found)

        depth = erase(Postgresql("subject", url, fence=True, rewrite=rewrite))

        seen = connection.execute(
            "SELECT count(*) FROM pg_stats WHERE most_common_vals::text LIKE %s", [f"%{CANARY}%"]
        ).fetchone()
        connection.execute("CHECKPOINT")
    assert seen == (0,)
    assert depth.level is Level.LOGICAL
    in_tables = copies(postgres.folder / "base" / number)
    said = " ".join(depth.stays)
    assert "write-ahead log" in said
    if rewrite:
        assert in_tables == 0
        assert "pg_statistic" not in said
    else:
        assert "pg_statistic" in said
        assert "rewrite: true" in said


@pytest.mark.promise("P3.5")
@pytest.mark.parametrize("rewrite", [False, True])
def test_mariadb_names_what_stays(maria: servers.Maria, *, rewrite: bool) -> None:
    url = maria.database()
    name = str(make_url(url).database)
    connection = maria.connect(name, autocommit=False)
    with connection.cursor() as cursor:
        cursor.execute(MAKE)
        cursor.executemany(f"INSERT INTO {TABLE} VALUES (%s, %s, %s, %s, %s)", ROWS)
    connection.commit()
    connection.close()

    depth = erase(Mariadb("subject", url, fence=True, rewrite=rewrite))

    said = " ".join(depth.stays)
    assert depth.level is Level.LOGICAL
    assert "binary log" in said
    assert "redo log" in said
    assert ("rewrite: true" in said) is not rewrite


@pytest.mark.promise("P3.5")
def test_mariadb_names_the_history_that_a_versioned_table_keeps(maria: servers.Maria) -> None:
    url = maria.database()
    connection = maria.connect(str(make_url(url).database), autocommit=True)
    with connection.cursor() as cursor:
        cursor.execute(f"{MAKE} WITH SYSTEM VERSIONING")
        cursor.executemany(f"INSERT INTO {TABLE} VALUES (%s, %s, %s, %s, %s)", ROWS)

    depth = erase(Mariadb("subject", url, fence=True))

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {TABLE} FOR SYSTEM_TIME ALL WHERE name = %s", (CANARY,)
        )
        assert cursor.fetchone() == (100,)
    connection.close()
    assert f"`DELETE HISTORY FROM `{TABLE}`` clears it" in " ".join(depth.stays)


@pytest.mark.promise("P3.5")
def test_a_workbook_holds_nothing_of_it_and_keeps_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = TABLE
    sheet.append(["row_id", "member_id", "email", "name", "note"])
    for row in ROWS:
        sheet.append(row)
    sheet["H1"] = "=COUNTA(A2:A400)"
    sheet["H2"] = "=E3"
    sheet["B3"].font = Font(bold=True)
    book.save(path)

    depth = erase(Excel("subject", path))

    import zipfile

    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if CANARY.encode() in parts.read(name)]
    after = openpyxl.load_workbook(path)[TABLE]
    assert depth.level is Level.RESIDUE
    assert (after["H1"].value, after["H2"].value) == ("=COUNTA(A2:A400)", "=E3")
    assert after["B3"].font.b
    assert (after["A2"].value, after["A3"].value) == (None, "1")
    assert [file.name for file in tmp_path.iterdir() if "new" in file.name] == []


def test_a_formula_is_read_by_its_value_and_never_evaluated(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = TABLE
    sheet.append(["row_id", "member_id", "email", "name", "note"])
    sheet.append(["1", '="M"&1', "", "", ""])
    book.save(path)  # no program has calculated it

    store = Excel("subject", path)
    allowed, act = meant(store)

    with pytest.raises(StoreUnreadable, match="formula"):
        store.apply(allowed, (act,), fence="f", now=NOW)


def test_a_workbook_that_a_rewrite_would_harm_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = TABLE
    sheet.append(["row_id", "member_id", "email", "name", "note"])
    sheet.append(["1", "M1", "", "", ""])
    from openpyxl.chart import BarChart

    sheet.add_chart(BarChart(), "J1")
    book.save(path)
    before = path.read_bytes()
    store = Excel("subject", path)
    allowed, act = meant(store)

    with pytest.raises(ErasureRefusedByStore, match="charts"):
        store.apply(allowed, (act,), fence="f", now=NOW)

    assert path.read_bytes() == before


@pytest.mark.promise("P3.5")
def test_a_parquet_file_holds_nothing_of_it_and_keeps_schema_and_settings(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "list.parquet"
    names = ["row_id", "member_id", "email", "name", "note"]
    schema = pa.schema(
        [pa.field(name, pa.string(), metadata={"about": name}) for name in names]
        + [pa.field("points", pa.int16(), nullable=False)],
        metadata={"made-by": "warehouse"},
    )
    columns = [*zip(*ROWS, strict=True), tuple(range(300))]
    table = pa.table([list(cells) for cells in columns], schema=schema)
    pq.write_table(table, path, row_group_size=70, compression="none")

    depth = erase(Parquet("subject", path, table=TABLE))

    file = pq.ParquetFile(path)
    assert (depth.level, copies(tmp_path)) == (Level.RESIDUE, 0)
    assert file.schema_arrow.equals(schema, check_metadata=True)
    assert [file.metadata.row_group(at).num_rows for at in range(file.num_row_groups)] == [
        46,
        47,
        47,
        46,
        14,
    ]
    assert file.metadata.row_group(0).column(0).compression == "UNCOMPRESSED"
    assert file.read().num_rows == 200
