"""What the worker shall carry out, and what it is doing with it; never a stage."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q

from mamoru.cases.models import (
    CaseRow,
)
from mamoru.cases.store.sealing import row_of
from mamoru.cases.terms import (
    Work,
)
from mamoru.kit.ids import CaseId

QUEUED_CHANNEL = "mamoru_work"
"""Where PostgreSQL tells its listeners that work was queued. It says nothing more."""
_wake: list[Callable[[], None]] = []


def when_queued(wake: Callable[[], None] | None) -> None:
    """Call `wake` after each commit of this process that queued work; None to stop calling."""
    _wake[:] = [] if wake is None else [wake]


def tell_queued() -> None:
    """Wake the workers once the caller's transaction is committed; if it is not, nobody is woken.

    Only a hint: who does not hear it finds the work at the next look at the outbox.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {QUEUED_CHANNEL}")
    for wake in _wake:
        transaction.on_commit(wake, robust=True)


def due_work(*, now: datetime, limit: int = 50) -> tuple[CaseId, ...]:
    """Return what the worker shall carry out now, the earliest due first: the outbox."""
    rows = CaseRow.objects.filter(
        Q(work_after=None) | Q(work_after__lte=now), work__in=[Work.QUEUED, Work.WAITING]
    ).order_by("due_on", "id")
    return tuple(CaseId(found) for found in rows.values_list("id", flat=True)[:limit])


@dataclass(frozen=True, slots=True)
class Claim:
    """A case that a worker took, and which try of it this is."""

    case_id: CaseId
    tries: int
    worker: str


def claim_work(case_id: CaseId, *, worker: str = "") -> int | None:
    """Take a case of the outbox and return which try this is, None if another worker was faster.

    `worker` is a name of the list of workers; a claim of nobody there is free to be taken over.
    """
    with transaction.atomic():
        taken = CaseRow.objects.filter(id=case_id, work__in=[Work.QUEUED, Work.WAITING]).update(
            work=Work.RUNNING, work_after=None, work_tries=F("work_tries") + 1, work_by=worker
        )
        tries = CaseRow.objects.filter(id=case_id).values_list("work_tries", flat=True)
        return tries.get() if taken else None


def claimed_work() -> tuple[Claim, ...]:
    """Return everything that was taken and is not finished."""
    rows = CaseRow.objects.filter(work=Work.RUNNING).values_list("id", "work_tries", "work_by")
    return tuple(Claim(CaseId(found), tries, worker) for found, tries, worker in rows)


def set_work(
    case_id: CaseId,
    work: Work,
    *,
    note: str = "",
    after: datetime | None = None,
    failures: int | None = None,
) -> None:
    """Note what the machine is doing with a case; never its stage.

    `failures` in a row are left as they are where none are given.
    """
    counted = {} if failures is None else {"work_failures": failures}
    CaseRow.objects.filter(id=case_id).update(
        work=work, work_note=note, work_after=after, **counted
    )
    if work is Work.QUEUED:
        tell_queued()


def hasten_work(case_id: CaseId) -> bool:
    """Put a case that waits at the head of the queue; False if it does not wait."""
    waits = CaseRow.objects.filter(id=case_id, work=Work.WAITING)
    hastened = bool(waits.update(work=Work.QUEUED, work_after=None))
    if hastened:
        tell_queued()
    return hastened


def next_try(case_id: CaseId) -> datetime | None:
    """Return when the worker takes a waiting case up again, None if at once or not at all."""
    return row_of(case_id).work_after
