"""The folder of the sweeps: 花子's approved case of disclosure, correction and erasure."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import connection

from mamoru.cases import actions, store
from mamoru.cases.terms import Demand, DemandKind
from mamoru.site.sample import cast
from tests.cases import acts
from tests.faults.evidence import NEW_EMAIL, Evidence, gather
from tests.faults.tracing import Tracer

ROUNDS = 4
"""Restarts within which everything must be done; a wait of the worker counts as one."""


def approved() -> str:
    """Bring 花子's case to the point at which a worker takes it up."""
    demands = (
        Demand(kind=DemandKind.DISCLOSURE, items=("all",)),
        Demand(
            kind=DemandKind.CORRECTION,
            items=("contact",),
            before=cast.HANAKO.email,
            after=NEW_EMAIL,
        ),
        Demand(kind=DemandKind.ERASURE, items=("all",)),
    )
    case_id = acts.verified_of(replace(acts.filing(cast.HANAKO), demands=demands), cast.HANAKO)
    case = store.case(case_id)
    ref = "shop/members/M000001/email"
    actions.name_value(case.demands[1].id, ref, by=acts.SUZUKI, now=acts.NOW, version=case.version)
    acts.decide(case_id)
    acts.approve(case_id)
    return str(case_id)


@dataclass(frozen=True, slots=True)
class Lab:
    """A folder that is put back for each point, and a loaded product to fork from."""

    home: Path
    first: Path
    case_id: str
    server: "subprocess.Popen[str]"

    def put_back(self) -> None:
        """Make the folder as it was when the case was approved."""
        for path in self.home.iterdir():
            if path.is_file():
                path.unlink()
        for path in self.first.iterdir():
            if path.is_file():
                shutil.copy(path, self.home)

    def run(self, *how: str) -> tuple[int, str]:
        """Carry the case out in a fork, traced where `how` says so; return its end and the trace."""
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        print(self.case_id, file=self.server.stdin, flush=True)
        process = int(self.server.stdout.readline())
        _wait_until_stopped(process)
        tracer = Tracer(process, *how) if how else None
        os.kill(process, signal.SIGCONT)
        code = int(json.loads(self.server.stdout.readline())["code"])
        return code, tracer.close() if tracer else ""

    def until_done(self) -> int:
        """Restart without faults until all is done; return how often that took."""
        for number in range(1, ROUNDS + 1):
            code, _ = self.run()
            if code == 0:
                return number
        return 0

    def look(self) -> Evidence:
        """Return what the databases say now."""
        return gather(self.home)


def _wait_until_stopped(process: int) -> None:
    state = Path(f"/proc/{process}/stat")
    while state.read_text().rpartition(")")[2].split()[0] != "T":
        pass


@contextmanager
def lab(source: Path, place: Path, case_id: str) -> Iterator[Lab]:
    """Copy a company's folder twice and load the product on one of the copies."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    home, first = place / "home", place / "first"
    for to in (home, first):
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("*.copy", "data", "logs"))
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.lab", str(home), case_id],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Lab(home, first, case_id, server)
    finally:
        server.kill()
        server.communicate()
