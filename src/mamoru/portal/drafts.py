"""What a requester has begun, kept in the sealed session for a short time (P3.25)."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

DRAFT = "draft"
DONE = "done"
CASE = "case"
CORRECTION = "correction"
CORRECTED = "corrected"
MINUTES = 60
"""How long a draft, a receipt and an opened case stay. Pages say so."""


def keep(request: HttpRequest, name: str, value: dict[str, Any], *, now: datetime) -> None:
    """Keep a value under a name until `MINUTES` have passed."""
    request.session[name] = {"value": value, "at": now.timestamp()}


def find(request: HttpRequest, name: str, *, now: datetime) -> dict[str, Any] | None:
    """Return what was kept, None when there is nothing or its time is over (then it is dropped)."""
    kept = request.session.get(name)
    if kept is None:
        return None
    if now.timestamp() - kept["at"] > timedelta(minutes=MINUTES).total_seconds():
        drop(request, name)
        return None
    found: dict[str, Any] = kept["value"]
    return found


def drop(request: HttpRequest, name: str) -> None:
    """Forget what was kept."""
    request.session.pop(name, None)
