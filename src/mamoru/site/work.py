"""Durable work on DBOS, behind the port of `kit.work`; the only module that knows DBOS.

The outbox is the case's own row: an approval and the order to carry it out are one
transaction. A scan turns due rows into workflows whose id is the case and its try, so that
no case is started twice. What a killed process had begun goes on with what is not done: the
embedded worker by itself when it starts again, one of several on PostgreSQL through any other,
once its heart has stopped.
"""

import base64
import fcntl
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from dbos import DBOS, DBOSConfig, SetWorkflowID
from django.conf import settings
from django.db import close_old_connections, connections

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import Stage, Work
from mamoru.kit import clock, seal
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, CaseId, DemandId
from mamoru.site import restored, waking, wiring, workers

T = TypeVar("T")
Claim = tuple[CaseId, int]
log = logging.getLogger("mamoru.work")

SCAN_SECONDS = 0.5
"""How long the outbox is left unread when nothing wakes the worker."""
TAKE_UP_SECONDS = 10
RESTORE_SECONDS = 60
FORGET_SECONDS = 60 * 60
PAPERS_SECONDS = 60
_ENDED = frozenset({"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"})
"""States of a workflow that DBOS will never touch again."""
_EMBEDDED = "embedded"
_APPLICATION_VERSION = "3"
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


class _Embedded(sqlite3.Connection):
    """A connection to the embedded record of steps: readers do not stop its one writer.

    INVARIANT: what a power cut may take from it is repeated, never lost: whoever is claimed
    without a workflow is queued again, and every step looks up what it has done already. So a
    step need not wait for the disk; what was done waits for it, in the databases that say so.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.execute("PRAGMA journal_mode=WAL")
        self.execute("PRAGMA synchronous=NORMAL")


class _Steps:
    """The port's steps inside a running workflow: the rows that they write are their record.

    A step looks up in the product's own rows what of it is done, and acts for the rest. It has
    to, since a process may die between an act and any note of it; so a second note in the
    engine of durable steps would tell nothing new, at 4 to 6 ms a step (decision 20).
    """

    def step(self, name: str, act: Callable[[], T]) -> T:
        return act()


class _Worker:
    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread: threading.Thread | None = None
        self.lock: Any = None
        self.name = ""


_worker = _Worker()


def start() -> None:
    """Launch the worker in this process.

    On SQLite there is one worker to a folder: WorkerRunning if it lives already. On
    PostgreSQL there may be any number, on any host, each under a name of its own.
    """
    folder = Path(settings.HOME) / settings.MAMORU.data
    folder.mkdir(parents=True, exist_ok=True)
    if _alone():
        _worker.name, _worker.lock = _EMBEDDED, _only_one(folder)
    else:
        _worker.name = workers.name()
    wiring.wire()
    workers.beat(_worker.name)
    config: DBOSConfig = {
        "name": "mamoru",
        "system_database_url": _database(folder),
        "application_version": _APPLICATION_VERSION,
        "executor_id": _worker.name,
        "log_level": "WARNING",
        "serializer": _SealedJson(wiring.master().data_key("work")),  # type: ignore[typeddict-item]  # the library names its own class
        "enable_otlp": False,
    }
    if _alone():
        config["db_engine_kwargs"] = {"connect_args": {"factory": _Embedded}}
    DBOS(config=config)
    carry = DBOS.workflow(name="carry-out")(_carry_out)
    release = DBOS.workflow(name="release-held")(_release_held)
    replay = DBOS.workflow(name="replay-restored")(_replay_restored)
    DBOS.launch()
    _take_up()
    _worker.stopping.clear()
    _worker.thread = threading.Thread(
        target=_scan,
        args=(carry, release, waking.open_waking()),
        name="mamoru-scan",
        daemon=True,
    )
    _worker.thread.start()
    threading.Thread(target=_watch, args=(replay,), name="mamoru-restored", daemon=True).start()


def stop() -> None:
    """Stop scanning, let running steps end, and free the lock."""
    _worker.stopping.set()
    if _worker.thread is not None:
        _worker.thread.join(timeout=10)
        _worker.thread = None
    DBOS.destroy()
    workers.retire(_worker.name)
    if _worker.lock is not None:
        _worker.lock.close()
        _worker.lock = None


def _alone() -> bool:
    return bool(settings.MAMORU.database.startswith("sqlite"))


def _only_one(folder: Path) -> IO[str]:
    lock = (folder / "worker.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        lock.close()
        raise WorkerRunning("a worker already runs on this folder") from problem
    return lock


def wait() -> None:
    """Block until `stop` is called, for a worker that runs alone."""
    _worker.stopping.wait()


def _database(folder: Path) -> str:
    if _alone():
        return f"sqlite:///{folder / 'work.sqlite3'}"
    return str(settings.MAMORU.database).replace("postgresql://", "postgresql+psycopg://", 1)


def _carry_out(case_id: str) -> str:
    """Carry one case out; the result is the machine's state, never the law's."""
    try:
        return str(actions.carry_out(CaseId(case_id), _Steps()))
    except Exception as problem:  # noqa: BLE001 - a job that breaks waits and is tried again
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        log.error("carrying out %s failed: %s", case_id, code)  # noqa: TRY400 - no values in logs
        _note_failure(CaseId(case_id), code)
        return "failed"
    finally:
        close_old_connections()


def _release_held(demand_id: str) -> bool:
    """Erase what a law had kept, once its day has come."""
    try:
        return actions.release_held(DemandId(demand_id), _Steps())
    except Exception as problem:  # noqa: BLE001 - what is still due is tried again at the next look
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        log.error("releasing %s failed: %s", demand_id, code)  # noqa: TRY400 - no values in logs
        return False
    finally:
        close_old_connections()


def _replay_restored(names: list[str]) -> bool:
    """Do again what a database has forgotten that was put back while we ran (P1.7)."""
    try:
        for done in execute.replay(names, by=SYSTEM, now=clock.now()):
            restored.told(done)
    except Exception as problem:  # noqa: BLE001 - what is still so is found at the next look
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        log.error("replaying after a restore failed: %s", code)  # noqa: TRY400 - no values in logs
        return False
    finally:
        close_old_connections()
    return True


def _replay_due(replay: Callable[[list[str]], bool]) -> None:
    """Look whether a database was put back to an older state; one worker sees to it a minute."""
    names = restored.look()
    if names:
        with SetWorkflowID(f"restore:{clock.now():%Y%m%d%H%M}"):
            DBOS.start_workflow(replay, list(names))


def _release_due(release: Callable[[str], bool]) -> None:
    """Start the second wave of every demand whose hold has ended; at most once a minute."""
    minute = clock.now().strftime("%Y%m%d%H%M")
    for demand_id in actions.due_releases(now=clock.now()):
        with SetWorkflowID(f"{demand_id}:release:{minute}"):
            DBOS.start_workflow(release, str(demand_id))


def _note_failure(case_id: CaseId, code: str) -> None:
    """Let a case wait for its next try; if even that cannot be written, `_take_up` finds it."""
    try:
        actions.note_failure(case_id, code, now=clock.now())
    except Exception as problem:  # noqa: BLE001 - DBOS would log the text of the error
        name = type(problem).__name__
        log.error("noting that %s waits failed: %s", case_id, name)  # noqa: TRY400 - no values in logs


def _workflow_id(case_id: CaseId, tries: int) -> str:
    return f"{case_id}:{tries}"


def _take_up(unstarted_before: frozenset[Claim] | None = None) -> frozenset[Claim]:
    """Queue again what was claimed and that no workflow will end; DBOS resumes the rest.

    That is a claim whose workflow ended without a word to the case, and one that no workflow
    was started for: at the start of an only worker at once, else if it stood so at the look
    before, since another worker may be between the claim and the start. A workflow whose
    worker's heart has stopped goes on here, at its step. Return the claims not started.
    """
    unstarted = set()
    alive = workers.living()
    for claim in store.claimed_work():
        workflow = _workflow_id(*claim)
        found = DBOS.get_workflow_status(workflow)
        if found is None:
            unstarted.add(claim)
            if _alone() if unstarted_before is None else claim in unstarted_before:
                _queue_again(claim)
        elif found.status in _ENDED:
            _queue_again(claim)
        elif found.app_version != _APPLICATION_VERSION:
            # Begun by an earlier release, whose steps were others: what is done is looked up.
            DBOS.cancel_workflow(workflow)
            _queue_again(claim)
        elif found.status == "PENDING" and found.executor_id not in alive:
            DBOS.resume_workflow(workflow)
            log.warning("%s goes on here: its worker is gone", claim[0])
    return frozenset(unstarted)


def _queue_again(claim: Claim) -> None:
    """Queue a claim that still stands: its workflow may have ended well since it was listed.

    A case that is no longer decided (withdrawn meanwhile) has nothing left to carry out.
    """
    with store.atomic():
        if claim in store.claimed_work() and store.case(claim[0]).stage is Stage.DECIDED:
            store.set_work(claim[0], Work.QUEUED)
            log.warning("%s is taken up again", claim[0])


class _Every:
    """Something that is due once in so many seconds, the first time after that long or at once."""

    def __init__(self, seconds: float, *, at_once: bool = False) -> None:
        self.seconds = seconds
        self.at = time.monotonic() + (0 if at_once else seconds)

    def due(self) -> bool:
        if time.monotonic() < self.at:
            return False
        self.at = time.monotonic() + self.seconds
        return True


def _watch(replay: Callable[[list[str]], bool]) -> None:
    """Look for restored databases, apart from the scan: a hung store must not stop the heart."""
    while not _worker.stopping.wait(RESTORE_SECONDS):
        try:
            _replay_due(replay)
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next look tries again
            name = type(problem).__name__
            log.error("looking for restored databases failed (%s)", name)  # noqa: TRY400 - no values in logs
        finally:
            close_old_connections()


def _scan(
    carry: Callable[[str], str], release: Callable[[str], bool], woken: waking.Waking
) -> None:
    unstarted = frozenset[Claim]()
    heart, look = _Every(workers.BEAT_SECONDS), _Every(TAKE_UP_SECONDS)
    forgotten, papers = _Every(FORGET_SECONDS), _Every(PAPERS_SECONDS, at_once=True)
    while not _worker.stopping.is_set():
        woken.wait(SCAN_SECONDS, _worker.stopping)
        if _worker.stopping.is_set():
            break
        try:
            if heart.due():
                workers.beat(_worker.name)
            if look.due():
                unstarted = _take_up(unstarted)
                _release_due(release)
            if forgotten.due():
                execute.forget(now=clock.now())
            if papers.due():
                actions.erase_papers(now=clock.now())
            for case_id in store.due_work(now=clock.now()):
                tries = store.claim_work(case_id)
                if tries is None:
                    continue
                with SetWorkflowID(_workflow_id(case_id, tries)):
                    DBOS.start_workflow(carry, str(case_id))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next scan tries again
            name = type(problem).__name__
            log.error("the scan for due work failed (%s); it is tried again", name)  # noqa: TRY400 - no values in logs
            connections.close_all()
            _worker.stopping.wait(SCAN_SECONDS)  # what cannot be read must not be read all the time
    # One connection as long as it holds: opening one anew costs more than a look at the outbox.
    connections.close_all()
    woken.close()
