"""Each demand with its facts, its decision and what may be done with it (P3.12 to P3.17)."""

from datetime import datetime

from django.utils.translation import gettext

from mamoru.cases import actions, execute, store
from mamoru.cases.store import effects
from mamoru.cases.terms import (
    Case,
    Decision,
    DemandState,
    LocationReceipt,
    RefusalGround,
    Stage,
)
from mamoru.console import forms, labels
from mamoru.console.access import Right
from mamoru.console.effects import counted, proven
from mamoru.console.panels import work
from mamoru.console.panels.look import Look
from mamoru.console.panels.protection import withheld
from mamoru.console.shaping import (
    ground_of,
)
from mamoru.console.shown import (
    Decided,
    DemandView,
    Touched,
)
from mamoru.console.words import day, listed, moment, said, word
from mamoru.documents import wording


def _deciding(look: Look) -> bool:
    case = look.case
    if case.stage is Stage.VERIFIED:
        return True
    asked = case.stage is Stage.SUPPLEMENT_ASKED
    return asked and case.supplements[-1].due_on < look.today


def decide_hint(look: Look) -> str:
    """Return why nothing can be decided yet, or by whom it is."""
    stage = look.case.stage
    if stage is Stage.RECEIVED:
        return gettext("本人の確認が確定すると、判断できるようになります。")
    if stage is Stage.SUPPLEMENT_ASKED and not _deciding(look):
        return gettext("お願いした書類の期限（%(due)s）までは、判断できません。") % {
            "due": day(look.case.supplements[-1].due_on)
        }
    undecided = any(each.decision is None for each in look.case.demands)
    if undecided and _deciding(look) and not look.desk.may(Right.DECIDE):
        return gettext("判断は、個人情報保護管理者が行います。")
    return ""


def demand(look: Look, position: int, state: DemandState) -> DemandView:
    """Return a demand as this person may see it and act on it."""
    asked, decision = state.demand, state.decision
    shown = _deciding(look) or decision is not None
    plan = actions.plan_of(look.case, state) if shown and look.case.identity else None
    standing: tuple[RefusalGround, ...] = ()
    if _deciding(look):
        standing = actions.standing_grounds(look.case, state, now=look.now)
    waiting = _deciding(look) and decision is not None and not state.decided
    form = None
    if _deciding(look) and not state.decided and look.desk.may(Right.DECIDE):
        form = look.kept_or(
            forms.DecideForm,
            f"demand-{position}",
            decide_form(look.case, state, position=position, now=look.now),
        )
    may_approve = (
        waiting
        and look.desk.may(Right.APPROVE)
        and decision is not None
        and decision.by != look.desk.by
    )
    return DemandView(
        position=position,
        kind=said(wording.KINDS, asked.kind),
        code=asked.kind,
        article=said(wording.ARTICLES, asked.kind),
        items=listed(actions.asked_for(asked, look.titles)) or gettext("すべて"),
        before=(asked.before or "") if look.personal else "",
        after=(asked.after or "") if look.personal else "",
        reason=asked.reason if look.personal else "",
        standing=tuple(ground_of(each) for each in standing),
        plan=_plan(look, plan),
        changes=execute.changes(asked),
        expected=counted(decision.expected, look.titles) if decision else (),
        effects=proven(effects.effects(state.id), look.titles),
        may_name=_may_name(look, state, plan),
        by_hand=plan is not None and plan.by_hand,
        withheld=withheld(look, plan.withheld) if plan is not None else "",
        decided=_decided(look, decision) if decision else None,
        form=form,
        may_approve=may_approve,
        approval=_approval(look, decision) if waiting and decision else "",
        return_form=(
            look.kept_or(
                forms.ReturnForm,
                f"return-{position}",
                forms.ReturnForm(auto_id=f"return-{position}-%s"),
            )
            if may_approve
            else None
        ),
        receipts=tuple(_receipt(look, each) for each in store.receipts(state.id)),
        done=store.executed(state.id),
        hand_form=work.hand_form(look, position, state, plan),
        hand=work.hand(look, state, plan),
    )


def _may_name(look: Look, state: DemandState, plan: execute.Plan | None) -> bool:
    return (
        look.case.stage is Stage.VERIFIED
        and look.handles
        and state.decision is None
        and state.demand.kind in execute.CORRECTING
        and plan is not None
    )


def _plan(look: Look, plan: execute.Plan | None) -> tuple[Touched, ...]:
    if plan is None:
        return ()
    return tuple(
        Touched(
            store=look.titles.get(place.store, place.store),
            table=look.titles.get(f"{place.store}/{place.table}", place.table),
            count=len(place.columns),
        )
        for place in plan.locations
    )


def _receipt(look: Look, done: LocationReceipt) -> Touched:
    ref = f"{done.store}/{done.table}"
    return Touched(
        store=look.titles.get(done.store, gettext("提供の記録簿")),
        table=look.titles.get(ref) or look.place(done.table),
        count=done.rows,
        at=moment(done.at),
    )


def _decided(look: Look, decision: Decision) -> Decided:
    return Decided(
        outcome=decision.outcome,
        word=word(labels.OUTCOMES, decision.outcome),
        grounds=tuple(ground_of(each) for each in decision.grounds),
        reason=decision.reason if look.personal else "",
        law=decision.law,
        by=look.who(decision.by),
        at=moment(decision.at),
        approved_by=look.who(decision.approved_by) if decision.approved_by else "",
        approved_at=moment(decision.approved_at) if decision.approved_at else "",
        seen=seen(decision),
    )


def _approval(look: Look, decision: Decision) -> str:
    decider = look.who(decision.by)
    if decision.by == look.desk.by:
        return gettext(
            "あなた（%(name)s）が判断したため、あなたは承認できません。ほかの承認者に依頼してください。"
        ) % {"name": decider}
    if not look.desk.may(Right.APPROVE):
        return gettext("承認は、判断した人（%(name)s）とは別の承認者が行います。") % {
            "name": decider
        }
    return gettext("%(name)sさんが判断しました。%(name)sさん自身は承認できません。") % {
        "name": decider
    }


def decide_form(
    case: Case, state: DemandState, *, position: int, now: datetime, data: object = None
) -> forms.DecideForm:
    """Return the form of a decision with the grounds that may be chosen, and no others."""
    standing = actions.standing_grounds(case, state, now=now)
    if standing:
        named = listed(said(wording.GROUNDS, each) for each in standing)
        first = gettext("該当する理由による（%(grounds)s）") % {"grounds": named}
    else:
        first = gettext("請求に応じる")
    weighed = [
        (str(each), gettext("お断りする：%(ground)s") % {"ground": said(wording.GROUNDS, each)})
        for each in actions.judged_grounds(state.demand.kind)
    ]
    return forms.DecideForm(
        [("", first), *weighed], data, position=position, explains=bool(standing)
    )


def seen(decision: Decision) -> str:
    """Return what tells one decision from the next, so that nobody approves unseen text."""
    return f"{decision.at.timestamp()}-{decision.plan_digest[:16]}"
