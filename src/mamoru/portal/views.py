"""Public pages and the road of a request: form, check, receipt (P0.2, P3.18 to P3.25)."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from mamoru.cases import actions
from mamoru.cases.actions import Receipt
from mamoru.cases.terms import Role
from mamoru.kit import clock
from mamoru.kit.ids import REQUESTER
from mamoru.policy import page
from mamoru.policy.document import Policy
from mamoru.portal import drafts, places, proofs, published, words
from mamoru.portal.forms import CaseForm

UNPROCESSABLE, TOO_MANY = 422, 429


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what can be done here."""
    return render(request, "portal/home.html")


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Show the policy that holds today (P0.2)."""
    return _policy(request, published.in_force(), current=True)


@require_safe
def policy_version(request: HttpRequest, version: str) -> HttpResponse:
    """Show one published version; old ones stay readable."""
    for publication in published.publications():
        if publication.version == version:
            current = version == published.in_force().version
            return _policy(request, publication.policy, current=current)
    raise Http404


def _policy(request: HttpRequest, shown: Policy, *, current: bool) -> HttpResponse:
    context = {
        "policy": shown,
        "current": current,
        "sections": page.sections(shown, words.language()),
        "publications": published.publications(),
    }
    return render(request, "portal/policy.html", context)


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """Explain the ways of asking, the papers and the periods (P3.21 to P3.24)."""
    shown = published.in_force()
    asked = shown.requests
    language = words.language()

    def said(*clauses: str) -> list[str]:
        return [shown.clause(each).in_(language) for each in clauses]

    context = {
        "kinds": said(*(each.clause for each in asked.kinds)),
        "ways": [(each.id, *said(each.clause)) for each in asked.ways],
        "closed": said(asked.not_offered.clause) if asked.not_offered else [],
        "assisted": said(asked.not_offered.assisted) if asked.not_offered else [],
        "fee": said(asked.fee.clause) if asked.fee else [],
        "desk": published.desk(shown, words.language()),
        "roles": [(role, proofs.listed(actions.required_proofs(role))) for role in Role],
        "practice": actions.practice(),
    }
    return render(request, "portal/requests.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def file_case(request: HttpRequest, role: str) -> HttpResponse:
    """Take a request in: one form, no account, no script (P3.21)."""
    if role not in set(Role):
        raise Http404
    shown, now = published.in_force(), clock.now()
    if request.method == "POST" and "discard" in request.POST:
        drafts.drop(request, drafts.DRAFT)
        return redirect("file-case", role=role)
    if request.method == "POST":
        form = CaseForm(request.POST, role=Role(role), policy=shown)
        language = request.POST.get("language")
        if language in dict(settings.LANGUAGES):
            _keep(request, form)
            return _in_language(redirect("file-case", role=role), language)
        if form.is_valid():
            _keep(request, form)
            return redirect("check-case")
        return _form(request, form, status=UNPROCESSABLE)
    draft = drafts.find(request, drafts.DRAFT, now=now)
    # Who asks may be chosen anew: what both forms ask for stays as it was typed.
    given = _initial(draft["data"]) if draft else None
    form = CaseForm(initial=given or {}, role=Role(role), policy=shown)
    return _form(request, form, drafted=given is not None)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_case(request: HttpRequest) -> HttpResponse:
    """Show what was typed once more; the button files the case, once (P3.21)."""
    now = clock.now()
    form = _drafted(request)
    if form is None or not form.is_valid():
        done = drafts.find(request, drafts.DONE, now=now)
        if request.method == "POST" and done is not None:
            return redirect("case-filed")  # the second of two clicks
        return redirect("file-case", role=form.role) if form else redirect("requests")
    if request.method != "POST":
        return _check(request, form)
    try:
        places.admit(request, "filing", now=now)
    except actions.TooManyFilings:
        return _check(request, form, status=TOO_MANY)
    filing = form.to_filing(language=words.language())
    receipt = actions.file_case(filing, by=REQUESTER, now=now)
    keep_receipt(request, drafts.DONE, receipt)
    drafts.keep(
        request, drafts.CASE, {"id": receipt.case_id, "by": REQUESTER, "role": form.role}, now=now
    )
    drafts.drop(request, drafts.DRAFT)
    return redirect("case-filed")


@never_cache
@require_safe
def case_filed(request: HttpRequest) -> HttpResponse:
    """Show number, code and what happens next; without the session, nothing personal."""
    now = clock.now()
    done = drafts.find(request, drafts.DONE, now=now)
    case = drafts.find(request, drafts.CASE, now=now)
    role = Role(case["role"]) if case and "role" in case else None
    context = {
        "receipt": done,
        "papers": proofs.listed(actions.required_proofs(role)) if role else (),
        "desk": published.desk(published.in_force(), words.language()),
        "minutes": drafts.MINUTES,
        "practice": actions.practice(),
    }
    return render(request, "portal/case_filed.html", context)


# --- what the pages share -----------------------------------------------------------------


def keep_receipt(request: HttpRequest, name: str, receipt: Receipt) -> None:
    """Keep a receipt in the session, so that a reload shows it again."""
    value = {
        "reference": receipt.case_id,
        "code": receipt.code,
        "acknowledge_on": receipt.acknowledge_on,
        "due_on": receipt.due_on,
    }
    drafts.keep(request, name, value, now=clock.now())


def _form(
    request: HttpRequest, form: CaseForm, *, status: int = 200, drafted: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "seal": form.seal(),
        "role": form.role,
        "drafted": drafted,
        "purposes": published.purposes_of_requests(form.policy, words.language()),
        "explained": {
            each.kind: form.policy.clause(each.clause).in_(words.language())
            for each in form.policy.requests.kinds
        },
        "papers": proofs.listed(actions.required_proofs(form.role)),
        "minutes": drafts.MINUTES,
    }
    return render(request, "portal/file_case.html", context, status=status)


def _check(request: HttpRequest, form: CaseForm, *, status: int = 200) -> HttpResponse:
    context = {
        "answers": form.answers(),
        "role": form.role,
        "purposes": published.purposes_of_requests(form.policy, words.language()),
        "policy": form.policy,
        "too_many": status == TOO_MANY,
        "minutes": drafts.MINUTES,
    }
    return render(request, "portal/check_case.html", context, status=status)


def _keep(request: HttpRequest, form: CaseForm) -> None:
    data = {name: request.POST.getlist(name) for name in form.fields if name in request.POST}
    data |= {name: [value] for name, value in form.seal().items()}
    drafts.keep(request, drafts.DRAFT, {"role": form.role, "data": data}, now=clock.now())


def _drafted(request: HttpRequest) -> CaseForm | None:
    draft = drafts.find(request, drafts.DRAFT, now=clock.now())
    if draft is None:
        return None
    data = MultiValueDict(draft["data"])
    return CaseForm(data, role=Role(draft["role"]), policy=published.in_force())


def _initial(data: dict[str, list[str]]) -> dict[str, Any]:
    several = {"kinds", "items"}
    return {name: value if name in several else value[-1] for name, value in data.items() if value}


def _in_language(response: HttpResponseRedirect, language: str) -> HttpResponseRedirect:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, samesite="Lax", secure=settings.MAMORU.secure
    )
    return response
