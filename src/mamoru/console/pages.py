"""What the desk's pages show: values of actions and store, in staff's words (P3.10 to P3.17).

Nothing is decided here. Who may not read personal details gets a page built without them, not
one that hides them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, TypeVar

from django import forms as django_forms
from django.utils.translation import gettext

from mamoru.cases import actions, execute, store
from mamoru.cases.store import effects
from mamoru.cases.terms import (
    PROVISION_RECORDS,
    AnswerMethod,
    Case,
    Decision,
    DemandState,
    LocationReceipt,
    Outcome,
    PlanChange,
    Proof,
    RefusalGround,
    Stage,
    TrailEntry,
    Work,
)
from mamoru.console import access, forms, labels, next_step, queue
from mamoru.console.access import Desk, Right
from mamoru.console.effects import counted, proven
from mamoru.console.shaping import (
    details_rows,
    finding_rows,
    finding_words,
    ground_of,
    grounds_in,
    listed,
    pair_of,
    size_of,
)
from mamoru.console.shown import (
    Asked,
    CasePage,
    Compared,
    Comparison,
    Decided,
    DemandView,
    Kept,
    Needed,
    Paper,
    Row,
    Stale,
    Touched,
    TrailLine,
    Working,
    Written,
)
from mamoru.console.words import day, language, moment, said, thousands, version, word
from mamoru.documents import wording
from mamoru.identity import verify
from mamoru.kit import clock

F = TypeVar("F", bound=django_forms.Form)

_PROGRESS: Final = frozenset(
    {
        "case.decided",
        "case.place.read",
        "case.place.corrected",
        "case.demand.carried-out",
        "case.demand.carried-out-by-hand",
    }
)


def show(
    case: Case,
    desk: Desk,
    *,
    now: datetime,
    candidates: tuple[execute.Candidate, ...] | None = None,
    kept: Kept | None = None,
) -> CasePage:
    """Return the page of a case for this person at the desk."""
    return _Builder(case, desk, now, kept).page(candidates)


class _Builder:
    def __init__(self, case: Case, desk: Desk, now: datetime, kept: Kept | None) -> None:
        self.case, self.desk, self.now, self.kept = case, desk, now, kept
        self.personal = desk.may(Right.READ)
        self.handles = desk.may(Right.HANDLE)
        self.check = actions.check(case.id, now=now)
        self.entries = actions.trail(case.id)
        self.titles = actions.titles(language())
        self.names = access.names(self._actors())
        self.today = clock.date_in_japan(now)
        self.open = case.stage in {Stage.RECEIVED, Stage.SUPPLEMENT_ASKED}
        self.blanks = actions.unprintable(case) if self.personal else ()
        self.stale = tuple(self._stale()) if case.work is Work.WAITING else ()

    def _actors(self) -> frozenset[str]:
        found = {str(entry.by) for entry in self.entries}
        found |= {str(paper.finding.by) for paper in self.case.proofs if paper.finding}
        return frozenset(found)

    def who(self, by: str | None) -> str:
        return self.names.get(by or "") or word(labels.ACTORS, by or "")

    def form(self, key: str, fresh: django_forms.Form) -> django_forms.Form:
        return self.kept.form if self.kept is not None and self.kept.key == key else fresh

    def page(self, candidates: tuple[execute.Candidate, ...] | None) -> CasePage:
        case, check = self.case, self.check
        state = actions.clock_of(case, now=self.now)
        identity = case.identity if self.personal else None
        can_identify = self.handles and self.open
        may_verify = can_identify and case.stage is Stage.RECEIVED and not check.by_login
        may_verify = may_verify and check.identified and check.comparison is not None
        may_ask = self.handles and case.stage is Stage.RECEIVED
        send_form, send_hint = self._send()
        here = next_step.Situation(
            case=case,
            check=check,
            desk=self.desk,
            today=self.today,
            stale=bool(self.stale),
            to_write=self._written_form() is not None,
            kept=self.kept.key if self.kept else "",
        )
        return CasePage(
            case_id=case.id,
            version=case.version,
            stage=case.stage,
            stage_word=word(labels.STAGES, case.stage),
            work=case.work,
            work_note=case.work_note,
            personal=self.personal,
            handles=self.handles,
            facts=self._facts(),
            due=queue.due_in_words(
                case.stage, case.due_on, state.days_left, state.urgency, paused=state.paused
            ),
            next_step=next_step.next_step(here),
            parts=next_step.parts(here),
            beside=queue.beside(case.id, now=self.now),
            trail=tuple(self._trail(entry) for entry in reversed(self.entries)),
            person=details_rows(case.filing.person) if self.personal else (),
            agent=details_rows(case.filing.agent) if self.personal and case.filing.agent else (),
            demands=tuple(
                self._demand(position, each) for position, each in enumerate(case.demands, start=1)
            ),
            needed=self._needed(),
            papers=tuple(self._paper(proof) for proof in case.proofs),
            identified=case.identity is not None,
            by_login=check.by_login,
            records=self._records(),
            registered=details_rows(identity.registered) if identity and identity.subjects else (),
            former=identity.former_addresses if identity else (),
            can_identify=can_identify and not check.by_login,
            candidates=candidates,
            identify_form=self._identify_form(candidates) if can_identify else None,
            comparison=self._comparison() if self.personal else None,
            authority=tuple(dict.fromkeys(map(finding_words, check.open_findings))),
            authority_proven=check.authority_code == "proven",
            by_agent=check.authority_code != "own",
            open_points=check.open_points,
            open_words=tuple(wording.defect(code, language()) for code in check.open_points),
            unread_words=tuple(
                dict.fromkeys(
                    said(wording.PROOF_KINDS, proof.kind)
                    for proof in case.proofs
                    if proof.finding is None and check.unread_points
                )
            ),
            verify_form=(
                self._as(forms.VerifyForm, "verify", forms.VerifyForm(auto_id="verify-%s"))
                if may_verify
                else None
            ),
            verify_note=(
                not check.open_points and not check.unread_points and not check.acceptable(note="")
            ),
            verify_hint=self._verify_hint(),
            verified=self._verified(),
            supplements=tuple(self._asked(index) for index in range(len(case.supplements))),
            supplement_form=(
                self._as(
                    forms.SupplementForm,
                    "supplement",
                    forms.SupplementForm(check.open_points, language=language()),
                )
                if may_ask
                else None
            ),
            decide_hint=self._decide_hint(),
            working=self._working(),
            stale=self.stale,
            reopen_form=(
                self._as(forms.ReturnForm, "reopen", forms.ReturnForm(auto_id="reopen-%s"))
                if self.stale and self.handles
                else None
            ),
            written=tuple(
                Written(
                    code=each.code,
                    part=word(labels.LETTER_PARTS, each.part),
                    count=each.count,
                    nth=each.nth,
                    recorded=chr(each.point) in case.hand_written,
                )
                for each in self.blanks
            ),
            written_form=self._written_form(),
            has_letter=self.personal and case.work is Work.READY,
            letter_opened=(
                send_form is not None
                and actions.opened_letter(case.id, self.entries, by=self.desk.by)
            ),
            of_others=self._of_others() if send_form is not None else (),
            send_form=send_form,
            send_hint=send_hint,
            answered=self._answered(),
        )

    def _as(self, kind: type[F], key: str, fresh: F) -> F:
        found = self.form(key, fresh)
        return found if isinstance(found, kind) else fresh

    # --- head -----------------------------------------------------------------------------

    def _facts(self) -> tuple[Row, ...]:
        filing = self.case.filing
        return (
            Row(label=gettext("受付"), text=moment(self.case.received_at)),
            Row(label=gettext("請求した人"), text=said(wording.ROLES, filing.role)),
            Row(label=gettext("受付の経路"), text=word(labels.CHANNELS, filing.channel)),
            Row(
                label=gettext("回答の方法"),
                text=said(wording.ANSWER_METHODS, filing.answer_method),
            ),
            Row(label=gettext("適用される方針の版"), text=version(filing.policy_version)),
        )

    def _trail(self, entry: TrailEntry) -> TrailLine:
        return TrailLine(
            index=entry.index,
            word=word(labels.TRAIL, entry.kind),
            who=self.who(entry.by),
            at=moment(entry.at),
            facts=tuple(self._trail_facts(entry.facts)),
        )

    def _trail_facts(self, facts: Mapping[str, str]) -> Iterable[str]:
        if "/" in facts.get("demand", ""):
            yield gettext("請求%(position)s") % {"position": facts["demand"].rpartition("/")[2]}
        if facts.get("outcome") in labels.OUTCOMES:
            yield word(labels.OUTCOMES, facts["outcome"])
        for ground in grounds_in(facts.get("grounds", "")):
            yield said(wording.GROUNDS, ground)
        if facts.get("kind") in wording.PROOF_KINDS:
            yield said(wording.PROOF_KINDS, facts["kind"])
        if facts.get("genuine") == "False":
            yield gettext("書類に疑義あり")
        for name in ("found", "records", "rows"):
            if name in facts:
                yield gettext("%(count)s件") % {"count": thousands(facts[name])}
        if "place" in facts:
            yield self._place(facts["place"])
        if facts.get("dispatch") in wording.DISPATCH:
            yield said(wording.DISPATCH, facts["dispatch"])

    def _place(self, ref: str) -> str:
        if ref == PROVISION_RECORDS:
            return said(wording.KINDS, "disclosure-of-provision-records")
        name, _, _table = ref.partition("/")
        return f"{self.titles.get(name, name)} / {self.titles.get(ref, ref)}"

    # --- papers ---------------------------------------------------------------------------

    def _needed(self) -> tuple[Needed, ...]:
        if self.check.by_login:
            return ()
        found = []
        for need in self.check.needs:
            words = listed(need.group.one_of)
            if need.group.two_of:
                words += gettext("。または、次のうち2点: ") + listed(need.group.two_of)
            found.append(
                Needed(
                    of=said(wording.PROOF_OF, need.group.of),
                    words=words,
                    state=need.state,
                    word=word(labels.NEEDS, need.state),
                )
            )
        return tuple(found)

    def _paper(self, proof: Proof) -> Paper:
        form = None
        if self.handles and self.open:
            form = self._as(
                forms.FindingForm,
                f"paper-{proof.id}",
                forms.FindingForm(proof, language=language()),
            )
        return Paper(
            proof=proof,
            word=said(wording.PROOF_KINDS, proof.kind),
            of=said(wording.PROOF_OF, proof.of),
            received=moment(proof.received_at),
            size=size_of(proof.size),
            read=finding_rows(proof) if self.personal else (),
            reader=self.who(proof.finding.by) if proof.finding else "",
            superseded=proof.id in self.check.superseded,
            opened=actions.opened_paper(self.entries, proof, by=self.desk.by),
            form=form,
        )

    # --- who it is ------------------------------------------------------------------------

    def _records(self) -> tuple[str, ...]:
        if self.case.identity is None:
            return ()
        return tuple(
            self._place(f"{each.store}/{each.table}") + (f" ({each.key})" if self.personal else "")
            for each in self.case.identity.subjects
        )

    def _identify_form(
        self, candidates: tuple[execute.Candidate, ...] | None
    ) -> forms.IdentifyForm | None:
        kept = self.kept is not None and self.kept.key == "identify"
        if candidates is None and not kept:
            return None
        return self._as(forms.IdentifyForm, "identify", forms.IdentifyForm(auto_id="identify-%s"))

    def _comparison(self) -> Comparison | None:
        found = self.check.comparison
        if found is None:
            return None
        paper = next((each for each in self.case.proofs if each.id == self.check.proof), None)
        chain: tuple[Row, ...] = ()
        if found.chain:
            first, second = found.chain
            chain = (
                Row(label=gettext("請求書の住所"), text=first.a),
                Row(label=gettext("確認書類の今の住所"), text=first.b),
                Row(label=gettext("確認書類の前の住所"), text=second.a),
                Row(label=gettext("登録されている住所"), text=second.b),
            )
        return Comparison(
            paper=said(wording.PROOF_KINDS, paper.kind) if paper else "",
            parts=(
                self._compared("address", gettext("住所"), found.addresses, found.address),
                self._compared("name", gettext("氏名"), found.names, found.name),
                self._compared("birth", gettext("生年月日"), found.births, found.birth),
            ),
            chain=chain,
        )

    def _compared(
        self, key: str, title: str, pairs: tuple[verify.PairVerdict, ...], verdict: str
    ) -> Compared:
        first, second, _third = pairs
        return Compared(
            key=key,
            title=title,
            verdict=str(verdict),
            word=word(labels.VERDICTS, verdict),
            sources=(
                Row(label=gettext("請求書"), text=first.a),
                Row(label=gettext("確認書類"), text=first.b),
                Row(label=gettext("登録内容"), text=second.b),
            ),
            pairs=tuple(pair_of(each) for each in pairs),
        )

    def _verify_hint(self) -> str:
        check = self.check
        if not self.open or check.by_login:
            return ""
        if self.case.stage is Stage.SUPPLEMENT_ASKED:
            text = gettext("お願いした書類が提出されると、確定できるようになります。")
        elif not self.handles:
            text = gettext("確定は、受付担当または個人情報保護管理者が行います。")
        elif not check.identified:
            text = gettext("本人の特定が済むと、確定できるようになります。")
        elif check.comparison is None:
            text = gettext("本人の確認書類の記載を記録すると、照合できるようになります。")
        elif check.open_points:
            text = gettext(
                "残っている点があるあいだは、確定しようとしても受け付けられません。不足書類をお願いしてください。"
            )
        elif check.unread_points:
            text = gettext("届いている書類の記載を記録すると、確定できるようになります。")
        elif not check.acceptable(note=""):
            text = gettext("一部だけの一致です。足りると判断した理由を記入すると確定できます。")
        else:
            text = gettext("すべて一致しています。理由の記入は要りません。")
        return text

    def _verified(self) -> str:
        if self.case.verified_by is None:
            return ""
        at = self.case.complete_at
        return f"{self.who(self.case.verified_by)} {moment(at) if at else ''}".strip()

    def _asked(self, index: int) -> Asked:
        asked = self.case.supplements[index]
        return Asked(
            at=moment(asked.asked_at),
            by=self.who(asked.by),
            due=day(asked.due_on),
            received=moment(asked.received_at) if asked.received_at else "",
            points=tuple(wording.defect(code, language()) for code in asked.defects),
            message=asked.message if self.personal else "",
        )

    # --- decisions ------------------------------------------------------------------------

    def _deciding(self) -> bool:
        case = self.case
        if case.stage is Stage.VERIFIED:
            return True
        asked = case.stage is Stage.SUPPLEMENT_ASKED
        return asked and case.supplements[-1].due_on < self.today

    def _decide_hint(self) -> str:
        stage = self.case.stage
        if stage is Stage.RECEIVED:
            return gettext("本人の確認が確定すると、判断できるようになります。")
        if stage is Stage.SUPPLEMENT_ASKED and not self._deciding():
            return gettext("お願いした書類の期限(%(due)s)までは、判断できません。") % {
                "due": day(self.case.supplements[-1].due_on)
            }
        undecided = any(each.decision is None for each in self.case.demands)
        if undecided and self._deciding() and not self.desk.may(Right.DECIDE):
            return gettext("判断は、個人情報保護管理者が行います。")
        return ""

    def _demand(self, position: int, state: DemandState) -> DemandView:
        asked, decision = state.demand, state.decision
        shown = self._deciding() or decision is not None
        plan = actions.plan_of(self.case, state) if shown and self.case.identity else None
        standing: tuple[RefusalGround, ...] = ()
        if self._deciding():
            standing = actions.standing_grounds(self.case, state, now=self.now)
        waiting = self._deciding() and decision is not None and not state.decided
        form = None
        if self._deciding() and not state.decided and self.desk.may(Right.DECIDE):
            form = self._as(
                forms.DecideForm,
                f"demand-{position}",
                decide_form(self.case, state, position=position, now=self.now),
            )
        may_approve = (
            waiting
            and self.desk.may(Right.APPROVE)
            and decision is not None
            and decision.by != self.desk.by
        )
        return DemandView(
            position=position,
            kind=said(wording.KINDS, asked.kind),
            code=asked.kind,
            article=said(wording.ARTICLES, asked.kind),
            items=self._items(asked.items),
            before=(asked.before or "") if self.personal else "",
            after=(asked.after or "") if self.personal else "",
            reason=asked.reason if self.personal else "",
            standing=tuple(ground_of(each) for each in standing),
            plan=self._plan(plan),
            changes=execute.changes(asked),
            expected=counted(decision.expected, self.titles) if decision else (),
            effects=proven(effects.effects(state.id), self.titles),
            may_name=self._may_name(state, plan),
            by_hand=plan is not None and plan.by_hand,
            decided=self._decided(decision) if decision else None,
            form=form,
            may_approve=may_approve,
            approval=self._approval(decision) if waiting and decision else "",
            return_form=(
                self._as(
                    forms.ReturnForm,
                    f"return-{position}",
                    forms.ReturnForm(auto_id=f"return-{position}-%s"),
                )
                if may_approve
                else None
            ),
            receipts=tuple(self._receipt(each) for each in store.receipts(state.id)),
            done=store.executed(state.id),
            hand_form=self._hand_form(position, state, plan),
            hand=self._hand(state, plan),
        )

    def _items(self, items: tuple[str, ...]) -> str:
        if "all" in items:
            return gettext("すべて")
        words = []
        for item in items:
            parts = item.split("/")
            ref = "/".join((*parts[:2], parts[-1])) if len(parts) > 1 else item
            words.append(self.titles.get(ref, ref))
        return "、".join(words)

    def _of_others(self) -> tuple[str, ...]:
        return tuple(
            f"{self._place(ref.rpartition('/')[0])} / {self.titles.get(ref, ref)}"
            for ref in actions.speaks_of_others(self.case)
        )

    def _may_name(self, state: DemandState, plan: execute.Plan | None) -> bool:
        return (
            self.case.stage is Stage.VERIFIED
            and self.handles
            and state.decision is None
            and state.demand.kind in execute.CORRECTING
            and plan is not None
        )

    def _plan(self, plan: execute.Plan | None) -> tuple[Touched, ...]:
        if plan is None:
            return ()
        return tuple(
            Touched(
                store=self.titles.get(place.store, place.store),
                table=self.titles.get(f"{place.store}/{place.table}", place.table),
                count=len(place.columns),
            )
            for place in plan.locations
        )

    def _receipt(self, done: LocationReceipt) -> Touched:
        ref = f"{done.store}/{done.table}"
        return Touched(
            store=self.titles.get(done.store, gettext("提供の記録簿")),
            table=self.titles.get(ref) or self._place(done.table),
            count=done.rows,
            at=moment(done.at),
        )

    def _decided(self, decision: Decision) -> Decided:
        return Decided(
            outcome=decision.outcome,
            word=word(labels.OUTCOMES, decision.outcome),
            grounds=tuple(ground_of(each) for each in decision.grounds),
            reason=decision.reason if self.personal else "",
            law=decision.law,
            by=self.who(decision.by),
            at=moment(decision.at),
            approved_by=self.who(decision.approved_by) if decision.approved_by else "",
            approved_at=moment(decision.approved_at) if decision.approved_at else "",
            seen=seen(decision),
        )

    def _approval(self, decision: Decision) -> str:
        decider = self.who(decision.by)
        if decision.by == self.desk.by:
            return gettext(
                "あなた(%(name)s)が判断したため、あなたは承認できません。ほかの承認者に依頼してください。"
            ) % {"name": decider}
        if not self.desk.may(Right.APPROVE):
            return gettext("承認は、判断した人(%(name)s)とは別の承認者が行います。") % {
                "name": decider
            }
        return gettext("%(name)sさんが判断しました。%(name)sさん自身は承認できません。") % {
            "name": decider
        }

    # --- work and answer ------------------------------------------------------------------

    def _hand_needed(self, state: DemandState, plan: execute.Plan | None) -> bool:
        granted = state.decision is not None and state.decision.outcome is Outcome.FULFILLED
        by_hand = plan is not None and plan.by_hand
        return (
            self.case.stage is Stage.DECIDED
            and granted
            and by_hand
            and not store.executed(state.id)
        )

    def _hand_form(
        self, position: int, state: DemandState, plan: execute.Plan | None
    ) -> forms.CarriedOutForm | None:
        decision = state.decision
        if not self._hand_needed(state, plan) or not self.handles or decision is None:
            return None
        if decision.approved_by == self.desk.by:
            return None
        return self._as(
            forms.CarriedOutForm,
            f"hand-{position}",
            forms.CarriedOutForm(auto_id=f"hand-{position}-%s"),
        )

    def _hand(self, state: DemandState, plan: execute.Plan | None) -> str:
        decision = state.decision
        if not self._hand_needed(state, plan) or decision is None:
            return ""
        if decision.approved_by == self.desk.by:
            return gettext("あなたが承認したため、作業の記録はほかの人が行います。")
        if not self.handles:
            return gettext("作業の記録は、受付担当または個人情報保護管理者が行います。")
        return gettext("表の内容を手で直し、どこで何をしたかを記録してください。")

    def _written_form(self) -> forms.HandWrittenForm | None:
        left = [each for each in self.blanks if chr(each.point) not in self.case.hand_written]
        if not left or not self.handles:
            return None
        fresh = forms.HandWrittenForm(left, language=language())
        return self._as(forms.HandWrittenForm, "by-hand", fresh)

    def _stale(self) -> Iterable[Stale]:
        for position, demand in enumerate(self.case.demands, start=1):
            change = actions.plan_change(self.case, demand)
            if change is not None:
                yield Stale(
                    position=position,
                    kind=said(wording.KINDS, demand.demand.kind),
                    changes=tuple(self._changes(change)),
                )

    def _changes(self, change: PlanChange) -> Iterable[str]:
        if change.hindered:
            yield str(labels.HINDRANCES[change.hindered])
        for ref in change.added:
            yield gettext("「%(place)s」が対象に加わりました。") % {"place": self._place(ref)}
        for ref in change.removed:
            yield gettext("「%(place)s」が対象から外れました。") % {"place": self._place(ref)}
        for ref in change.wider:
            yield gettext("「%(place)s」の項目「%(column)s」が対象に加わりました。") % self._column(
                ref
            )
        for ref in change.narrower:
            yield gettext("「%(place)s」の項目「%(column)s」が対象から外れました。") % self._column(
                ref
            )
        for ref in change.other_records:
            yield gettext("「%(place)s」で、対象となる記録が変わりました。") % {
                "place": self._place(ref)
            }
        if not change.known:
            yield gettext("判断したときの範囲が残っていないため、違いは表示できません。")

    def _column(self, ref: str) -> Mapping[str, str]:
        place, _, name = ref.rpartition("/")
        return {"place": self._place(place), "column": self.titles.get(ref, name)}

    def _working(self) -> Working:
        case = self.case
        note = since = next_try = ""
        if case.work is Work.WAITING:
            code, _, name = case.work_note.partition(":")
            if code in {"hand-work", "plan-changed"}:
                place = said(wording.KINDS, name) if name in wording.KINDS else name
            else:
                place = self.titles.get(name, name)
            template = str(labels.WORK_NOTES.get(code, labels.WORK_NOTES["failed"]))
            note = template % {"place": place}
            if code == "failed" and name in labels.ERRORS:  # what to do, where we know it
                note = str(labels.ERRORS[name]) % {"places": ""}
            moved = [entry.at for entry in self.entries if entry.kind in _PROGRESS]
            since = moment(max(moved)) if moved else ""
            after = store.next_try(case.id)
            if after is not None and code not in {"hand-work", "plan-changed"}:
                next_try = moment(after)
        return Working(
            word=word(labels.WORK, case.work),
            note=note,
            since=since,
            tries=case.tries,
            failures=case.failures,
            next_try=next_try,
            may_hasten=case.work is Work.WAITING and self.handles,
        )

    def _send(self) -> tuple[forms.SendForm | None, str]:
        case = self.case
        if case.stage is not Stage.DECIDED:
            early = case.stage in queue.OPEN_STAGES
            return None, gettext("判断と承認が終わると、回答書が作られます。") if early else ""
        if case.work is not Work.READY:
            return None, gettext("実行が終わると回答書ができます。それまでは送れません。")
        if not self.handles:
            return None, gettext("回答は、受付担当または個人情報保護管理者が送ります。")
        fresh = forms.SendForm(case.filing.answer_method, language=language())
        return self._as(forms.SendForm, "send", fresh), str(labels.DISPATCH_HINT)

    def _answered(self) -> tuple[Row, ...]:
        case = self.case
        if case.answered_at is None or case.dispatch is None:
            return ()
        rows = [
            Row(label=gettext("送った日時"), text=moment(case.answered_at)),
            Row(label=gettext("送り方"), text=said(wording.DISPATCH, case.dispatch)),
        ]
        if case.tracking_number and case.filing.answer_method is AnswerMethod.PAPER:
            rows.append(Row(label=gettext("追跡番号"), text=case.tracking_number))
        return tuple(rows)


# --- used by the views --------------------------------------------------------------------


def decide_form(
    case: Case, state: DemandState, *, position: int, now: datetime, data: object = None
) -> forms.DecideForm:
    """Return the form of a decision with the grounds that may be chosen, and no others."""
    standing = actions.standing_grounds(case, state, now=now)
    if standing:
        named = "、".join(said(wording.GROUNDS, each) for each in standing)
        first = gettext("該当する理由による(%(grounds)s)") % {"grounds": named}
    else:
        first = gettext("請求に応じる")
    weighed = [
        (str(each), gettext("お断りする: %(ground)s") % {"ground": said(wording.GROUNDS, each)})
        for each in actions.judged_grounds(state.demand.kind)
    ]
    return forms.DecideForm([("", first), *weighed], data, position=position)


def seen(decision: Decision) -> str:
    """Return what tells one decision from the next, so that nobody approves unseen text."""
    return f"{decision.at.timestamp()}-{decision.plan_digest[:16]}"
