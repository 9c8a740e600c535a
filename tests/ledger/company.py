"""A ledger over a bare sqlite3 connection: the `%s` of the product becomes sqlite3's `?`."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from mamoru.ledger import append, checkpoint, storage

ORIGIN = "minato-link.example/ledger"
START = datetime(2026, 12, 7, 1, 2, 3, 4, tzinfo=UTC)


class QuestionMarks:
    """A sqlite3 cursor that takes `%s`."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def execute(self, sql: str, params: Sequence[Any] = (), /) -> Any:
        return self._cursor.execute(sql.replace("%s", "?"), params)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()

    def fetchall(self) -> Any:
        return self._cursor.fetchall()


class Company:
    """A database connection with a ledger in it, as the product has."""

    def __init__(self, path: str = ":memory:", *, seed: int = 1, origin: str = ORIGIN) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=10)
        self.storage = storage.SqlStorage(
            self._cursor,
            errors=(sqlite3.Error,),
            in_transaction=lambda: self.connection.in_transaction,
        )
        self.signer = checkpoint.Signer(origin, bytes([seed]) * 32)
        self.journal = append.Journal(self.storage, self.signer)
        self.storage.create()

    @contextmanager
    def _cursor(self) -> Iterator[storage.Cursor]:
        cursor = self.connection.cursor()
        try:
            yield QuestionMarks(cursor)
        finally:
            cursor.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def fill(self, count: int) -> "Company":
        """Append `count` entries of five cases, ten seconds apart."""
        begin = self.storage.head().frontier.size
        with self.transaction():
            for number in range(begin, begin + count):
                self.journal.append(
                    "case.demand.decided",
                    subject=f"C-2026-{number % 5:06d}-0/{number % 3 + 1}",
                    by="staff:7",
                    at=START + timedelta(seconds=10 * number),
                    body={"outcome": "refused", "grounds": ["identity-unconfirmed"], "n": number},
                )
        return self

    def close(self) -> None:
        self.connection.close()
