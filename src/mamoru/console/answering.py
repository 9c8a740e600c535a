"""From a decision to the answer at the desk (P3.5, P3.6, P3.24): carried out, written, sent."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from mamoru.cases import actions, store
from mamoru.cases.terms import DispatchKind
from mamoru.console import access, acting, forms, words
from mamoru.console.access import Desk, Right
from mamoru.kit import clock


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
