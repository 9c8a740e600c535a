"""Papers at the desk (P3.10 to P3.12, P3.22, P3.25): opened, read, blacked out, asked for."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mamoru.cases import actions, store
from mamoru.console import access, acting, blacking, forms, words
from mamoru.console.access import Desk, Right
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError

_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@require_GET
@access.staff(Right.READ)
def open_paper(_request: HttpRequest, desk: Desk, case_id: str, proof_id: str) -> HttpResponse:
    """Show a paper in a tab of its own; the look is in the ledger (P1.5)."""
    known = acting.known(case_id)
    try:
        media_type, content = actions.open_paper(known, proof_id, by=desk.by, now=clock.now())
    except store.PaperUnknown as problem:
        raise Http404 from problem
    return acting.file(content, media_type, f"{known}-paper.{_ENDINGS.get(media_type, 'bin')}")


@require_GET
@access.staff(Right.READ)
def paper_page(
    _request: HttpRequest, desk: Desk, case_id: str, proof_id: str, number: int
) -> HttpResponse:
    """Show one page of a paper as a picture; the look is in the ledger (P1.5)."""
    known = acting.known(case_id)
    try:
        pages = actions.paper_pages(known, proof_id, by=desk.by, now=clock.now())
    except store.PaperUnknown as problem:
        raise Http404 from problem
    if not 1 <= number <= len(pages):
        raise Http404
    return acting.file(pages[number - 1], "image/jpeg", f"{known}-page-{number}.jpg")


@require_http_methods(["GET", "POST"])
@access.staff(Right.HANDLE)
def black_out(request: HttpRequest, desk: Desk, case_id: str, proof_id: str) -> HttpResponse:
    """Black out what a paper need not show; what was there is destroyed (P3.25)."""
    known, now, error = acting.known(case_id), clock.now(), ""
    if request.method == "POST":
        try:
            acting.expect_current(request, known)
            areas = blacking.boxes(request.POST)
            actions.black_out(known, proof_id, areas, by=desk.by, now=now)
        except store.PaperUnknown as problem:
            raise Http404 from problem
        except MamoruError as problem:
            error = acting.explained(problem)
        else:
            messages.success(
                request, gettext("塗りつぶして保存しました。もとの画像は消去しました。")
            )
            return redirect("black-out", known, proof_id)
    try:
        pages = actions.paper_pages(known, proof_id, by=desk.by, now=now)
    except store.PaperUnknown as problem:
        raise Http404 from problem
    case = store.case(known)
    proof = next(each for each in case.proofs if each.id == proof_id)
    typed = request.POST.dict() if error else {}
    black = blacking.page(case, proof, count=len(pages), error=error, typed=typed)
    return render(
        request,
        "console/black_out.html",
        {"black": black, "desk": desk},
        status=422 if error else 200,
    )


@require_POST
@access.staff(Right.HANDLE)
def record_finding(request: HttpRequest, desk: Desk, case_id: str, proof_id: str) -> HttpResponse:
    """Keep what was read on a paper (P3.10, P3.11)."""
    known = acting.known(case_id)
    proof = next((each for each in store.case(known).proofs if each.id == proof_id), None)
    if proof is None:
        raise Http404
    form = forms.FindingForm(proof, request.POST, language=words.language())
    now = clock.now()
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.record_finding(known, proof_id, form.finding(by=desk.by, at=now), now=now),
        form=form,
        key=f"paper-{proof_id}",
        done=gettext("書類の記載を記録しました。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def ask_supplement(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Ask for what is missing before anything is refused (P3.12, P3.22)."""
    known = acting.known(case_id)
    points = actions.asked_of(store.case(known), actions.check(known, now=clock.now()).askable)
    form = forms.SupplementForm(points, request.POST, language=words.language())
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.ask_supplement(
            known,
            form.cleaned_data["defects"],
            form.cleaned_data["message"],
            by=desk.by,
            now=clock.now(),
        ),
        form=form,
        key="supplement",
        anchor="supplement",
        done=gettext("不足書類をお願いしました。請求者の画面に表示されます。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def resume_check(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Go on with the papers that came, though the requester has not said that these are all."""
    known = acting.known(case_id)
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.submit_supplement(known, by=desk.by, now=clock.now()),
        anchor="papers",
        done=gettext("届いた書類で確認を再開しました。"),
    )
