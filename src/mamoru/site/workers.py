"""鼓動: which workers live (P3.26). A worker whose heart stopped is taken over by any other.

Times are the database's own: the clocks of several hosts need not agree.
"""

import socket
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from mamoru.kit import ids
from mamoru.site.models import DutyRow, WorkerRow

BEAT_SECONDS = 5
DEAD_SECONDS = 20
"""Four beats missed. A worker that was only paused comes back to find its steps done: harmless,
since every step is fenced or looked up before it acts."""
_KEPT_DAYS = 7


def name() -> str:
    """Return a new worker's id, used by nobody else: two of one id would run a step at once."""
    return f"{socket.gethostname()[:50]}:{ids.token(96)}"


def beat(worker: str) -> None:
    """Say that a worker lives; the first beat makes it known, and forgets those long gone."""
    if WorkerRow.objects.filter(id=worker).update(seen_at=Now()):
        return
    WorkerRow.objects.filter(seen_at__lt=Now() - timedelta(days=_KEPT_DAYS)).delete()
    DutyRow.objects.filter(until__lt=Now() - timedelta(days=_KEPT_DAYS)).delete()
    WorkerRow.objects.create(id=worker, started_at=Now(), seen_at=Now())


def retire(worker: str) -> None:
    """Forget a worker that stopped in order: what it left is free at once."""
    WorkerRow.objects.filter(id=worker).delete()


def living() -> frozenset[str]:
    """Return the ids of the workers whose heart beat lately."""
    rows = WorkerRow.objects.annotate(now=Now()).filter(
        seen_at__gt=F("now") - timedelta(seconds=DEAD_SECONDS)
    )
    return frozenset(rows.values_list("id", flat=True))


def duty(what: str, *, seconds: float) -> bool:
    """Return whether this worker sees to something now; nobody else does for so long.

    A worker that dies at it leaves it to whoever asks after that.
    """
    until = Now() + timedelta(seconds=seconds)
    if DutyRow.objects.filter(id=what, until__lte=Now()).update(until=until):
        return True
    return DutyRow.objects.get_or_create(id=what, defaults={"until": until})[1]
