"""Decisions at the desk (P3.10 to P3.17): one person decides, a second one approves."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from mamoru.cases import actions, store
from mamoru.console import access, acting, forms
from mamoru.console.access import Desk, Right
from mamoru.console.panels import decisions
from mamoru.kit import clock


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
