"""From which network a form comes, for the limiter (reliability A14)."""

from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpRequest

from mamoru.cases import actions

What = Literal["filing", "status"]


def admit(request: HttpRequest, what: What, *, now: datetime) -> None:
    """Count one try of `what` from this network; TooManyFilings beyond the company's limit."""
    limits = settings.MAMORU.limits
    allowed: dict[What, int] = {
        "filing": limits.filings_per_hour,
        "status": limits.status_looks_per_hour,
    }
    actions.admit(f"{what}:{place_of(request)}", allowed=allowed[what], now=now)


def place_of(request: HttpRequest) -> str:
    """Return the block of addresses that a request comes from."""
    return actions.place_of(str(request.META.get("REMOTE_ADDR", "")))
