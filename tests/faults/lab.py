"""Processes that carry one approved case out and can be killed at any system call.

`python -m tests.faults.lab FOLDER CASE` loads the product once, carries the case out but for its
letter, so that everything that can be kept ready is, and then forks, for each case number on its
standard input, a process that carries that case out. Its number is printed; it stops itself so
that a tracer can be put on it, and goes on when it is told to. What runs in it is the unmodified
product: the faults come from the kernel. The folder is put back before each.
"""

import ctypes
import gc
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
ANY_TRACER = (0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER, PR_SET_PTRACER_ANY
READY, WAITING, BROKE = 0, 4, 1


def serve(case_id: str) -> None:
    """Fork a process a line: `CASE` carries it out; the answer is the process' number, then its end."""
    import django

    django.setup()
    from mamoru.cases import actions, answer  # noqa: F401 - loaded once, for all forks
    from mamoru.site import wiring

    wiring.wire()
    _warm(case_id)
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_carry_out(line.strip()))
        print(child, flush=True)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"code": os.waitstatus_to_exitcode(status)}), flush=True)


class Plainly:
    """No step is remembered: what is done must be found where it was done."""

    def step(self, name: str, act: Callable[[], T]) -> T:
        """Take the step."""
        return act()


def _warm(case_id: str) -> None:
    """Compile every statement and read the fonts; leave no connection open that a fork would share.

    Not the letter: its renderer has threads, and a fork takes none of them along.
    """
    from django.db import connections

    from mamoru.cases import execute, store
    from mamoru.connectors.sql import Sql
    from mamoru.documents import fonts
    from mamoru.kit.ids import CaseId

    execute.run(store.case(CaseId(case_id)), Plainly())
    fonts.missing("")
    for each in execute.hands().connectors.values():
        if isinstance(each, Sql):
            each.close()
    connections.close_all()


def _carry_out(case_id: str) -> int:
    from mamoru.cases import actions, store
    from mamoru.cases.terms import Work
    from mamoru.kit import clock
    from mamoru.kit.errors import MamoruError
    from mamoru.kit.ids import CaseId

    ctypes.CDLL(None).prctl(*ANY_TRACER, 0, 0, 0)
    os.kill(os.getpid(), signal.SIGSTOP)
    case = CaseId(case_id)
    try:
        store.claim_work(case)
        done = actions.carry_out(case, Plainly())
    except Exception as problem:  # noqa: BLE001 - as the worker does
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        try:
            actions.note_failure(case, code, now=clock.now())
        except Exception:  # noqa: BLE001 - then the next worker finds the claim
            return BROKE
        return BROKE
    return READY if done is Work.READY else WAITING


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    os.environ["MAMORU_HOME"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "mamoru.site.settings"
    serve(sys.argv[2])
