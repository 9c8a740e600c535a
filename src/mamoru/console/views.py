"""The desk (P3.10 to P3.17, P3.22, P3.24): each view is named after the action that it calls."""

import re

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from mamoru.cases import actions, store
from mamoru.cases.terms import DispatchKind, TellingWay
from mamoru.console import access, acting, blacking, forms, inventory, naming, words
from mamoru.console import queue as queues
from mamoru.console.access import Desk, Right
from mamoru.console.panels import decisions
from mamoru.kit import clock, ids
from mamoru.kit.errors import MamoruError
from mamoru.kit.text import fold

_SEARCH_LENGTH = 20
_ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


# --- looking ------------------------------------------------------------------------------


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


@require_GET
@access.staff(Right.READ)
def letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the answer as it will leave."""
    known = acting.known(case_id)
    try:
        content = actions.open_letter(known, by=desk.by, now=clock.now())
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    return acting.file(content, "application/pdf", f"{known}-answer.pdf")


@require_GET
@access.staff(Right.READ)
def supplement_letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the newest request for missing papers as a letter, for those who are written to."""
    known = acting.known(case_id)
    try:
        content = actions.supplement_letter(known, by=desk.by, now=clock.now())
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    return acting.file(content, "application/pdf", f"{known}-supplement.pdf")


@require_GET
@access.staff(Right.READ)
def telling_letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the letter that tells the person, at the registered address, that an agent asks."""
    known = acting.known(case_id)
    try:
        content = actions.telling_letter(known, by=desk.by, now=clock.now())
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    return acting.file(content, "application/pdf", f"{known}-notice.pdf")


@require_GET
@access.staff(Right.READ)
def change_letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the letter that tells the earlier address of a change of the registered contact."""
    known = acting.known(case_id)
    try:
        content = actions.change_letter(known, by=desk.by, now=clock.now())
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    return acting.file(content, "application/pdf", f"{known}-change.pdf")


# --- identity and authority ---------------------------------------------------------------


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


@require_POST
@access.staff(Right.HANDLE)
def make_posted_code(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Hand out a letter with a new code for the registered address; it is kept nowhere (P3.10)."""
    known = acting.known(case_id)
    try:
        acting.expect_current(request, known)
        content = actions.make_posted_code(known, by=desk.by, now=clock.now())
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    response = acting.file(content, "application/pdf", f"{known}-code.pdf")
    # The page stays where it is, for the dispatch to be recorded on it.
    response["Content-Disposition"] = f'attachment; filename="{known}-code.pdf"'
    return response


@require_POST
@access.staff(Right.HANDLE)
def record_posted_code(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Record that the letter with the code left, and under which number (P3.10)."""
    known = acting.known(case_id)
    form = forms.PostedCodeForm(request.POST, language=words.language())
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.record_posted_code(
            known,
            dispatch=DispatchKind(form.cleaned_data["dispatch"]),
            tracking_number=form.cleaned_data["tracking_number"],
            by=desk.by,
            now=clock.now(),
        ),
        form=form,
        key="posted",
        anchor="posted",
        done=gettext("確認番号の書面を送ったことを記録しました。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def ask_supplement(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Ask for what is missing before anything is refused (P3.12, P3.22)."""
    known = acting.known(case_id)
    points = actions.check(known, now=clock.now()).askable
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


# --- decisions ----------------------------------------------------------------------------


@require_POST
@access.staff(Right.DECIDE)
def decide(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Decide one demand (P3.10 to P3.17): the facts stand beside it, a second person approves."""
    known = acting.known(case_id)
    now = clock.now()
    case, demand = acting.demand(known, position)
    form = decisions.decide_form(case, demand, position=position, now=now, data=request.POST)
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.decide_demand(
            demand.id, judged=form.judgement(), by=desk.by, now=now, version=acting.version(request)
        ),
        form=form,
        key=f"demand-{position}",
        anchor=f"demand-{position}",
        done=gettext("請求%(position)sの判断を記録しました。別の人の承認を待ちます。")
        % {"position": position},
    )


@require_POST
@access.staff(Right.APPROVE)
def approve(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Approve what was decided and seen, as the second person (P3.17)."""
    known = acting.known(case_id)
    _case, demand = acting.demand(known, position)

    def act() -> None:
        if demand.decision is None or request.POST.get("seen") != decisions.seen(demand.decision):
            raise store.CaseChangedMeanwhile(f"demand `{demand.id}` was decided anew")
        actions.approve_demand(
            demand.id, by=desk.by, now=clock.now(), version=acting.version(request)
        )

    return acting.act(
        request,
        desk,
        known,
        act,
        anchor=f"demand-{position}",
        done=gettext("請求%(position)sの判断を承認しました。") % {"position": position},
    )


@require_POST
@access.staff(Right.APPROVE)
def return_demand(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Send a decision back; the first person decides again."""
    known = acting.known(case_id)
    _case, demand = acting.demand(known, position)
    form = forms.ReturnForm(request.POST, auto_id=f"return-{position}-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.return_demand(
            demand.id,
            reason=form.cleaned_data["reason"],
            by=desk.by,
            now=clock.now(),
            version=acting.version(request),
        ),
        form=form,
        key=f"return-{position}",
        anchor=f"demand-{position}",
        done=gettext("請求%(position)sの判断を差し戻しました。") % {"position": position},
    )


@require_POST
@access.staff(Right.DECIDE)
def ask_lifting(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Ask that a suspension or stop be lifted; a second person agrees (P3.6, P3.7)."""
    known = acting.known(case_id)
    _case, demand = acting.demand(known, position)
    form = forms.LiftingForm(request.POST, auto_id=f"lifting-{position}-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.ask_lifting(
            demand.id, reason=form.cleaned_data["reason"], by=desk.by, now=clock.now()
        ),
        form=form,
        key=f"lifting-{position}",
        anchor="lifting",
        done=gettext("停止を解くことを求めました。別の人が承認するまで、停止は続きます。"),
    )


@require_POST
@access.staff(Right.APPROVE)
def lift(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Lift a suspension or stop as the second person."""
    known = acting.known(case_id)
    _case, demand = acting.demand(known, position)
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.lift(demand.id, by=desk.by, now=clock.now()),
        anchor="lifting",
        done=gettext("停止を解きました。"),
    )


# --- work and answer ----------------------------------------------------------------------


@require_POST
@access.staff(Right.HANDLE)
def reopen_case(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Send back what can no longer be carried out as approved; two persons decide it anew."""
    known = acting.known(case_id)
    form = forms.ReturnForm(request.POST, auto_id="reopen-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.reopen_case(
            known,
            reason=form.cleaned_data["reason"],
            by=desk.by,
            now=clock.now(),
            version=acting.version(request),
        ),
        form=form,
        key="reopen",
        anchor="decide",
        done=gettext("判断に差し戻しました。新しい範囲で判断し、別の人が承認してください。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def write_by_hand(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Record which characters without a glyph are written into the letter by hand."""
    known = acting.known(case_id)
    form = forms.HandWrittenForm(
        actions.unprintable(store.case(known)), request.POST, language=words.language()
    )
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.write_by_hand(known, form.points_chosen(), by=desk.by, now=clock.now()),
        form=form,
        key="by-hand",
        done=gettext("手書きする文字を記録しました。その位置を空けて書面を作ります。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def try_now(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Let the worker try a waiting case at once."""
    known = acting.known(case_id)
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.try_now(known, by=desk.by, now=clock.now()),
        anchor="work",
        done=gettext("すぐに試すよう依頼しました。結果はこの画面を開き直すと分かります。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def carried_out(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Record that a granted demand was carried out by hand (P3.5, P3.6)."""
    known = acting.known(case_id)
    _case, demand = acting.demand(known, position)
    form = forms.CarriedOutForm(request.POST, auto_id=f"hand-{position}-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.record_carried_out(
            demand.id, by=desk.by, now=clock.now(), note=form.cleaned_data["note"]
        ),
        form=form,
        key=f"hand-{position}",
        anchor="work",
        done=gettext("作業を記録しました。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def record_told(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Record that the person was told of an agent's request at the registered contact (P3.11)."""
    known = acting.known(case_id)
    form = forms.ToldForm(actions.telling_ways(store.case(known), now=clock.now()), request.POST)
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.record_told(
            known,
            way=TellingWay(form.cleaned_data["way"]),
            tracking_number=form.cleaned_data["tracking_number"],
            by=desk.by,
            now=clock.now(),
        ),
        form=form,
        key="telling",
        anchor="telling",
        done=gettext("本人に知らせたことを記録しました。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def mail_change_notice(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Send the notice of a changed contact to the earlier mail address (P3.10)."""
    known = acting.known(case_id)
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.mail_change_notice(known, by=desk.by, now=clock.now()),
        anchor="change",
        done=gettext("変更前のメールアドレスにお知らせを送りました。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def record_change_told(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Record that the earlier contact was told of a change of the registered one (P3.10)."""
    known = acting.known(case_id)
    now = clock.now()
    ways = actions.change_contacts(store.case(known), now=now)
    form = forms.ToldForm(ways, request.POST, key="change")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.record_change_told(
            known,
            way=TellingWay(form.cleaned_data["way"]),
            tracking_number=form.cleaned_data["tracking_number"],
            by=desk.by,
            now=now,
        ),
        form=form,
        key="change",
        anchor="change",
        done=gettext("変更前の連絡先に知らせたことを記録しました。"),
    )


@require_POST
@access.staff(Right.HANDLE)
def send_answer(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Record that the answer left, and how (P3.24)."""
    known = acting.known(case_id)
    case = store.case(known)
    form = forms.SendForm(case.filing.answer_method, request.POST, language=words.language())
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.send_answer(
            known,
            dispatch=DispatchKind(form.cleaned_data["dispatch"]),
            tracking_number=form.cleaned_data.get("tracking_number", ""),
            by=desk.by,
            now=clock.now(),
        ),
        form=form,
        key="send",
        anchor="answer",
        done=gettext("回答を送ったことを記録しました。"),
    )
