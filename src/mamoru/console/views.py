"""The desk's own pages (P0.1, P3.17): the queue, the data map and a case as it stands."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from mamoru.cases import actions
from mamoru.console import access, acting, inventory
from mamoru.console import queue as queues
from mamoru.console.access import Desk, Right
from mamoru.kit import clock, ids
from mamoru.kit.text import fold

_SEARCH_LENGTH = 20


@require_GET
@access.staff(Right.SEE)
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show the queue, the earliest due first; filter, search and page stand in the address."""
    typed = fold(request.GET.get("q", ""))[:_SEARCH_LENGTH].upper()
    found = ids.parse_case_id(typed)
    number = request.GET.get("page", "1")
    listed = queues.queue(
        key=request.GET.get("stage", "open"),
        search=found or re.sub(r"[^0-9A-Z-]", "", typed),
        number=int(number) if number.isdecimal() and len(number) < _SEARCH_LENGTH else 1,
        personal=desk.may(Right.READ),
        now=clock.now(),
    )
    here = next(tab.key for tab in listed.tabs if tab.here)
    return render(
        request,
        "console/queue.html",
        {
            "queue": listed,
            "desk": desk,
            "search": typed,
            "stage": here,
            "renewals": actions.protections_due(now=clock.now()) if desk.may(Right.READ) else (),
        },
    )


@require_GET
@access.staff(Right.MAP)
def show_datamap(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Show what personal data lies where, and whether the map is still true (P0.1)."""
    context = {"map": inventory.page(), "desk": desk, "page": "datamap"}
    return render(request, "console/datamap.html", context)


@require_GET
@access.staff(Right.SEE)
def show_case(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show one case, all that happened and the one thing to do next."""
    return acting.page(request, desk, acting.known(case_id))
