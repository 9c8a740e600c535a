"""A hundred erasures among ten thousand persons change nobody else's row (P3.5)."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from mamoru.connectors.conformance import NOW, SHOP, act_on, permit, shop
from mamoru.connectors.sqlite import Sqlite, SqliteDialect
from mamoru.gate.terms import Operation

PERSONS = 10_000
TABLES = ("members", "orders", "order items", "reviews")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("erase") / "company.sqlite3"
    connection = sqlite3.connect(path)
    for table, sheet in SHOP.items():
        columns = ", ".join(f'"{name}" {kind}' for name, kind in sheet.columns)
        connection.execute(f'CREATE TABLE "{table}" ({columns})')
    numbers = range(1, PERSONS + 1)
    connection.executemany(
        "INSERT INTO members VALUES (?, ?, '名前', NULL)", [(n, f"m{n}@x.example") for n in numbers]
    )
    orders = [(3 * n + k, n) for n in numbers for k in range(n % 4)]
    connection.executemany("INSERT INTO orders VALUES (?, ?, '2015-01-01', 'x')", orders)
    items = [(7 * order + k, order) for order, _ in orders for k in range(2)]
    connection.executemany("INSERT INTO \"order items\" VALUES (?, ?, 'g')", items)
    connection.execute("CREATE INDEX of_member ON orders (member_no)")
    connection.execute('CREATE INDEX of_order ON "order items" (order_no)')
    connection.commit()
    connection.close()
    return path


@pytest.mark.promise("P3.5")
def test_row_by_row_only_their_rows_are_gone(company: Path) -> None:
    reader = sqlite3.connect(company)

    def rows(table: str) -> set[tuple[object, ...]]:
        return set(reader.execute(f'SELECT rowid, * FROM "{table}"'))

    before = {table: rows(table) for table in TABLES}
    erased = set(range(50, PERSONS, PERSONS // 100))
    gone = {row[1] for row in before["orders"] if row[2] in erased}
    store = Sqlite("subject", company, fence=True)

    for number in erased:
        places = shop(str(number))
        allowed = permit(Operation.ERASE, *places)
        frozen = members, orders, items = store.freeze(allowed, places, NOW)
        allowed = permit(Operation.ERASE, *places, rows=frozen)
        acts = [act_on(each, delete=True) for each in (items, orders, members)]
        store.apply(allowed, acts, fence=f"f{number}", now=NOW)

    assert len(erased) == 100
    assert rows("members") == {row for row in before["members"] if row[1] not in erased}
    assert rows("orders") == {row for row in before["orders"] if row[1] not in gone}
    assert rows("order items") == {row for row in before["order items"] if row[2] not in gone}
    assert rows("reviews") == before["reviews"]
    kept = reader.execute("SELECT count(*), group_concat(acts) FROM mamoru_fence").fetchone()
    assert kept[0] == 100
    assert not set(kept[1]) - set("[], 0123456789")
    reader.close()


def test_a_file_restored_in_place_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite3"

    def write(name: str) -> None:
        with closing(sqlite3.connect(path)) as shop:
            shop.execute("UPDATE people SET name = ?", (name,))
            shop.commit()

    with closing(sqlite3.connect(path)) as shop:
        shop.execute("CREATE TABLE people (row_id TEXT, name TEXT)")
        shop.execute("INSERT INTO people VALUES ('1', 'first')")
        shop.commit()
    old = path.read_bytes()
    store = Sqlite("shop", path)
    write("second")  # one change after the backup
    assert store.sample("people", 1)["name"] == ("second",)
    path.write_bytes(old)
    write("third")  # one change after the backup again: SQLite counts the same number

    assert store.sample("people", 1)["name"] == ("third",)


def test_our_own_writing_ends_no_connection_and_anothers_ends_them_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rollback journal gives the file a new time with each commit; only others' are feared."""
    path = tmp_path / "company.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        for table, sheet in SHOP.items():
            columns = ", ".join(f'"{name}" {kind}' for name, kind in sheet.columns)
            made.execute(f'CREATE TABLE "{table}" ({columns})')
        made.executemany(
            "INSERT INTO members VALUES (?, ?, '名前', NULL)",
            [(n, f"m{n}@x.example") for n in range(1, 9)],
        )
        made.commit()
    opened: list[str] = []
    connect = sqlite3.connect

    def counting(address: str, **how: object) -> sqlite3.Connection:
        opened.append(address[-2:])
        return connect(address, **how)  # type: ignore[call-overload,no-any-return]

    store = Sqlite("subject", path, fence=True)
    monkeypatch.setattr(sqlite3, "connect", counting)

    def erase(number: int) -> None:
        places = shop(str(number))
        allowed = permit(Operation.ERASE, *places)
        frozen = store.freeze(allowed, places, NOW)
        allowed = permit(Operation.ERASE, *places, rows=frozen)
        store.apply(allowed, [act_on(frozen[0], delete=True)], fence=f"f{number}", now=NOW)

    erase(1)
    first = len(opened)
    for number in range(2, 6):
        erase(number)

    assert opened[first:] == []
    with closing(connect(path)) as other:
        other.execute("INSERT INTO members VALUES (99, 'x', '名前', NULL)")
        other.commit()
    erase(6)
    assert sorted(opened[first:]) == ["ro", "rw"]


def test_a_file_put_in_the_place_of_one_that_is_written_is_read_at_once(tmp_path: Path) -> None:
    path, other = tmp_path / "shop.sqlite3", tmp_path / "other.sqlite3"
    for file, name in ((path, "old"), (other, "new")):
        with closing(sqlite3.connect(file)) as shop_file:
            shop_file.execute("CREATE TABLE people (row_id TEXT, name TEXT)")
            shop_file.execute("INSERT INTO people VALUES ('1', ?)", (name,))
            shop_file.commit()
    dialect = SqliteDialect(path, wait=1, limit=30, rewrite=False)
    reading, writing = dialect.engine(writing=False), dialect.engine(writing=True)
    reading.raw_connection().close()

    writer = writing.raw_connection()
    other.replace(path)
    writer.close()
    reader = reading.raw_connection()
    (name,) = reader.cursor().execute("SELECT name FROM people").fetchone()
    reader.close()
    reading.dispose()
    writing.dispose()

    assert name == "new"
