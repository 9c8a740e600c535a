"""The ledger: appending and verifying entries, against plain rows and a bare hash chain.

Baselines: the same rows written by one INSERT an entry without a tree or signature (the
price of proof), and a SHA-256 pass over the same bytes (the physical limit of verifying).
"""

import argparse
import hashlib
import json
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import machine
from mamoru.ledger import append, checkpoint, entry, export, verify
from mamoru.ledger.storage import SqlStorage

ROUNDS = 5


class _Cursor:
    """An sqlite3 cursor that takes `%s`, as Django's does."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def execute(self, sql: str, params: Any = ()) -> Any:
        return self._cursor.execute(sql.replace("%s", "?"), params)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> Any:
        return self._cursor.fetchall()


def main(arguments: list[str] | None = None) -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--scale", choices=["small", "full"], default="small")
    given = parser.parse_args(arguments)
    count = 2_000 if given.scale == "small" else 100_000
    with tempfile.TemporaryDirectory() as folder:
        document = measure(Path(folder), count)
    json.dump(document, sys.stdout, indent=None if given.json else 2)
    print()


def measure(folder: Path, count: int) -> dict[str, Any]:
    """Return the ratios over `count` entries, interleaved, five rounds each."""
    appended, plain = [], []
    for number in range(ROUNDS):
        appended.append(machine.cpu(partial(_append, folder / f"ledger-{number}.db", count)))
        plain.append(machine.cpu(partial(_plain, folder / f"plain-{number}.db", count)))
    journal, connection = _open(folder / "ledger-0.db")
    out = export.FileExport(folder / "export")
    lines = [line.data for line in journal.storage.lines()]
    out.write(lines, journal.checkpoint(), journal.signer.public)
    verified, hashed = [], []
    for _ in range(ROUNDS):
        verified.append(machine.cpu(lambda: verify.verify_export(out, journal.signer.public)))
        hashed.append(machine.cpu(lambda: [hashlib.sha256(line).digest() for line in lines]))
    connection.close()
    return {
        "name": "ledger",
        "machine": machine.described(),
        "entries": count,
        "append, ratio to a plain row": machine.spread(
            [ours / bare for ours, bare in zip(appended, plain, strict=True)]
        ),
        "append, CPU ms an entry": machine.spread([1000 * value / count for value in appended]),
        "verify an export, ratio to hashing its bytes": machine.spread(
            [ours / bare for ours, bare in zip(verified, hashed, strict=True)]
        ),
        "verify, CPU ms an entry": machine.spread([1000 * value / count for value in verified]),
        "peak memory MB": machine.peak_memory_mb(),
    }


def _open(path: Path) -> tuple[append.Journal, sqlite3.Connection]:
    connection = sqlite3.connect(path)

    @contextmanager
    def cursor() -> Iterator[_Cursor]:
        yield _Cursor(connection.cursor())

    storage = SqlStorage(cursor, errors=(sqlite3.Error,))
    storage.create()
    signer = checkpoint.Signer("bench.example/ledger", bytes(32))
    return append.Journal(storage=storage, signer=signer), connection


def _entries(count: int) -> Iterator[tuple[str, datetime, dict[str, Any]]]:
    begin = datetime(2026, 11, 22, tzinfo=UTC)
    for number in range(count):
        body = {"rows": number % 50, "values": hashlib.sha256(b"%d" % number).hexdigest()}
        yield f"C-2026-{number % 1000:06d}-0", begin + timedelta(seconds=number), body


def _append(path: Path, count: int) -> None:
    journal, connection = _open(path)
    for subject, at, body in _entries(count):
        journal.append("case.place.read", subject=subject, by="system", at=at, body=body)
        connection.commit()
    connection.close()


def _plain(path: Path, count: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE row (id integer primary key, subject text, data text)")
    for number, (subject, at, body) in enumerate(_entries(count)):
        made = entry.Entry(
            index=number, kind="case.place.read", at=at, by="system", subject=subject, body=body
        )
        data = entry.encode(made).decode()
        connection.execute("INSERT INTO row VALUES (?, ?, ?)", (number, subject, data))
        connection.commit()
    connection.close()


if __name__ == "__main__":
    main()
