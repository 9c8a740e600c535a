"""The shop: its data in SQLite and PostgreSQL, hand-written SQL on it, and the engine's way.

The data generator is not part of the repository: `rows(persons, seed)`, `TABLES`, `INDEXES` and
`--sqlite FILE --customers N` are what is asked of it.
"""

import importlib.util
import itertools
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from mamoru.connectors.postgresql import Postgresql
from mamoru.connectors.sql import Sql
from mamoru.connectors.sqlite import Sqlite
from mamoru.datamap.acts import Act, Frozen, share
from mamoru.datamap.terms import Hop, KeyPath, Location, Match
from mamoru.gate.terms import Operation, Permit

GENERATOR = Path(__file__).resolve().parents[2] / "shared" / "data" / "shop" / "gen_shop.py"
HEAVY_EVERY = 1_000
"""Every so manieth person has about 1,850 rows; the others about 20."""
NOW = datetime(2026, 11, 22, tzinfo=UTC)
_SEED = 7
_PIECE = 100_000
NORMAL = frozenset({("support_tickets", "email"), ("newsletter", "email")})

COLUMNS = {
    "order_items": ("item_id", "order_id", "sku", "quantity", "unit_yen", "gift_message"),
    "payments": ("payment_id", "order_id", "method", "card_last4", "card_holder", "amount_yen", "paid_at"),
    "orders": ("order_id", "customer_id", "shipping_address_id", "ordered_at", "total_yen", "note"),
    "addresses": ("address_id", "customer_id", "kind", "postal_code", "prefecture", "city", "line1", "building"),
    "logins": ("login_id", "customer_id", "at", "ip", "user_agent"),
    "support_tickets": ("ticket_id", "email", "opened_at", "subject", "body"),
    "newsletter": ("subscription_id", "email", "topic", "opted_in_at"),
    "customers": ("customer_id", "email", "name", "name_kana", "phone", "birth_date", "gender", "member_status", "created_at"),
}  # fmt: skip
"""Leaves first, the table of identity last."""
CLEARED = {
    "order_items": ("gift_message",),
    "payments": ("card_last4", "card_holder"),
    "orders": ("note",),
    "addresses": ("postal_code", "line1", "building"),
    "logins": ("ip", "user_agent"),
    "support_tickets": ("email", "subject", "body"),
    "newsletter": ("email",),
    "customers": ("email", "name", "name_kana", "phone", "birth_date"),
}
_WHERE = {
    "order_items": "order_id IN (SELECT order_id FROM orders WHERE customer_id = {id})",
    "payments": "order_id IN (SELECT order_id FROM orders WHERE customer_id = {id})",
    "support_tickets": "email = {mail}",
    "newsletter": "email = {mail}",
}
_BY_ID = "customer_id = {id}"


@dataclass(frozen=True, slots=True)
class Shop:
    """One database with its connector, and hand-written SQL on a connection of its own."""

    engine: str
    at: str  # its file, or its address
    store: Sql
    hand: "Hand"
    persons: int


class Hand:
    """Hand-written SQL on one open connection, as the data's description says."""

    def __init__(self, execute: Callable[[Any, Mapping[str, Any]], Any], mark: str) -> None:
        """Write the texts once; `mark` is how the driver writes a parameter `x`."""
        self.execute = execute
        names = {name: mark.replace("x", name) for name in ("id", "mail")}
        self._where = {table: _WHERE.get(table, _BY_ID).format(**names) for table in COLUMNS}
        encode = (lambda text: text) if mark.startswith(":") else str.encode
        self._read = {
            table: encode(f"SELECT {', '.join(columns)} FROM {table} WHERE {self._where[table]}")
            for table, columns in COLUMNS.items()
        }
        self._delete = {
            table: encode(f"DELETE FROM {table} WHERE {self._where[table]}") for table in COLUMNS
        }
        self._clear = {
            table: encode(
                f"UPDATE {table} SET {', '.join(f'{column} = NULL' for column in columns)}"
                f" WHERE {self._where[table]}"
            )
            for table, columns in CLEARED.items()
        }

    def read(self, number: int) -> dict[str, list[dict[str, Any]]]:
        """Return a person's rows, eight statements."""
        values = {"id": number, "mail": mail(number)}
        return {
            table: [
                dict(zip(COLUMNS[table], row, strict=True))
                for row in self.execute(text, values).fetchall()
            ]
            for table, text in self._read.items()
        }

    def disclose(self, number: int, path: Path) -> None:
        """Read a person's rows and write them to disk."""
        write(path, self.read(number))

    def erase(self, number: int) -> None:
        """Clear a person's columns, eight statements in one transaction."""
        values = {"id": number, "mail": mail(number)}
        self.execute("BEGIN", {})
        for text in self._clear.values():
            self.execute(text, values)
        self.execute("COMMIT", {})

    def delete(self, number: int) -> None:
        """Delete a person's rows, eight statements in one transaction."""
        values = {"id": number, "mail": mail(number)}
        self.execute("BEGIN", {})
        for text in self._delete.values():
            self.execute(text, values)
        self.execute("COMMIT", {})

    def rows(self, number: int) -> int:
        """Return how many rows a person has."""
        return sum(map(len, self.read(number).values()))

    def left(self, number: int) -> int:
        """Return in how many of a person's rows a column that was to be cleared holds anything."""
        return sum(
            any(row[column] is not None for column in CLEARED[table])
            for table, rows in self.read(number).items()
            for row in rows
        )


def mail(number: int) -> str:
    """Return the address of a person."""
    return f"user{number}@example.com"


# --- stores ----------------------------------------------------------------------------------


@cache
def generator(path: Path) -> Any:
    """Load the data generator."""
    spec = importlib.util.spec_from_file_location("gen_shop", path)
    if spec is None or spec.loader is None or not path.exists():
        raise SystemExit(f"the data generator is not at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_sqlite(path: Path, persons: int, source: Path) -> None:
    """Make the data in a SQLite file, in a process of its own."""
    generator(source)
    subprocess.run(
        [sys.executable, str(source), "--sqlite", str(path), "--customers", str(persons)],
        check=True,
        capture_output=True,
    )


@contextmanager
def on_sqlite(path: Path, persons: int, *, limit_seconds: float = 30.0) -> Iterator[Shop]:
    """Open a SQLite file that was made."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    store = Sqlite("shop", path, fence=True, stored_normal=NORMAL, limit_seconds=limit_seconds)
    try:
        yield Shop("sqlite", str(path), store, Hand(connection.execute, ":x"), persons)
    finally:
        store.close()
        connection.close()


def make_postgresql(url: str, persons: int, source: Path) -> None:
    """Make the data in an empty PostgreSQL database."""
    shop = generator(source)
    with psycopg.connect(url, autocommit=True) as connection:
        for table, columns in shop.TABLES.items():
            connection.execute(f"CREATE TABLE {table} ({columns})".encode())
        rows = shop.rows(persons, _SEED)
        while piece := list(itertools.islice(rows, _PIECE)):
            for table in shop.TABLES:
                with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                    for name, row in piece:
                        if name == table:
                            copy.write_row(row)
        for table, column in shop.INDEXES:
            connection.execute(f"CREATE INDEX ON {table} ({column})".encode())
        connection.execute("VACUUM ANALYZE")


@contextmanager
def on_postgresql(url: str, persons: int) -> Iterator[Shop]:
    """Open a PostgreSQL database that was made."""
    with psycopg.connect(url, autocommit=True) as connection:

        def execute(text: Any, values: Mapping[str, Any]) -> Any:
            return connection.execute(text, values or None)

        store = Postgresql("shop", url, fence=True, stored_normal=NORMAL)
        try:
            yield Shop("postgresql", url, store, Hand(execute, "%(x)s"), persons)
        finally:
            store.close()


def opened(engine: str, at: str, persons: int) -> Any:
    """Open what was made."""
    return on_sqlite(Path(at), persons) if engine == "sqlite" else on_postgresql(at, persons)


# --- the engine's way ------------------------------------------------------------------------


def places(numbers: Iterable[int]) -> tuple[Location, ...]:
    """Return where the rows of these persons lie."""
    many = tuple(numbers)
    ids = tuple(map(str, many))
    by_id = (KeyPath(column="customer_id", kind="customer_id", keys=ids),)
    by_mail = (
        KeyPath(column="email", kind="email", match=Match.EMAIL, keys=tuple(map(mail, many))),
    )
    up = Hop(column="order_id", parent="orders", parent_column="order_id")
    through = (KeyPath(hops=(up,), column="customer_id", kind="customer_id", keys=ids),)
    ways = {
        "order_items": through,
        "payments": through,
        "support_tickets": by_mail,
        "newsletter": by_mail,
    }
    return tuple(
        Location(
            store="shop",
            table=table,
            columns=columns,
            categories=("account",) * len(columns),
            paths=ways.get(table, by_id),
        )
        for table, columns in COLUMNS.items()
    )


_NAMED = frozenset(
    ("shop", table, column) for table, columns in COLUMNS.items() for column in columns
)


def permit(
    operation: Operation, wanted: tuple[Location, ...], rows: Iterable[Frozen] = ()
) -> Permit:
    """Return a permit as the gate issues it."""
    return Permit(
        case="C-2026-000001-8",
        purpose="PU08",
        recipient="internal",
        operation=operation,
        columns=_NAMED,
        reach=frozenset(place.digest for place in wanted),
        frozen=frozenset(map(share, rows)),
        by="staff:1",
        issued_at=NOW,
        until=NOW + timedelta(minutes=15),
        policy="0" * 64,
    )


def read(store: Sql, number: int) -> dict[str, Any]:
    """Return a person's rows: places, permit, reads."""
    wanted = places([number])
    readings = store.read_all(permit(Operation.READ, wanted), wanted, NOW)
    return {reading.table: reading.rows for reading in readings}


def disclose(store: Sql, number: int, path: Path) -> None:
    """Read a person's rows and write them to disk."""
    write(path, read(store, number))


def erase(store: Sql, numbers: Iterable[int], fence: str) -> tuple[Permit, list[Act]]:
    """Freeze and apply: places, permit, keys, one transaction with its fence."""
    wanted = places(numbers)
    rows = store.freeze(permit(Operation.ERASE, wanted), wanted, NOW)
    allowed = permit(Operation.ERASE, wanted, rows)
    acts = [
        Act(
            store="shop",
            table=frozen.table,
            place=frozen.place,
            reaches=frozen.reaches,
            values=_NOTHING[frozen.table],
        )
        for frozen in rows
    ]
    store.apply(allowed, acts, fence=fence, now=NOW)
    return allowed, acts


_NOTHING = {
    table: tuple((column, None) for column in columns) for table, columns in CLEARED.items()
}


def write(path: Path, document: Any) -> None:
    """Write a document as JSON, and wait for the disk."""
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(document, ensure_ascii=False, default=str))
        file.flush()
        os.fsync(file.fileno())
