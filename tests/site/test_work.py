"""The worker: one to a folder, and a killed one's work goes on by itself (reliability F1, F23)."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import Stage, Work
from mamoru.kit import clock
from mamoru.kit.ids import REQUESTER, CaseId
from mamoru.ledger import append
from mamoru.site import restored as looking
from mamoru.site import work, workers
from mamoru.site.sample import cast
from mamoru.site.work import WorkerRunning
from tests.cases import acts
from tests.cases.test_change import dump
from tests.cases.test_redo import corrected
from tests.cases.test_restore import backup, restored
from tests.conftest import Company

pytestmark = pytest.mark.slow


@contextmanager
def worker(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A real `mamoru worker` in a process of its own, killed at the end."""
    log = (home / "logs" / "worker.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "mamoru.site", "worker", "--home", str(home)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=log,
        stderr=log,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def until(done: Callable[[], bool], *, seconds: float = 120.0) -> None:
    """Wait for another process, which is the subject here; nothing in this one is waited for."""
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "the worker did not get there"
        time.sleep(0.02)


def queued() -> tuple[CaseId, ...]:
    made = []
    for someone in (cast.HANAKO, cast.SAKIKO):
        case_id = acts.verified(someone, *acts.EVERYTHING)
        acts.decide(case_id)
        acts.approve(case_id)
        made.append(case_id)
    return tuple(made)


def expect_done_once(case_id: CaseId) -> None:
    case = store.case(case_id)
    assert (case.stage, case.work) == (Stage.DECIDED, Work.READY)
    told = [
        (each.kind, each.body.get("demand"), each.body.get("place"))
        for each in append.entries(case_id)
        if each.by == "system"
    ]
    assert len(told) == len(set(told))
    assert store.answer(case_id) is not None


@pytest.fixture
def clean(house: Company) -> Iterator[Company]:
    """The folder without what an earlier worker left."""
    _sweep(house)
    yield house
    _sweep(house)


def _sweep(house: Company) -> None:
    for path in (house.home / "data").iterdir():
        if path.is_file():
            path.unlink()


@pytest.mark.promise("P3.26")
def test_a_worker_killed_at_any_moment_leaves_work_that_the_next_one_ends(clean: Company) -> None:
    cases = queued()
    before = {case_id: len(append.entries(case_id)) for case_id in cases}
    with worker(clean.home) as first:
        until(lambda: any(len(append.entries(each)) > before[each] for each in cases))
        first.send_signal(signal.SIGKILL)
        first.wait()

    with worker(clean.home):
        until(lambda: all(store.case(each).work is Work.READY for each in cases))

    for case_id in cases:
        expect_done_once(case_id)


def test_a_second_worker_is_refused_and_a_worker_carries_out_what_it_finds(clean: Company) -> None:
    cases = queued()
    work.start()
    try:
        with pytest.raises(WorkerRunning):
            work.start()
        with worker(clean.home) as second:
            until(lambda: second.poll() is not None)
            assert second.returncode == WorkerRunning.exit_code
        until(lambda: all(store.case(each).work is Work.READY for each in cases))
    finally:
        work.stop()

    for case_id in cases:
        expect_done_once(case_id)
    files = [path for path in (clean.home / "data").iterdir() if path.is_file()]
    raw = b"".join(path.read_bytes() for path in files)
    for value in (cast.HANAKO.name, cast.HANAKO.email, cast.SAKIKO.family_name):
        assert value.encode() not in raw


@pytest.mark.promise("P3.25")
def test_a_worker_erases_papers_whose_time_is_over_by_itself(clean: Company) -> None:
    cases = [acts.file(acts.filing(cast.HANAKO, *acts.EVERYTHING, key=key)) for key in "ab"]
    for case_id, days in zip(cases, (31, 1), strict=True):
        acts.licence(case_id, cast.HANAKO)
        actions.withdraw_case(case_id, by=REQUESTER, now=clock.now() - timedelta(days=days))

    with worker(clean.home):
        until(lambda: not store.case(cases[0]).proofs[0].kept)

    assert [store.case(each).proofs[0].kept for each in cases] == [False, True]
    assert append.entries(cases[0])[-1].kind == "case.papers.erased"


def test_a_case_whose_failure_could_not_be_noted_is_taken_up_again(
    clean: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_note = store.set_work
    broken: list[CaseId] = []

    def failing(case_id: CaseId, state: Work, **how: object) -> None:
        if state is Work.QUEUED or broken:
            with_note(case_id, state, **how)  # type: ignore[arg-type]
            return
        broken.append(case_id)
        raise OSError("the disk is full")

    def carry_out(case_id: CaseId, steps: object) -> str:
        if not broken:
            raise OSError("a sentence")
        return done(case_id, steps)  # type: ignore[arg-type]

    done = actions.carry_out
    monkeypatch.setattr(actions, "carry_out", carry_out)
    monkeypatch.setattr(store, "set_work", failing)
    monkeypatch.setattr(work, "TAKE_UP_SECONDS", 0.0)
    case_id = acts.verified(cast.HANAKO, *acts.EVERYTHING)
    acts.decide(case_id)
    acts.approve(case_id)

    work.start()
    try:
        until(lambda: store.case(case_id).work is Work.READY)
    finally:
        work.stop()

    assert broken
    expect_done_once(case_id)


@pytest.mark.parametrize(
    ("claimed_by", "again"),
    [("lives", False), ("died", True), ("", True), ("this", True), ("this, at it", False)],
)
def test_only_what_nobody_carries_out_any_more_is_queued_again(
    house: Company, monkeypatch: pytest.MonkeyPatch, claimed_by: str, again: bool
) -> None:
    case_id, _ = queued()
    monkeypatch.setattr(work._worker, "name", "this")
    monkeypatch.setattr(work._worker, "hands", work._Hands())
    workers.beat("lives")
    assert store.claim_work(case_id, worker=claimed_by.partition(",")[0]) == 1
    release = threading.Event()
    if "at it" in claimed_by:
        work._worker.hands.take(case_id, release.wait)

    work._take_up()

    release.set()
    work._worker.hands.rest(10)
    assert (store.case(case_id).work is Work.QUEUED) is again


def test_a_case_that_was_ended_while_it_was_looked_at_stays_ended(
    house: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, _ = queued()
    store.claim_work(case_id, worker="died")
    listed = store.claimed_work

    def ends() -> tuple[store.Claim, ...]:
        claims = listed()
        store.set_work(case_id, Work.READY)
        return claims

    monkeypatch.setattr(store, "claimed_work", ends)

    work._take_up()

    assert store.case(case_id).work is Work.READY


def test_what_a_thread_is_at_is_not_begun_a_second_time() -> None:
    hands, release, begun = work._Hands(), threading.Event(), list[str]()

    def act() -> None:
        begun.append("once")
        release.wait()

    for _ in range(3):
        hands.take("a job", act)
    release.set()
    hands.rest(10)

    assert (begun, hands.has("a job")) == (["once"], False)


def test_of_several_workers_one_sees_to_a_duty_until_its_time_is_over(house: Company) -> None:
    asked = [workers.duty("restored", seconds=60) for _ in range(3)]
    over = workers.duty("another", seconds=-1), workers.duty("another", seconds=60)

    assert (asked, over) == ([True, False, False], (True, True))


def test_a_command_starts_in_a_process_of_its_own(clean: Company) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "mamoru.site", "check", "--home", str(clean.home)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        text=True,
    )

    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.promise("P1.7")
def test_a_worker_finds_by_itself_what_was_restored_and_forgets_keys_when_their_time_is_over(
    house: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup(house.home, tmp_path / "old")
    corrected()
    after = dump(house.home)["shop/members"]
    restored(house.home, tmp_path / "old")
    forgotten: list[datetime] = []
    monkeypatch.setattr(work, "RESTORE_SECONDS", 0.1)
    monkeypatch.setattr(work, "FORGET_SECONDS", 0.0)
    monkeypatch.setattr(execute, "forget", lambda *, now: forgotten.append(now))

    work.start()
    try:
        until(lambda: dump(house.home)["shop/members"] == after)
        until(lambda: bool(forgotten))
    finally:
        work.stop()

    assert looking.look() == ()
