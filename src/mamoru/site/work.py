"""Durable work, behind the port of `kit.work`: the product's own rows are the queue and the record.

The outbox is the case's own row: an approval and the order to carry it out are one
transaction. A scan claims due rows under this worker's name, so that no case is started twice,
and hands each to a thread. What a killed process had begun is queued again and goes on with what
is not done: the embedded worker's by itself when it starts again, that of one of several on
PostgreSQL by any other, once its heart has stopped (decision 25).
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from concurrent import futures
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

from django.conf import settings
from django.db import close_old_connections, connections

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import Stage, Work
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, CaseId, DemandId
from mamoru.site import restored, waking, walls, wiring, workers

T = TypeVar("T")
log = logging.getLogger("mamoru.work")

SCAN_SECONDS = 0.5
WALLS_SECONDS = 0.25
"""How often the outbox of the walls is read: a refusal holds at every door within a second."""
RENEW_SECONDS = 60
MAIL_SECONDS = 1.0
"""How long the outbox is left unread when nothing wakes the worker."""
TAKE_UP_SECONDS = 10
RESTORE_SECONDS = 60
FORGET_SECONDS = 60 * 60
PAPERS_SECONDS = 60
RELEASE_SECONDS = 60
STOP_SECONDS = 10
"""How long a worker that stops waits for what its threads are doing."""
HANDS = 64
"""Threads of a worker: a store that hangs holds its cases, and must leave room for others."""
_EMBEDDED = "embedded"


class WorkerRunning(MamoruError):
    """Another worker already runs on this folder. Stop it first, or use PostgreSQL for several."""

    code, exit_code = "worker-running", 4


class _Steps:
    """The port's steps: the rows that they write are their record (decision 20).

    A step looks up in the product's own rows what of it is done, and acts for the rest. It has
    to, since a process may die between an act and any note of it.
    """

    def step(self, name: str, act: Callable[[], T]) -> T:
        return act()


class _Hands:
    """The threads of this process, and what each of them is doing."""

    def __init__(self) -> None:
        self._pool = futures.ThreadPoolExecutor(HANDS, thread_name_prefix="mamoru-hand")
        self._under_way: dict[str, futures.Future[object]] = {}
        self._lock = threading.Lock()

    def take(self, job: str, act: Callable[[], object]) -> None:
        """Let a thread do something under a name; what is under way is not begun again."""
        with self._lock:
            if job not in self._under_way:
                self._under_way[job] = self._pool.submit(self._do, job, act)

    def has(self, job: str) -> bool:
        """Return whether a thread is at it, or will be."""
        with self._lock:
            return job in self._under_way

    def rest(self, seconds: float) -> None:
        """Begin nothing more, and wait so long for what is under way."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            jobs = list(self._under_way.values())
        futures.wait(jobs, timeout=seconds)

    def _do(self, job: str, act: Callable[[], object]) -> None:
        try:
            act()
        finally:
            close_old_connections()
            with self._lock:
                del self._under_way[job]


class _Worker:
    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.threads: tuple[threading.Thread, ...] = ()
        self.lock: IO[str] | None = None
        self.hands = _Hands()
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
    _worker.hands = _Hands()
    _take_up()
    _worker.stopping.clear()
    duties: list[Callable[[], None]] = [partial(_scan, waking.open_waking()), _watch]
    if settings.MAMORU.mail.host:
        duties.append(_mail)
    duties += [partial(_keep_wall, each) for each in walls.of_this_company()]
    _worker.threads = tuple(threading.Thread(target=duty, daemon=True) for duty in duties)
    for thread in _worker.threads:
        thread.start()


def stop() -> None:
    """Stop looking, let running steps end, and free the lock."""
    _worker.stopping.set()
    end = time.monotonic() + STOP_SECONDS
    for thread in _worker.threads:
        thread.join(timeout=max(0.0, end - time.monotonic()))
    _worker.threads = ()
    _worker.hands.rest(max(0.0, end - time.monotonic()))
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


def _carry_out(case_id: CaseId) -> str:
    """Carry one case out; the result is the machine's state, never the law's."""
    try:
        return str(actions.carry_out(case_id, _Steps()))
    except Exception as problem:  # noqa: BLE001 - a job that breaks waits and is tried again
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        log.error("carrying out %s failed: %s", case_id, code)  # noqa: TRY400 - no values in logs
        _note_failure(case_id, code)
        return "failed"


def _release_held(demand_id: DemandId) -> bool:
    """Erase what a law had kept, once its day has come."""
    try:
        return actions.release_held(demand_id, _Steps())
    except Exception as problem:  # noqa: BLE001 - what is still due is tried again at the next look
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        log.error("releasing %s failed: %s", demand_id, code)  # noqa: TRY400 - no values in logs
        return False


def _replay_restored(names: tuple[str, ...]) -> bool:
    """Do again what a database has forgotten that was put back while we ran (P1.7)."""
    try:
        for done in execute.replay(names, by=SYSTEM, now=clock.now()):
            restored.told(done)
    except Exception as problem:  # noqa: BLE001 - what is still so is found at the next look
        code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
        log.error("replaying after a restore failed: %s", code)  # noqa: TRY400 - no values in logs
        return False
    return True


def _replay_due() -> None:
    """Look whether a database was put back to an older state; one worker sees to it a minute."""
    names = restored.look()
    if names and workers.duty("restored", seconds=RESTORE_SECONDS):
        _worker.hands.take("restored", lambda: _replay_restored(names))


def _release_due() -> None:
    """Begin the second wave of every demand whose hold has ended; one worker a minute tries."""
    for demand_id in actions.due_releases(now=clock.now()):
        job = f"release {demand_id}"
        if not _worker.hands.has(job) and workers.duty(job, seconds=RELEASE_SECONDS):
            _worker.hands.take(job, partial(_release_held, demand_id))


def _note_failure(case_id: CaseId, code: str) -> None:
    """Let a case wait for its next try; if even that cannot be written, `_take_up` finds it."""
    try:
        actions.note_failure(case_id, code, now=clock.now())
    except Exception as problem:  # noqa: BLE001 - DBOS would log the text of the error
        name = type(problem).__name__
        log.error("noting that %s waits failed: %s", case_id, name)  # noqa: TRY400 - no values in logs


def _take_up() -> None:
    """Queue again what was claimed and that nobody is carrying out any more.

    That is a claim of this worker without a thread at it (the case was told nothing of its end,
    or an embedded worker died and starts again), and one of a worker whose heart has stopped.
    """
    alive = workers.living()
    for claim in store.claimed_work():
        mine = claim.worker == _worker.name
        if _worker.hands.has(claim.case_id) if mine else claim.worker in alive:
            continue
        with store.atomic():
            # It may have ended well since it was listed, or the case be withdrawn.
            if claim in store.claimed_work() and store.case(claim.case_id).stage is Stage.DECIDED:
                store.set_work(claim.case_id, Work.QUEUED)
                log.warning("%s is taken up again: nobody carries it out", claim.case_id)


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


def _watch() -> None:
    """Look for restored databases, apart from the scan: a hung store must not stop the heart."""
    while not _worker.stopping.wait(RESTORE_SECONDS):
        try:
            _replay_due()
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next look tries again
            name = type(problem).__name__
            log.error("looking for restored databases failed (%s)", name)  # noqa: TRY400 - no values in logs
        finally:
            close_old_connections()


def _mail() -> None:
    """Send what mails are asked for, apart from the scan: a slow server must not stop the heart."""
    while not _worker.stopping.wait(MAIL_SECONDS):
        try:
            actions.send_mailed_codes(now=clock.now())
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next look tries again
            name = type(problem).__name__
            log.error("sending mails failed (%s)", name)  # noqa: TRY400 - no values in logs
        finally:
            close_old_connections()


def _keep_wall(wall: walls.Walled) -> None:
    """Tell a wall what is recorded, apart from the scan: a store that is away must not stop it."""
    name, renewal, sweep = (
        wall.store.name,
        _Every(RENEW_SECONDS, at_once=True),
        _Every(FORGET_SECONDS),
    )
    while not _worker.stopping.wait(WALLS_SECONDS):
        try:
            walls.tell_changes(wall)
            if renewal.due() and workers.duty(f"wall {name}", seconds=RENEW_SECONDS):
                walls.renew(wall, now=clock.now())
            if sweep.due() and workers.duty(f"sweep {name}", seconds=FORGET_SECONDS):
                walls.forget(wall)
        except Exception as problem:  # noqa: BLE001 - the doors close by themselves until it is well
            code = problem.code if isinstance(problem, MamoruError) else type(problem).__name__
            log.error("the wall of %s was not told (%s); it is tried again", name, code)  # noqa: TRY400 - no values in logs
            connections.close_all()
            _worker.stopping.wait(TAKE_UP_SECONDS)
    connections.close_all()


def _scan(woken: waking.Waking) -> None:
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
                _take_up()
                _release_due()
            if forgotten.due():
                execute.forget(now=clock.now())
            if papers.due():
                actions.erase_papers(now=clock.now())
                actions.forget_changes(now=clock.now())
            for case_id in store.due_work(now=clock.now()):
                if store.claim_work(case_id, worker=_worker.name) is not None:
                    _worker.hands.take(case_id, partial(_carry_out, case_id))
        except Exception as problem:  # noqa: BLE001 - whatever it is, the next scan tries again
            name = type(problem).__name__
            log.error("the scan for due work failed (%s); it is tried again", name)  # noqa: TRY400 - no values in logs
            connections.close_all()
            _worker.stopping.wait(SCAN_SECONDS)  # what cannot be read must not be read all the time
    # One connection as long as it holds: opening one anew costs more than a look at the outbox.
    connections.close_all()
    woken.close()
