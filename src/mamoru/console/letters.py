"""Letters at the desk (P3.10, P3.11, P3.24): shown as they will leave, and recorded as gone."""

from datetime import datetime
from typing import Protocol

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from mamoru.cases import actions, store
from mamoru.cases.terms import DispatchKind, TellingWay
from mamoru.console import access, acting, forms, words
from mamoru.console.access import Desk, Right
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import CaseId, StaffId


class _Opened(Protocol):
    """An action that returns a letter of a case as PDF; the look is in the ledger."""

    def __call__(self, case_id: CaseId, /, *, by: StaffId, now: datetime) -> bytes: ...


def _show(
    request: HttpRequest, desk: Desk, case_id: str, opened: _Opened, *, name: str
) -> HttpResponse:
    """Show a letter, or the case with what keeps it from being made."""
    known = acting.known(case_id)
    try:
        content = opened(known, by=desk.by, now=clock.now())
    except MamoruError as problem:
        return acting.page(request, desk, known, problem=problem)
    return acting.file(content, "application/pdf", f"{known}-{name}.pdf")


@require_GET
@access.staff(Right.READ)
def letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the answer as it will leave."""
    return _show(request, desk, case_id, actions.open_letter, name="answer")


@require_GET
@access.staff(Right.READ)
def supplement_letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the newest request for missing papers as a letter, for those who are written to."""
    return _show(request, desk, case_id, actions.supplement_letter, name="supplement")


@require_GET
@access.staff(Right.READ)
def telling_letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the letter that tells the person, at the registered address, that an agent asks."""
    return _show(request, desk, case_id, actions.telling_letter, name="notice")


@require_GET
@access.staff(Right.READ)
def change_letter(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Show the letter that tells the earlier address of a change of the registered contact."""
    return _show(request, desk, case_id, actions.change_letter, name="change")


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
