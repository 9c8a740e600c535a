"""Ctrl+C ends the server with all its processes, whenever it comes; so does the death of its parent."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib import request
from urllib.error import URLError

import pytest

from mamoru.site import serving
from tests.conftest import Company
from tests.site.test_work import until

SOURCE = str(Path(serving.__file__).resolve().parents[2])
pytestmark = pytest.mark.django_db


class Server:
    """`mamoru serve` in a session of its own, as a terminal starts it."""

    def __init__(self, house: Company) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "mamoru.site", "serve"),
                *("--home", str(house.home), "--bind", f"127.0.0.1:{self.port}"),
            ],
            env={**os.environ, "PYTHONPATH": SOURCE},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def answers(self) -> bool:
        try:
            with request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as page:
                return bool(page.status == 200)
        except (URLError, OSError):
            return False

    def has_child(self) -> bool:
        try:
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
            return bool(children.read_text().split())
        except OSError:
            return False

    def is_gone(self) -> bool:
        """Whether no process of the session lives any more."""
        listed = subprocess.run(
            ["ps", "-o", "stat=", "-s", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return not [state for state in listed.stdout.split() if not state.startswith("Z")]


@pytest.fixture
def server(house: Company) -> Iterator[Server]:
    made = Server(house)
    try:
        yield made
    finally:
        if not made.is_gone():
            os.killpg(made.process.pid, signal.SIGKILL)
        made.process.wait()


@pytest.mark.parametrize("moment", ["when it answers", "when its worker is born"])
def test_ctrl_c_ends_it_long_before_it_would_be_killed(server: Server, moment: str) -> None:
    until(server.answers if moment == "when it answers" else server.has_child)

    os.killpg(server.process.pid, signal.SIGINT)

    server.process.wait(timeout=serving.KILL_SECONDS - 5)
    assert server.is_gone()


def test_it_does_not_outlive_a_parent_that_was_killed(server: Server) -> None:
    until(server.answers)

    server.process.kill()

    until(server.is_gone)
    assert not server.answers()
