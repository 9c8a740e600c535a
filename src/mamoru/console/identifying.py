"""Who asks, and of which records (P3.5, P3.10, P3.11): found, chosen, confirmed at the desk."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from mamoru.cases import actions
from mamoru.console import access, acting, forms, naming
from mamoru.console.access import Desk, Right
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError


@require_POST
@access.staff(Right.HANDLE)
def find_person(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Search the company's stores for the person; what was found is shown and kept nowhere."""
    known = acting.known(case_id)
    try:
        found = actions.candidates(known, by=desk.by, now=clock.now())
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    return acting.page(request, desk, known, candidates=found)


@require_POST
@access.staff(Right.HANDLE)
def identify(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Record which records are the person, or that none is."""
    known = acting.known(case_id)
    form = forms.IdentifyForm(request.POST, auto_id="identify-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.identify(known, form.chosen(), by=desk.by, now=clock.now()),
        form=form,
        key="identify",
        anchor="person",
        done=gettext("本人の記録を特定しました。"),
        # What was found is kept nowhere: to choose again it is looked for again, and entered.
        search=lambda: actions.candidates(known, by=desk.by, now=clock.now()),
    )


@require_POST
@access.staff(Right.HANDLE)
def verify_case(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Confirm who asks and, for an agent, the authority (P3.10, P3.11)."""
    known = acting.known(case_id)
    form = forms.VerifyForm(request.POST, auto_id="verify-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.verify_case(
            known, by=desk.by, now=clock.now(), note=form.cleaned_data["note"]
        ),
        form=form,
        key="verify",
        anchor="verify",
        done=gettext("本人の確認を確定しました。"),
    )


@require_http_methods(["GET", "POST"])
@access.staff(Right.HANDLE)
def name_value(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Say which one registered value a correction, addition or deletion is about (P3.5)."""
    known = acting.known(case_id)
    case, demand = acting.demand(known, position)
    now, error = clock.now(), ""
    if request.method == "POST":
        ref = request.POST.get("ref", "")
        try:
            if ref:
                actions.name_value(
                    demand.id, ref, by=desk.by, now=now, version=acting.version(request)
                )
                messages.success(request, gettext("請求の対象となる値を特定しました。"))
                anchor = f"#demand-{position}"
                return redirect(f"{reverse('console-case', args=[known])}{anchor}")
            error = gettext("対象の値を一つ選んでください。")
        except MamoruError as problem:
            return acting.page(request, desk, known, problem=problem)
    try:
        tables = actions.values_to_name(demand.id, by=desk.by, now=now)
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    context = {"value": naming.page(case, position, tables, error=error), "desk": desk}
    return render(request, "console/value.html", context, status=422 if error else 200)
