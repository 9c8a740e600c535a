"""支援措置 at the desk (P3.11): one person sets a flag, two name a contact, two lift it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from mamoru.cases import actions
from mamoru.console import access, acting, forms
from mamoru.console.access import Desk, Right
from mamoru.kit import clock

_ANCHOR = "protection"


@require_POST
@access.staff(Right.HANDLE)
def set_protection(request: HttpRequest, desk: Desk, case_id: str) -> HttpResponse:
    """Protect the person of a case from this moment on."""
    known = acting.known(case_id)
    form = forms.ProtectionForm(request.POST, auto_id="protection-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.set_protection(
            known,
            ground=form.ground(),
            paper=form.cleaned_data["paper"],
            renew_by=form.cleaned_data["renew_by"],
            contact=form.contact(),
            by=desk.by,
            now=clock.now(),
        ),
        form=form,
        key=_ANCHOR,
        done=gettext(
            "支援措置の対象として登録しました。いまから、所在の手がかりは誰にも伝えません。"
        ),
    )


@require_POST
@access.staff(Right.HANDLE)
def confirm_contact(
    request: HttpRequest,
    desk: Desk,
    case_id: str,
    position: int,  # noqa: ARG001
) -> HttpResponse:
    """Confirm the safe contact of a flag as the second person."""
    known = acting.known(case_id)
    reference = request.POST.get("reference", "")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.confirm_safe_contact(known, reference, by=desk.by, now=clock.now()),
        anchor=_ANCHOR,
        done=gettext(
            "安全な連絡先を確かめたことを記録しました。本人あての書面は、ここへ送れます。"
        ),
    )


@require_POST
@access.staff(Right.DECIDE)
def ask_lifting(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:
    """Ask that a flag be lifted; a second person agrees."""
    known = acting.known(case_id)
    form = forms.UnprotectForm(request.POST, auto_id=f"unprotect-{position}-%s")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.ask_lifting_protection(
            known,
            form.cleaned_data["reference"],
            reason=form.cleaned_data["reason"],
            by=desk.by,
            now=clock.now(),
        ),
        form=form,
        key=f"unprotect-{position}",
        anchor=_ANCHOR,
        done=gettext("登録の解除を求めました。別の人が承認するまで、保護は続きます。"),
    )


@require_POST
@access.staff(Right.APPROVE)
def lift(request: HttpRequest, desk: Desk, case_id: str, position: int) -> HttpResponse:  # noqa: ARG001
    """Lift a flag as the second person."""
    known = acting.known(case_id)
    reference = request.POST.get("reference", "")
    return acting.act(
        request,
        desk,
        known,
        lambda: actions.lift_protection(known, reference, by=desk.by, now=clock.now()),
        anchor=_ANCHOR,
        done=gettext("支援措置の登録を解除しました。"),
    )
