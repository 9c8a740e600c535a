"""Databases of the sample company moved to an engine, and the product's hands put on them there."""

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import psycopg
import pymysql
from sqlalchemy.engine import make_url

from mamoru.cases import execute
from mamoru.connectors import open as opening
from mamoru.connectors.sql import Sql
from mamoru.datamap import reading
from mamoru.site.sample.cast import Home, Someone

TABLES = ("members", "addresses", "orders", "order_items", "inquiries", "fair_visitors")
PERSONNEL = ("employees", "applicants")
Rows = dict[str, Counter[str]]


@dataclass(frozen=True, slots=True)
class Shop:
    """A database of the company on some engine, seen past the product; its shop if nothing is said."""

    kind: str
    url: str
    execute: Callable[..., list[tuple[Any, ...]]]  # a statement, and what it returns
    made: list[str] = field(default_factory=list)  # the statements that made it
    tables: tuple[str, ...] = TABLES

    def dump(self) -> Rows:
        """Return every row of every table of the company."""
        return {
            table: Counter(map(repr, self.execute(f"SELECT * FROM {table}")))
            for table in self.tables
        }


def schema(tables: tuple[str, ...] = TABLES) -> list[str]:
    """Return the statements that make a database: a guardian's row may go, a status be unknown."""
    script = "shop.sql" if tables == TABLES else "personnel.sql"
    text = (resources.files("mamoru.site.sample") / script).read_text("utf-8")
    made = text.partition("-- insert")[0]
    made = re.sub(r"--.*\n", "", made)
    made = made.replace(
        "guardian_member_id TEXT REFERENCES members (member_id)",
        "guardian_member_id TEXT REFERENCES members (member_id) ON DELETE SET NULL",
    ).replace("status TEXT NOT NULL CHECK", "status TEXT CHECK")
    return [each.strip() for each in made.split(";") if each.strip()]


def of_sqlite(path: Path, source: Path) -> Shop:
    """Make the shop anew in a file of SQLite."""

    def execute_(statement: str, rows: Sequence[Sequence[Any]] = ()) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            if ";" in statement:
                connection.executescript(statement)
                return []
            connection.execute("BEGIN IMMEDIATE")  # many rows are one transaction
            found = _run(connection.cursor(), statement.replace("%s", "?"), rows)
            connection.execute("COMMIT")
            return found

    return _filled(Shop("sqlite", str(path), execute_), schema(), source)


def of_postgresql(url: str, source: Path, tables: tuple[str, ...] = TABLES) -> Shop:
    """Make the shop, or other tables, in an empty database of PostgreSQL."""

    def execute_(statement: str, rows: Sequence[Sequence[Any]] = ()) -> list[tuple[Any, ...]]:
        with psycopg.connect(url, autocommit=not rows) as connection:
            return _run(connection.cursor(), statement, rows)

    made = [
        each.replace("DATETIME", "timestamp").replace("INTEGER", "bigint")
        for each in schema(tables)
    ]
    return _filled(Shop("postgresql", url, execute_, tables=tables), made, source)


def of_mariadb(url: str, socket: str, source: Path, tables: tuple[str, ...] = TABLES) -> Shop:
    """Make the shop, or other tables, in an empty database of MariaDB."""
    name = make_url(url).database

    def execute_(statement: str, rows: Sequence[Sequence[Any]] = ()) -> list[tuple[Any, ...]]:
        with closing(
            pymysql.connect(
                unix_socket=socket,
                user="root",
                database=name,
                autocommit=not rows,
                ssl_disabled=True,
            )
        ) as connection:
            connection.cursor().execute("SET foreign_key_checks = 0")
            found = _run(connection.cursor(), statement, rows)
            connection.commit()
            return found

    long = re.compile(r"(?<!body )(?<!reply )\bTEXT\b")
    made = [long.sub("VARCHAR(190)", each) for each in schema(tables)]
    return _filled(Shop("mariadb", url, execute_, tables=tables), made, source)


def _run(cursor: Any, statement: str, rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    if rows:
        cursor.executemany(statement, rows)
        return []
    cursor.execute(statement)
    return list(cursor.fetchall()) if cursor.description else []


def _filled(shop: Shop, statements: list[str], source: Path) -> Shop:
    for statement in statements:
        shop.execute(statement)
        shop.made.append(statement)
    with closing(sqlite3.connect(source)) as old:
        for table in shop.tables:
            rows = old.execute(f"SELECT * FROM {table}").fetchall()
            if table == "members":  # who is named by others first
                rows.sort(key=lambda row: row[9] is not None)
            marks = ", ".join(["%s"] * len(rows[0]))
            shop.execute(f"INSERT INTO {table} VALUES ({marks})", rows)
    return shop


@contextmanager
def in_hand(
    shop: Shop, home: Path, folder: Path, *, personnel: Shop | None = None
) -> Iterator[Path]:
    """Install the shop as the company's, personnel too; yield a folder whose data map says so."""
    text = (home / "datamap.yaml").read_text("utf-8")
    changes = {
        "    kind: sqlite\n    url: shop.sqlite3\n": f"    kind: {shop.kind}\n    url: '{shop.url}'\n",
        "    kind: sqlite\n    url: personnel.sqlite3\n": (
            f"    kind: {personnel.kind if personnel else 'sqlite'}\n"
            f"    url: '{personnel.url if personnel else home / 'personnel.sqlite3'}'\n"
        ),
        "url: mailing.csv": f"url: {home / 'mailing.csv'}",
        "parent_column: member_id }\n        # 停止": (
            "parent_column: member_id, on_delete: set-null }\n        # 停止"
        ),
        ", neutral: withdrawn }": " }",
    }
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "datamap.yaml").write_text(text, "utf-8")
    before = execute.hands()
    datamap = reading.load(folder / "datamap.yaml")
    connectors = {each.name: opening.connector(each, base=folder) for each in datamap.stores}
    execute.install(replace(before, datamap=datamap, connectors=connectors))
    try:
        yield folder
    finally:
        execute.install(before)
        for each in connectors.values():
            if isinstance(each, Sql):
                each.close()


def somebody(source: Path, *, after: int, count: int) -> list[Someone]:
    """Return `count` members of the company who live with nobody's mail address but their own."""
    with closing(sqlite3.connect(source)) as shop:
        rows = shop.execute(
            "SELECT m.*, a.postal_code, a.address, a.building FROM members m"
            " JOIN addresses a ON a.member_id = m.member_id AND a.valid_to IS NULL"
            " WHERE m.guardian_member_id IS NULL AND m.status = 'active' AND m.email IN"
            " (SELECT email FROM members GROUP BY email HAVING count(*) = 1)"
            " ORDER BY m.member_id LIMIT ? OFFSET ?",
            (count, after),
        ).fetchall()
    return [
        Someone(
            family_name=row[1],
            given_name=row[2],
            family_name_kana=row[3],
            given_name_kana=row[4],
            birth=date.fromisoformat(row[5]),
            home=Home(postal_code=row[14], address=row[15], building=row[16] or ""),
            email=row[6],
            phone=row[7],
            keys={"member_id": (row[0],), "email": (row[6],)},
        )
        for row in rows
    ]
