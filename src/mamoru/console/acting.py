"""What every act of the desk has in common: one case, one page, one way to tell what hinders."""

import re
from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import Case, DemandState
from mamoru.console import labels, pages, shown, words
from mamoru.console.access import Desk, Right
from mamoru.kit import clock, ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId

_UNPROCESSABLE, _CONFLICT, _FORBIDDEN = 422, 409, 403


def known(case_id: str) -> CaseId:
    """Return the number of a case as it stands in the address, or the 404 page."""
    known = ids.parse_case_id(case_id)
    if known is None or known != case_id or not any(store.count_by_stage(search=known).values()):
        raise Http404
    return known


def demand(case_id: CaseId, position: int) -> tuple[Case, DemandState]:
    """Return a case with one demand of it, or the 404 page."""
    case = store.case(case_id)
    if not 1 <= position <= len(case.demands):
        raise Http404
    return case, case.demands[position - 1]


def act(
    request: HttpRequest,
    desk: Desk,
    case_id: CaseId,
    act: Callable[[], object],
    *,
    done: str,
    form: Form | None = None,
    key: str = "",
    anchor: str = "",
    search: Callable[[], tuple[execute.Candidate, ...]] | None = None,
) -> HttpResponse:
    """Do one thing and go back to the page; what hinders is shown there with what was typed.

    `search` finds anew what an incomplete form chooses from.
    """
    kept = shown.Kept(key=key, form=form) if form is not None else None
    try:
        expect_current(request, case_id)
        if form is not None and not form.is_valid():
            found = search() if search is not None else None
            return page(request, desk, case_id, incomplete=True, kept=kept, candidates=found)
        act()
    except MamoruError as problem:
        return page(request, desk, case_id, problem=problem, kept=kept)
    messages.success(request, done)
    return redirect(f"{reverse('console-case', args=[case_id])}#{anchor or key}")


def version(request: HttpRequest) -> int:
    """Return the version of the page that was acted on; one that names none acts on nothing."""
    stated = request.POST.get("version", "")
    return int(stated) if stated.isascii() and stated.isdigit() else -1


def expect_current(request: HttpRequest, case_id: CaseId) -> None:
    """Refuse what was decided on a page that is no longer true."""
    stated = request.POST.get("version", "")
    if stated and stated != str(store.case(case_id).version):
        raise store.CaseChangedMeanwhile(f"case `{case_id}` was changed by somebody else")


def page(
    request: HttpRequest,
    desk: Desk,
    case_id: CaseId,
    *,
    problem: MamoruError | None = None,
    incomplete: bool = False,
    kept: shown.Kept | None = None,
    candidates: tuple[execute.Candidate, ...] | None = None,
) -> HttpResponse:
    """Show the case, with what hindered an act and what was typed; the look is in the ledger."""
    now = clock.now()
    if desk.may(Right.READ):
        case = actions.open_case(case_id, by=desk.by, now=now)
    else:
        case = store.case(case_id)
    seen = pages.show(case, desk, now=now, candidates=candidates, kept=kept)
    return render(
        request,
        "console/case.html",
        {
            "page": seen,
            "desk": desk,
            "problem": str(labels.INCOMPLETE) if incomplete else explained(problem),
            "wrong": _wrong_fields(kept),
        },
        status=_UNPROCESSABLE if incomplete else _status(problem),
    )


def _status(problem: MamoruError | None) -> int:
    if problem is None:
        return 200
    if problem.code in labels.CONFLICTS:
        return _CONFLICT
    return _FORBIDDEN if problem.code in labels.FORBIDDEN else _UNPROCESSABLE


def explained(problem: MamoruError | None) -> str:
    """Return what happened and what to do; of the message only the names of stores are used."""
    if problem is None:
        return ""
    titles = actions.titles(words.language())
    named = re.findall(r"`([^`]+)`", str(problem))
    places = "".join(f"「{titles[name]}」" for name in named if name in titles)
    template = labels.ERRORS.get(problem.code)
    if template is None:
        return str(labels.UNKNOWN_ERROR) % {"code": problem.code}
    text = str(template)
    return text % {"places": places} if "%(places)s" in text else text


def _wrong_fields(kept: shown.Kept | None) -> list[tuple[str, str, str]]:
    """Return (id, label, message) of each field to mend, in the order of the page.

    What is wrong with a form as a whole has no label and leads to the form.
    """
    if kept is None or not kept.form.is_bound:
        return []
    whole = [(kept.key, "", str(message)) for message in kept.form.non_field_errors()]
    return whole + [
        (str(kept.form[name].id_for_label), str(kept.form[name].label), str(message))
        for name, found in kept.form.errors.items()
        if name in kept.form.fields
        for message in found
    ]


_PDF_ONLY = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


def file(content: bytes, media_type: str, name: str) -> HttpResponse:
    """Return bytes that run nothing, frame nothing and are kept nowhere."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    # A sandboxed page gets no PDF viewer; the viewer has a sandbox of its own.
    response["Content-Security-Policy"] = (
        _PDF_ONLY if media_type == "application/pdf" else "sandbox"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response
