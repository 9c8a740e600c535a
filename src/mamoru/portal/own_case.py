"""A requester's own case: status, papers, supplement, withdrawal, answer (P3.21 to P3.24)."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from mamoru.cases import actions, store
from mamoru.cases.terms import Case, ProofKind, ProofOf, Role, Stage
from mamoru.documents import asking
from mamoru.kit import clock, ids
from mamoru.kit import text as kit_text
from mamoru.kit.ids import REQUESTER, CaseId, StaffId
from mamoru.portal import drafts, places, proofs, published, words
from mamoru.portal.forms import StatusForm
from mamoru.portal.views import TOO_MANY, UNPROCESSABLE

_MOVES = (ProofKind.RESIDENT_RECORD, ProofKind.ADDRESS_HISTORY)
"""Papers that show a change of address: always offered, since they cure a difference."""
_CHANGED = 409


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """Open a case by number and code; every failure is the same page, byte for byte (P3.21)."""
    if request.method != "POST":
        return render(request, "portal/status.html", {"form": StatusForm()})
    form = StatusForm(request.POST)
    now = clock.now()
    if not form.is_valid():
        return render(request, "portal/status.html", {"form": form}, status=UNPROCESSABLE)
    try:
        places.admit(request, "status", now=now)
        case = _opened(request, form.cleaned_data["reference"], form.cleaned_data["code"])
    except actions.TooManyFilings:
        context = {"form": StatusForm(), "too_many": True}
        return render(request, "portal/status.html", context, status=TOO_MANY)
    except actions.CodeRefused:
        context = {"form": StatusForm(), "refused": True}
        return render(request, "portal/status.html", context, status=UNPROCESSABLE)
    request.session.cycle_key()
    drafts.keep(request, drafts.CASE, {"id": case.id, "by": REQUESTER}, now=now)
    return redirect("own-case")


def _opened(request: HttpRequest, reference: str, code: str) -> Case:
    case_id = ids.parse_case_id(kit_text.fold(reference)) or CaseId("C-0000-000000-0")
    place = places.place_of(request)
    return actions.open_status(case_id, kit_text.digits_only(code), place=place, now=clock.now())


@never_cache
@require_safe
def own_case(request: HttpRequest) -> HttpResponse:
    """Show where the case is, by when, and what the requester can do."""
    case = _case(request)
    return _page(request, case) if case else redirect("status")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send_paper(request: HttpRequest) -> HttpResponse:
    """Take a paper; what is wrong with a file is said in plain words (P3.22)."""
    case = _case(request)
    if case is None:
        return redirect("status")
    if request.method != "POST":
        return redirect("own-case")
    kind, of = request.POST.get("kind", ""), request.POST.get("of", "")
    problems = _receive(request, case, kind, of)
    if not problems:
        return redirect("own-case")
    return _page(request, case, problems=problems, chosen=(kind, of), status=UNPROCESSABLE)


def _receive(request: HttpRequest, case: Case, kind: str, of: str) -> dict[str, str]:
    """Hand the paper over; return each gap as anchor and sentence, none when it was taken."""
    gaps = {}
    if kind not in set(ProofKind):
        gaps["id_kind"] = gettext("書類の種類を選んでください。")
    if of not in set(ProofOf):
        gaps["id_of_0"] = gettext("どなたの、何を示す書類かを選んでください。")
    if gaps:
        wrong = _fault(request)
        return {**gaps, "id_paper": wrong} if wrong else gaps
    wrong = _hand_over(request, case, ProofKind(kind), ProofOf(of))
    if wrong:
        return {"id_paper": wrong}
    received = gettext("%(paper)sを受け取りました") % {"paper": words.said("proofs", kind)}
    messages.success(request, received)
    return {}


def _fault(request: HttpRequest) -> str:
    """Return what is wrong with the file at a glance, while something else is missing too."""
    paper, limit = request.FILES.get("paper"), actions.practice().upload_bytes
    if paper is None:
        return _no_file(request)
    try:
        actions.glance_at_paper(paper.read(), name=paper.name or "")
    except actions.PaperRefused as refused:
        return _upload_words(refused.reason, limit)
    return ""


def _no_file(request: HttpRequest) -> str:
    """Return what to say where no file came: none was chosen, or it was too large to be kept."""
    if "paper" in request.FILES:
        return ""
    limit = actions.practice().upload_bytes
    if int(request.META.get("CONTENT_LENGTH") or 0) > limit:
        return _upload_words("too-large", limit)
    return gettext("送るファイルを選んでください。")


def _hand_over(request: HttpRequest, case: Case, kind: ProofKind, of: ProofOf) -> str:
    limit = actions.practice().upload_bytes
    paper = request.FILES.get("paper")
    if paper is None:
        return _no_file(request)
    content, by, now = paper.read(), _by(request), clock.now()
    try:
        actions.receive_proof(
            case.id,
            content,
            kind=kind,
            of=of,
            by=by,
            now=now,
            name=paper.name or "",
            shows_number=request.POST.get("my_number") == "visible",
        )
    except actions.PaperRefused as refused:
        return _upload_words(refused.reason, limit)
    except actions.TooManyPapers:
        return gettext(
            "お送りいただける書類の数を超えました。ほかの書類は、お問い合わせ窓口にご相談ください。"
        )
    except actions.StageForbidden:
        return gettext("この請求では、今は書類をお送りいただく必要はありません。")
    return ""


def _upload_words(reason: str, limit: int) -> str:
    return words.said("uploads", reason).replace("{limit}", f"{limit / 1_000_000:g}")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def submit_supplement(request: HttpRequest) -> HttpResponse:
    """Note that what was asked for has been sent."""
    case = _case(request)
    if case is None:
        return redirect("status")
    if request.method == "POST":
        try:
            actions.submit_supplement(case.id, by=_by(request), now=clock.now())
            thanks = gettext("書類の提出を承りました。確認の結果をお知らせします。")
            messages.success(request, thanks)
        except store.CaseChangedMeanwhile:
            return _page(request, store.case(case.id), changed=True, status=_CHANGED)
        except actions.NothingSent:
            words_ = gettext(
                "お願いした書類がまだ届いていません。書類を送ってから、もう一度押してください。"
            )
            return _page(request, case, problems={"paper": words_}, status=UNPROCESSABLE)
        except actions.StageForbidden:
            pass  # the second of two clicks: it is noted already
    return redirect("own-case")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_posted_code(request: HttpRequest) -> HttpResponse:
    """Take a code that came by registered post; whatever is wrong is said in one way (P3.10)."""
    case = _case(request)
    if case is None:
        return redirect("status")
    if request.method != "POST":
        return redirect("own-case")
    typed = kit_text.digits_only(request.POST.get("posted_code", ""))
    try:
        actions.enter_posted_code(case.id, typed, by=_by(request), now=clock.now())
    except store.CaseChangedMeanwhile:
        return _page(request, store.case(case.id), changed=True, status=_CHANGED)
    except actions.PostedCodeRefused:
        told = gettext(
            "この番号では確認できませんでした。書面の番号と期限を確かめてください。"
            "%(tries)s回間違えると、その書面の番号は使えなくなります。"
        ) % {"tries": actions.POSTED_TRIES}
        problems = {"id_posted_code": told}
        return _page(request, case, problems=problems, status=UNPROCESSABLE)
    messages.success(request, gettext("確認番号を確かめました"))
    return redirect("own-case")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_mailed_code(request: HttpRequest) -> HttpResponse:
    """Ask for a code at the registered mail address; the page says the same for everybody."""
    case = _case(request)
    if case is None:
        return redirect("status")
    if request.method != "POST" or not actions.takes_mailed_code(case):
        return redirect("own-case")
    try:
        actions.ask_mailed_code(case.id, by=_by(request), now=clock.now())
    except actions.TooManyMails:
        told = gettext("メールの確認番号を求められるのは、1時間に%(count)s回までです。") % {
            "count": actions.MAILS_AN_HOUR
        }
        return _page(request, case, problems={"mailed": told}, status=TOO_MANY)
    except actions.StageForbidden:
        return redirect("own-case")
    messages.success(
        request,
        gettext(
            "メールの確認番号を受け付けました。登録のメールアドレスを確かめられるときは、数分以内に届きます"
        ),
    )
    return redirect("own-case")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter_mailed_code(request: HttpRequest) -> HttpResponse:
    """Take a code that came by mail; whatever is wrong is said in one way (P3.10)."""
    case = _case(request)
    if case is None:
        return redirect("status")
    if request.method != "POST" or not actions.takes_mailed_code(case):
        return redirect("own-case")
    typed = kit_text.digits_only(request.POST.get("mailed_code", ""))
    try:
        actions.enter_mailed_code(case.id, typed, by=_by(request), now=clock.now())
    except store.CaseChangedMeanwhile:
        return _page(request, store.case(case.id), changed=True, status=_CHANGED)
    except actions.MailedCodeRefused:
        told = gettext(
            "この番号では確認できませんでした。いちばん新しいメールの番号と期限（%(minutes)s分）を確かめてください。"
            "%(tries)s回間違えると、その番号は使えなくなります。"
        ) % {"tries": actions.MAILED_TRIES, "minutes": actions.MAILED_MINUTES}
        problems = {"id_mailed_code": told}
        return _page(request, case, problems=problems, status=UNPROCESSABLE)
    messages.success(request, gettext("メールの確認番号を確かめました"))
    return redirect("own-case")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_case(request: HttpRequest) -> HttpResponse:
    """Ask once more, then end the case because its requester wants it."""
    case = _case(request)
    if case is None:
        return redirect("status")
    if not actions.possible(case, Stage.WITHDRAWN):
        return redirect("own-case")
    if request.method != "POST":
        return render(request, "portal/withdraw_case.html", {"case": case})
    try:
        actions.withdraw_case(case.id, by=_by(request), now=clock.now())
    except store.CaseChangedMeanwhile:
        return _page(request, store.case(case.id), changed=True, status=_CHANGED)
    return redirect("own-case")


@never_cache
@require_safe
def download_answer(request: HttpRequest) -> HttpResponse:
    """Hand the answer over, to the session that opened this very case and to nobody else."""
    case = _case(request)
    if case is None:
        return redirect("status")
    try:
        pdf = actions.download_answer(case.id, by=_by(request), now=clock.now())
    except actions.StageForbidden:
        return redirect("own-case")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="answer-{case.id}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@never_cache
@require_safe
def download_data(request: HttpRequest, form: str) -> HttpResponse:
    """Hand the disclosed data over beside the letter, under the same conditions."""
    if form not in _FORMS:
        raise Http404
    case = _case(request)
    if case is None:
        return redirect("status")
    try:
        content = actions.download_data(
            case.id, sheet=form == "csv", by=_by(request), now=clock.now()
        )
    except actions.StageForbidden:
        return redirect("own-case")
    response = HttpResponse(content, content_type=_FORMS[form])
    response["Content-Disposition"] = f'attachment; filename="data-{case.id}.{form}"'
    response["Cache-Control"] = "no-store"
    return response


_FORMS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@never_cache
@require_POST
def close_case(request: HttpRequest) -> HttpResponse:
    """Forget which case this browser has opened, on a machine that others use too."""
    for name in (drafts.CASE, drafts.DONE, drafts.DRAFT):
        drafts.drop(request, name)
    return redirect("status")


def _case(request: HttpRequest) -> Case | None:
    kept = drafts.find(request, drafts.CASE, now=clock.now())
    return store.case(CaseId(kept["id"])) if kept else None


def _by(request: HttpRequest) -> StaffId:
    kept = drafts.find(request, drafts.CASE, now=clock.now())
    return StaffId(kept["by"]) if kept else REQUESTER


def _page(
    request: HttpRequest,
    case: Case,
    *,
    problems: Mapping[str, str] | None = None,
    chosen: tuple[str, str] = ("", ""),
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    practice, within = actions.practice(), actions.issued_within()
    open_supplements = [each for each in case.supplements if each.received_at is None]
    context = {
        "case": case,
        "stage": words.stage(case),
        "refused": any(words.refusal(case, each) for each in case.demands),
        "meaning": words.meaning(case),
        "papers": proofs.arrived(case),
        "takes_papers": actions.takes_papers(case) and not case.filing.member_ref,
        "kinds": _offered(case.filing.role),
        "ofs": _ofs(case.filing.role),
        "chosen_kind": chosen[0],
        "chosen_of": chosen[1],
        "problems": problems or {},
        "changed": changed,
        "supplements": [
            {
                "asked": tuple(
                    dict.fromkeys(
                        asking.defect(each, words.language(), within) for each in one.defects
                    )
                ),
                "message": one.message,
                "due_on": one.due_on,
            }
            for one in open_supplements
        ],
        "can_withdraw": actions.possible(case, Stage.WITHDRAWN),
        "takes_posted_code": actions.takes_posted_code(case),
        "takes_mailed_code": actions.takes_mailed_code(case),
        "mailed_minutes": actions.MAILED_MINUTES,
        "arrived": actions.arrived_papers(case),
        "can_submit": case.stage is Stage.SUPPLEMENT_ASKED,
        "can_download": actions.offers_download(case, now=clock.now()),
        "has_data": actions.offers_data(case, now=clock.now()),
        "practice": practice,
        "minutes": drafts.MINUTES,
        "desk": published.desk(published.in_force(), words.language()),
        "today": clock.date_in_japan(clock.now()),
    }
    return render(request, "portal/own_case.html", context, status=status)


def _offered(role: Role) -> tuple[ProofKind, ...]:
    groups = actions.required_proofs(role)
    wanted = {kind for group in groups for kind in (*group.one_of, *group.two_of)} | {*_MOVES}
    return tuple(kind for kind in ProofKind if kind in wanted)


def _ofs(role: Role) -> tuple[ProofOf, ...]:
    return (ProofOf.PERSON,) if role is Role.PERSON else tuple(ProofOf)
