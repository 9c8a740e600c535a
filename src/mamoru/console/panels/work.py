"""What the machine and hands do, and the answer that leaves (P3.24, P3.26)."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.translation import gettext

from mamoru.cases import actions, execute, store
from mamoru.cases.terms import (
    AnswerMethod,
    DemandState,
    Outcome,
    PlanChange,
    Role,
    Stage,
    TellingWay,
    Work,
)
from mamoru.console import forms, labels, queue
from mamoru.console.access import Right
from mamoru.console.panels.look import Look
from mamoru.console.shown import (
    Lifting,
    Row,
    Stale,
    Telling,
    Working,
)
from mamoru.console.words import language, moment, said, word
from mamoru.documents import wording
from mamoru.documents.terms import Addressee

_PROGRESS: Final = frozenset(
    {
        "case.decided",
        "case.place.read",
        "case.place.corrected",
        "case.demand.carried-out",
        "case.demand.carried-out-by-hand",
    }
)


def _hand_needed(look: Look, state: DemandState, plan: execute.Plan | None) -> bool:
    granted = state.decision is not None and state.decision.outcome is Outcome.FULFILLED
    by_hand = plan is not None and plan.by_hand
    return look.case.stage is Stage.DECIDED and granted and by_hand and not store.executed(state.id)


def hand_form(
    look: Look, position: int, state: DemandState, plan: execute.Plan | None
) -> forms.CarriedOutForm | None:
    """Return the form to record work by hand, for whoever did not approve it."""
    decision = state.decision
    if not _hand_needed(look, state, plan) or not look.handles or decision is None:
        return None
    if decision.approved_by == look.desk.by:
        return None
    return look.kept_or(
        forms.CarriedOutForm,
        f"hand-{position}",
        forms.CarriedOutForm(auto_id=f"hand-{position}-%s"),
    )


def hand(look: Look, state: DemandState, plan: execute.Plan | None) -> str:
    """Return who has to act by hand, and how."""
    decision = state.decision
    if not _hand_needed(look, state, plan) or decision is None:
        return ""
    if decision.approved_by == look.desk.by:
        return gettext("あなたが承認したため、作業の記録はほかの人が行います。")
    if not look.handles:
        return gettext("作業の記録は、受付担当または個人情報保護管理者が行います。")
    return gettext("表の内容を手で直し、どこで何をしたかを記録してください。")


def liftings(look: Look) -> tuple[Lifting, ...]:
    """Return what a demand has put in force and may be lifted, by two persons."""
    return tuple(
        _lifting(look, position, state)
        for position, state in enumerate(look.case.demands, start=1)
        if actions.liftable(state) is not None
    )


def _lifting(look: Look, position: int, state: DemandState) -> Lifting:
    asked = actions.lifting_asked_by(state.id)
    form = None
    if asked is None and look.desk.may(Right.DECIDE):
        form = look.kept_or(
            forms.LiftingForm,
            f"lifting-{position}",
            forms.LiftingForm(auto_id=f"lifting-{position}-%s"),
        )
    return Lifting(
        position=position,
        kind=said(wording.KINDS, state.demand.kind),
        asked=asked is not None,
        form=form,
        may_lift=asked not in {None, look.desk.by} and look.desk.may(Right.APPROVE),
    )


def written_form(look: Look) -> forms.HandWrittenForm | None:
    """Return the form for characters that no font of ours draws, while some are left."""
    left = [each for each in look.blanks if chr(each.point) not in look.case.hand_written]
    if not left or not look.handles:
        return None
    fresh = forms.HandWrittenForm(left, language=language())
    return look.kept_or(forms.HandWrittenForm, "by-hand", fresh)


def stale(look: Look) -> Iterable[Stale]:
    """Yield the decisions that can no longer be carried out, with what has changed."""
    for position, demand in enumerate(look.case.demands, start=1):
        change = actions.plan_change(look.case, demand)
        if change is not None:
            yield Stale(
                position=position,
                kind=said(wording.KINDS, demand.demand.kind),
                changes=tuple(_changes(look, change)),
            )


def _changes(look: Look, change: PlanChange) -> Iterable[str]:
    if change.hindered:
        yield str(labels.HINDRANCES[change.hindered])
    for ref in change.added:
        yield gettext("「%(place)s」が対象に加わりました。") % {"place": look.place(ref)}
    for ref in change.removed:
        yield gettext("「%(place)s」が対象から外れました。") % {"place": look.place(ref)}
    for ref in change.wider:
        yield gettext("「%(place)s」の項目「%(column)s」が対象に加わりました。") % _column(
            look, ref
        )
    for ref in change.narrower:
        yield gettext("「%(place)s」の項目「%(column)s」が対象から外れました。") % _column(
            look, ref
        )
    for ref in change.other_records:
        yield gettext("「%(place)s」で、対象となる記録が変わりました。") % {
            "place": look.place(ref)
        }
    if not change.known:
        yield gettext("判断したときの範囲が残っていないため、違いは表示できません。")


def _column(look: Look, ref: str) -> Mapping[str, str]:
    place, _, name = ref.rpartition("/")
    return {"place": look.place(place), "column": look.titles.get(ref, name)}


def working(look: Look) -> Working:
    """Return what the work does or waits for, and what to do."""
    case = look.case
    note = since = next_try = ""
    if case.work is Work.WAITING:
        code, _, name = case.work_note.partition(":")
        if code in {"hand-work", "plan-changed"}:
            place = said(wording.KINDS, name) if name in wording.KINDS else name
        else:
            place = look.titles.get(name, name)
        template = str(labels.WORK_NOTES.get(code, labels.WORK_NOTES["failed"]))
        note = template % {"place": place}
        if code == "failed" and name in labels.ERRORS:  # what to do, where we know it
            note = str(labels.ERRORS[name]) % {"places": ""}
        moved = [entry.at for entry in look.entries if entry.kind in _PROGRESS]
        since = moment(max(moved)) if moved else ""
        after = store.next_try(case.id)
        if after is not None and code not in {"hand-work", "plan-changed", "people"}:
            next_try = moment(after)
    return Working(
        word=word(labels.WORK, case.work),
        note=note,
        since=since,
        tries=case.tries,
        failures=case.failures,
        next_try=next_try,
        may_hasten=case.work is Work.WAITING and look.handles,
    )


def send(look: Look) -> tuple[forms.SendForm | None, str]:
    """Return the form to send the answer, or why it cannot be sent yet."""
    case = look.case
    if case.stage is not Stage.DECIDED:
        early = case.stage in queue.OPEN_STAGES
        return None, gettext("判断と承認が終わると、回答書が作られます。") if early else ""
    if case.work is not Work.READY:
        return None, gettext("実行が終わると回答書ができます。それまでは送れません。")
    if not look.handles:
        return None, gettext("回答は、受付担当または個人情報保護管理者が送ります。")
    fresh = forms.SendForm(case.filing.answer_method, language=language())
    return look.kept_or(forms.SendForm, "send", fresh), str(labels.DISPATCH_HINT)


def telling(look: Look) -> Telling | None:
    """Return how the person was told that an agent asks, or the form to record it."""
    case = look.case
    guarded = actions.shield_of(case) is not None
    if case.told is not None and not actions.may_tell(case):
        told = case.told
        facts = [
            Row(label=gettext("知らせた方法"), text=word(labels.TELLING, told.way)),
            Row(label=gettext("記録"), text=f"{look.who(told.by)} {moment(told.at)}"),
        ]
        if told.tracking_number and look.personal:
            facts.append(Row(label=gettext("追跡番号"), text=told.tracking_number))
        return Telling(facts=tuple(facts), by_letter=False, form=None)
    if not actions.may_tell(case):
        return None
    ways = actions.telling_ways(case, now=look.now)
    contacts = actions.told_at(case, now=look.now) if look.personal else {}
    form = look.kept_or(forms.ToldForm, "telling", forms.ToldForm(ways)) if look.handles else None
    return Telling(
        facts=tuple(
            Row(
                label=(
                    gettext("宛先の住所")
                    if at == "address" and guarded
                    else gettext("宛先のメール")
                    if guarded
                    else gettext("登録の住所")
                    if at == "address"
                    else gettext("登録のメール")
                ),
                text=to,
            )
            for at, to in contacts.items()
        ),
        by_letter=look.personal and TellingWay.ORDINARY_MAIL in ways,
        form=form,
    )


def destination(look: Look) -> tuple[Row, ...]:
    """Return to whom and where the answer goes, and why there: it is read before it is sent."""
    case = look.case
    to = actions.destination(case, now=look.now)
    if to is None:
        return ()
    name = (
        gettext("%(agent)s（%(person)sの代理人）") % {"agent": to.name, "person": to.on_behalf_of}
        if to.on_behalf_of
        else to.name
    )
    where = " ".join((f"〒{to.postal_code}" if to.postal_code else "", *to.address_lines)).strip()
    if case.filing.answer_method is AnswerMethod.ELECTRONIC:
        where = gettext("請求者の画面（ダウンロード）")
    safely = actions.shield_of(case) is not None and not to.on_behalf_of
    why = (
        gettext("支援措置の対象の方の、登録された安全な連絡先です。")
        if safely and case.filing.answer_method is AnswerMethod.PAPER
        else _why_there(look, to)
    )
    return (
        Row(label=gettext("宛先"), text=name),
        Row(label=gettext("送り先"), text=where),
        Row(label=gettext("この宛先の理由"), text=why),
    )


def _why_there(look: Look, to: Addressee) -> str:
    case = look.case
    if case.filing.answer_method is AnswerMethod.ELECTRONIC:
        return gettext("受付番号と照会コードで画面を開ける請求者だけが受け取れます。")
    if case.verified_by is None:
        return gettext("本人を確認できていないため、請求書に書かれた住所に送ります。")
    if look.check.by_login:
        return gettext("会員ページにログインした本人の、登録されている住所です。")
    if to.on_behalf_of:
        return gettext("代理人の確認書類で確かめた、代理人の住所です。")
    if case.filing.role is not Role.PERSON:
        return gettext(
            "代理人の住所を示す書類がないため、本人の確認書類で確かめた本人の住所に送ります。"
        )
    return gettext("本人の確認書類で確かめた、本人の住所です。")


def of_others(look: Look) -> tuple[str, ...]:
    """Return the disclosed items in which others may be spoken of."""
    return tuple(
        f"{look.place(ref.rpartition('/')[0])} / {look.titles.get(ref, ref)}"
        for ref in actions.speaks_of_others(look.case)
    )


def answered(look: Look) -> tuple[Row, ...]:
    """Return when and how the answer left."""
    case = look.case
    if case.answered_at is None or case.dispatch is None:
        return ()
    rows = [
        Row(label=gettext("送った日時"), text=moment(case.answered_at)),
        Row(label=gettext("送り方"), text=said(wording.DISPATCH, case.dispatch)),
    ]
    if case.tracking_number and case.filing.answer_method is AnswerMethod.PAPER:
        rows.append(Row(label=gettext("追跡番号"), text=case.tracking_number))
    return tuple(rows)
