"""Durable work on DBOS, behind the port of `kit.work`; the only module that knows DBOS.

The outbox is the case's own row: an approval and the order to carry it out are one
transaction. A scan turns due rows into workflows whose id is the case and its try, so that
no case is started twice. A killed process resumes at the step.
"""

import base64
import fcntl
import json
import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID
from django.conf import settings
from django.db import close_old_connections

from mamoru.cases import actions, store
from mamoru.cases.terms import Work
from mamoru.kit import clock, seal
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId
from mamoru.site import wiring

T = TypeVar("T")
log = logging.getLogger("mamoru.work")

SCAN_SECONDS = 0.5
RETRY_SECONDS = 30
_APPLICATION_VERSION = "1"
"""Raised by hand when a workflow changes shape: DBOS resumes a workflow under its own version."""


class WorkerRunning(MamoruError):
    """Another worker already runs on this folder. Stop it first, or use PostgreSQL for several."""

    code, exit_code = "worker-running", 4


class _SealedJson:
    """Workflow data as sealed JSON: ids and counts only, and even these are nobody's business."""

    def __init__(self, key: seal.DataKey) -> None:
        self._key = key

    def name(self) -> str:
        return "mamoru_sealed_json"

    def serialize(self, data: Any) -> str:
        plain = json.dumps(data, default=_encode).encode()
        return base64.b64encode(self._key.seal(plain, context="work")).decode()

    def deserialize(self, serialized_data: str) -> Any:
        plain = self._key.open(base64.b64decode(serialized_data), context="work")
        return json.loads(plain, object_hook=_decode)


def _encode(value: object) -> object:
    if isinstance(value, datetime):
        return {"$time": value.isoformat()}
    if isinstance(value, BaseException):
        return {"$error": type(value).__name__}
    raise TypeError(f"workflow data must be plain, not {type(value).__name__}")


def _decode(value: dict[str, Any]) -> Any:
    if "$time" in value:
        return datetime.fromisoformat(value["$time"])
    if "$error" in value:
        return RuntimeError(value["$error"])
    return value


class _Steps:
    """The port's steps inside a running workflow."""

    def step(self, name: str, act: Callable[[], T]) -> T:
        def run() -> T:
            try:
                return act()
            finally:
                close_old_connections()

        return DBOS.run_step({"name": name}, run)


class _Worker:
    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self.lock: Any = None


_worker = _Worker()


def start() -> None:
    """Launch the worker in this process; WorkerRunning if one lives on this folder already."""
    folder = Path(settings.HOME) / settings.MAMORU.data
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / "worker.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        lock.close()
        raise WorkerRunning("a worker already runs on this folder") from problem
    wiring.wire()
    config: DBOSConfig = {
        "name": "mamoru",
        "system_database_url": _database(folder),
        "application_version": _APPLICATION_VERSION,
        "executor_id": "embedded",
        "log_level": "WARNING",
        "serializer": _SealedJson(wiring.master().data_key("work")),  # type: ignore[typeddict-item]
        "enable_otlp": False,
    }
    DBOS(config=config)
    carry = DBOS.workflow(name="carry-out")(_carry_out)
    DBOS.launch()
    _take_up()
    _worker.lock = lock
    _worker.stopping.clear()
    _worker.thread = threading.Thread(target=_scan, args=(carry,), name="mamoru-scan", daemon=True)
    _worker.thread.start()


def stop() -> None:
    """Stop scanning, let running steps end, and free the lock."""
    _worker.stopping.set()
    if _worker.thread is not None:
        _worker.thread.join(timeout=10)
        _worker.thread = None
    DBOS.destroy()
    if _worker.lock is not None:
        _worker.lock.close()
        _worker.lock = None


def wait() -> None:
    """Block until `stop` is called, for a worker that runs alone."""
    _worker.stopping.wait()


def _database(folder: Path) -> str:
    if settings.MAMORU.database.startswith("sqlite"):
        return f"sqlite:///{folder / 'work.sqlite3'}"
    return str(settings.MAMORU.database).replace("postgresql://", "postgresql+psycopg://", 1)


def _carry_out(case_id: str) -> str:
    """Carry one case out; the result is the machine's state, never the law's."""
    try:
        return str(actions.carry_out(CaseId(case_id), _Steps()))
    except Exception as problem:  # noqa: BLE001 - a job that breaks waits and is tried again
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        log.error("carrying out %s failed: %s", case_id, code)  # noqa: TRY400 - no values in logs
        after = clock.now() + timedelta(seconds=RETRY_SECONDS)
        store.set_work(CaseId(case_id), Work.WAITING, note=f"failed:{code}", after=after)
        return "failed"
    finally:
        close_old_connections()


def _workflow_id(case_id: CaseId, tries: int) -> str:
    return f"{case_id}:{tries}"


def _take_up() -> None:
    """Queue again what a dead process had claimed but not started; DBOS resumes the rest."""
    for case_id, tries in store.claimed_work():
        if DBOS.get_workflow_status(_workflow_id(case_id, tries)) is None:
            store.set_work(case_id, Work.QUEUED)


def _scan(carry: Callable[[str], str]) -> None:
    while not _worker.stopping.wait(SCAN_SECONDS):
        try:
            for case_id in store.due_work(now=clock.now()):
                tries = store.claim_work(case_id)
                if tries is None:
                    continue
                with SetWorkflowID(_workflow_id(case_id, tries)):
                    DBOS.start_workflow(carry, str(case_id))
        except Exception:
            log.exception("the scan for due work failed; it is tried again")
        finally:
            close_old_connections()
