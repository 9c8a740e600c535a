"""From which network a form comes, for the limiter (reliability A14)."""

import ipaddress
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

from mamoru.cases import actions

_WIDTHS = {4: 24, 6: 56}


def block(address: str) -> str:
    """Return the network block of an address: /24 or /56; `unknown` for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, _WIDTHS[found.version]), strict=False))


def admit(request: HttpRequest, what: str, *, now: datetime) -> None:
    """Count one try of `what` from this network; TooManyFilings beyond the company's limit."""
    key = f"{what}:{block(request.META.get('REMOTE_ADDR', ''))}"
    actions.admit(key, allowed=settings.MAMORU.limits.filings_per_hour, now=now)
