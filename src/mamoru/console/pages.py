"""What the desk's pages show: values of actions and store, in staff's words (P3.10 to P3.17).

Nothing is decided here. Who may not read personal details gets a page built without them, not
one that hides them.
"""

from datetime import datetime

from mamoru.cases import actions, execute
from mamoru.cases.terms import (
    Case,
    Stage,
    Work,
)
from mamoru.console import forms, labels, next_step, queue
from mamoru.console.access import Desk
from mamoru.console.panels import (
    cooling,
    decisions,
    papers,
    person,
    protection,
    request,
    trail,
    work,
)
from mamoru.console.panels.look import Look
from mamoru.console.shaping import (
    details_rows,
    finding_words,
)
from mamoru.console.shown import (
    CasePage,
    Kept,
    Written,
)
from mamoru.console.words import language, said, word
from mamoru.documents import asking, wording


def show(
    case: Case,
    desk: Desk,
    *,
    now: datetime,
    candidates: tuple[execute.Candidate, ...] | None = None,
    kept: Kept | None = None,
) -> CasePage:
    """Return the page of a case for this person at the desk."""
    look = Look(case, desk, now, kept)
    case, check = look.case, look.check
    state = actions.clock_of(case, now=look.now)
    identity = case.identity if look.personal else None
    can_identify = look.handles and look.open
    may_verify = can_identify and case.stage is Stage.RECEIVED and not check.by_login
    may_verify = may_verify and check.identified and check.comparison is not None
    may_ask = look.handles and case.stage is Stage.RECEIVED
    send_form, send_hint = work.send(look)
    stale = tuple(work.stale(look)) if case.work is Work.WAITING else ()
    here = next_step.Situation(
        case=case,
        check=check,
        desk=look.desk,
        today=look.today,
        now=look.now,
        stale=bool(stale),
        to_write=work.written_form(look) is not None,
        kept=look.kept.key if look.kept else "",
    )
    return CasePage(
        case_id=case.id,
        version=case.version,
        stage=case.stage,
        stage_word=word(labels.STAGES, case.stage),
        work=case.work,
        work_note=case.work_note,
        personal=look.personal,
        handles=look.handles,
        facts=request.facts(look),
        due=queue.due_in_words(
            case.stage, case.due_on, state.days_left, state.urgency, paused=state.paused
        ),
        next_step=next_step.next_step(here),
        parts=next_step.parts(here),
        beside=queue.beside(case.id, personal=look.personal, now=look.now),
        trail=trail.lines(look),
        person=details_rows(case.filing.person) if look.personal else (),
        agent=details_rows(case.filing.agent) if look.personal and case.filing.agent else (),
        demands=tuple(
            decisions.demand(look, position, each)
            for position, each in enumerate(case.demands, start=1)
        ),
        needed=papers.needed(look),
        papers=tuple(papers.paper(look, proof) for proof in case.proofs),
        identified=case.identity is not None,
        by_login=check.by_login,
        records=person.records(look),
        registered=details_rows(identity.registered) if identity and identity.subjects else (),
        former=identity.former_addresses if identity else (),
        can_identify=can_identify and not check.by_login,
        candidates=candidates,
        searched=person.searched(look) if candidates is not None else "",
        identify_form=person.identify_form(look, candidates) if can_identify else None,
        comparison=person.comparison(look) if look.personal else None,
        authority=tuple(dict.fromkeys(map(finding_words, check.open_findings))),
        authority_proven=check.authority_code == "proven",
        by_agent=check.authority_code != "own",
        open_points=check.open_points,
        open_words=tuple(
            asking.defect(code, language(), actions.issued_within()) for code in check.open_points
        ),
        unread_words=tuple(
            dict.fromkeys(
                said(wording.PROOF_KINDS, proof.kind)
                for proof in case.proofs
                if proof.finding is None and check.unread_points
            )
        ),
        verify_form=(
            look.kept_or(forms.VerifyForm, "verify", forms.VerifyForm(auto_id="verify-%s"))
            if may_verify
            else None
        ),
        verify_note=(
            not check.open_points and not check.unread_points and not check.acceptable(note="")
        ),
        verify_hint=person.verify_hint(look),
        verified=person.verified(look),
        recent=cooling.recent(look),
        mailed=cooling.mailed(look),
        posted=person.posted(look),
        supplements=tuple(person.asked(look, index) for index in range(len(case.supplements))),
        may_resume=(
            actions.arrived_papers(case)
            if look.handles and case.stage is Stage.SUPPLEMENT_ASKED
            else 0
        ),
        supplement_form=(
            look.kept_or(
                forms.SupplementForm,
                "supplement",
                forms.SupplementForm(actions.asked_of(case, check.askable), language=language()),
            )
            if may_ask
            else None
        ),
        decide_hint=decisions.decide_hint(look),
        working=work.working(look),
        stale=stale,
        reopen_form=(
            look.kept_or(forms.ReturnForm, "reopen", forms.ReturnForm(auto_id="reopen-%s"))
            if stale and look.handles
            else None
        ),
        liftings=work.liftings(look),
        written=tuple(
            Written(
                code=each.code,
                part=word(labels.LETTER_PARTS, each.part),
                count=each.count,
                nth=each.nth,
                recorded=chr(each.point) in case.hand_written,
            )
            for each in look.blanks
        ),
        written_form=work.written_form(look),
        has_letter=look.personal and case.work is Work.READY,
        letter_opened=(
            send_form is not None and actions.opened_letter(case.id, look.entries, by=look.desk.by)
        ),
        of_others=work.of_others(look) if send_form is not None else (),
        destination=work.destination(look) if look.personal and send_form is not None else (),
        telling=work.telling(look),
        guarded=protection.guarded(look),
        send_form=send_form,
        send_hint=send_hint,
        answered=work.answered(look),
    )
