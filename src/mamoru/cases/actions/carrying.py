"""What was decided is carried out, by the worker or by hand (P3.3, P3.5, P3.26)."""

from datetime import datetime, timedelta

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import cooling
from mamoru.cases.actions.answering import send_answer
from mamoru.cases.actions.guards import case_of, demand_of
from mamoru.cases.actions.installed import sources
from mamoru.cases.rules import retry, states
from mamoru.cases.store import effects as kept
from mamoru.cases.terms import (
    AnswerMethod,
    Case,
    Channel,
    DispatchKind,
    Outcome,
    Stage,
    Work,
)
from mamoru.documents import data
from mamoru.kit import clock
from mamoru.kit.errors import MamoruError
from mamoru.kit.ids import SYSTEM, CaseId, DemandId, StaffId
from mamoru.kit.work import Steps
from mamoru.ledger import append


def record_carried_out(demand_id: DemandId, *, by: StaffId, now: datetime, note: str) -> None:
    """Record that staff carried a granted demand out by hand, where no connector can.

    INVARIANT: who approved a demand does not also record that it is done.
    """
    with store.atomic():
        case = store.case(case_of(demand_id))
        demand = demand_of(case, demand_id)
        if case.stage is not Stage.DECIDED or demand.decision is None:
            raise states.StageForbidden(f"demand `{demand_id}` is not waiting to be carried out")
        if demand.decision.outcome is not Outcome.FULFILLED or not note.strip():
            raise states.StageForbidden("say in words what was done and where")
        if demand.decision.approved_by == by:
            raise states.SecondPersonNeeded("the person who approved cannot record the work")
        if not execute.plan(case, demand).by_hand:
            # INVARIANT: what the machine does is never replaced by somebody's word for it.
            raise states.StageForbidden(f"demand `{demand_id}` is carried out by the machine")
        if case.work not in {Work.QUEUED, Work.WAITING}:
            raise states.StageForbidden("the case is being carried out or is done")
        if not store.save_hand_work(demand_id, note, by=by, at=now):
            raise states.StageForbidden(f"demand `{demand_id}` is carried out already")
        if case.identity and execute.changes_contact(demand):
            # As they stood when the person was identified: nobody saw them between.
            execute.note_contacts(case.id, demand, case.identity, at=now)
        append.entry(
            "case.demand.carried-out-by-hand",
            subject=case.id,
            by=by,
            at=now,
            body={"demand": demand_id, "note": store.commitment(case.id, "hand", note)},
        )
        store.set_work(case.id, Work.QUEUED)


def carry_out(case_id: CaseId, steps: Steps) -> Work:
    """Carry a decided case out, compose the answer and render the letter; safe to repeat.

    Returns READY, or WAITING with a note when a store cannot be reached: then
    nothing is answered and the clock runs on. Who was paused meanwhile and finds the case in
    other hands writes nothing more and returns how it stands.
    """
    case = store.case(case_id)
    if case.stage is not Stage.DECIDED or case.work is Work.READY:
        return case.work
    try:
        execute.run(case, steps)
    except execute.Waiting as waiting:
        after = clock.now() + timedelta(seconds=waiting.seconds)
        with store.atomic():
            latest = store.held(case_id)
            if not _taken_over(case, latest):
                store.set_work(case_id, Work.WAITING, note=waiting.note, after=after, failures=0)
                return Work.WAITING
        return latest.work
    return Work(steps.step("letter", lambda: _render(case)))


def _taken_over(begun: Case, latest: Case) -> bool:
    """Return whether another worker has ended this try, or begun the next, since we began.

    INVARIANT: a worker that was only paused never takes a ready answer back, nor makes another.
    """
    return (latest.stage, latest.work, latest.tries) != (begun.stage, begun.work, begun.tries)


def release_held(demand_id: DemandId, steps: Steps) -> bool:
    """Erase what a law had kept, now that its period is over (P3.6); False if it has to wait.

    Nobody decides anew: law and day stood in the decision and in the answer.
    """
    try:
        execute.release(demand_id, steps)
    except execute.Waiting:
        return False
    return True


def due_releases(*, now: datetime) -> tuple[DemandId, ...]:
    """Return the demands of which some hold has ended by now."""
    return kept.due_releases(on=clock.date_in_japan(now))


def note_failure(case_id: CaseId, code: str, *, now: datetime) -> None:
    """Let a case whose work failed wait, the longer the more often it failed.

    Where nobody carries it out any more another worker has ended it meanwhile: that stands.
    """
    with store.atomic():
        case = store.held(case_id)
        if case.work is not Work.RUNNING:
            return
        failures = case.failures + 1
        after = retry.again_at(now, failures=failures)
        store.set_work(case_id, Work.WAITING, note=f"failed:{code}", after=after, failures=failures)


def try_now(case_id: CaseId, *, by: StaffId, now: datetime) -> None:
    """Let the worker take a waiting case up at once, because somebody asks for it."""
    with store.atomic():
        case = store.held(case_id)
        if case.stage is not Stage.DECIDED or not store.hasten_work(case_id):
            raise states.StageForbidden(f"case `{case_id}` does not wait to be carried out")
        append.entry(
            "case.work.hastened",
            subject=case_id,
            by=by,
            at=now,
            body={"reason": case.work_note.partition(":")[0], "tries": case.tries},
        )


def _render(begun: Case) -> str:
    now, case_id = clock.now(), begun.id
    case = store.case(case_id)
    addressed = cooling.addressed(case, now=now)
    held = execute.shield(case)
    shield = execute.fingerprint(case, held)
    composed = answer.compose(addressed, sources(), dated_on=clock.date_in_japan(now), shield=held)
    pdf = answer.render(composed, by_hand=case.hand_written)
    by_itself = case.filing.channel is Channel.MEMBER_PAGE and _by_download(case)
    by_itself = by_itself and not _cools(case_id, now=now)
    with store.atomic():
        latest = store.held(case_id)
        if _taken_over(begun, latest):
            return latest.work
        digest = store.save_answer(case_id, "answer", pdf, at=now, shield=shield)
        # INVARIANT: the data is this very letter's. What an earlier one showed is gone, also
        # where this one shows nothing: somebody may be protected since.
        store.drop_answers(case_id, "data")
        disclosed = data.as_json(composed) if _by_download(case) else b""
        if disclosed:  # as the letter has it: the map may be another one when it is fetched
            store.save_answer(case_id, "data", disclosed, at=now, shield=shield)
        append.entry(
            "case.answer.composed",
            subject=case_id,
            by=SYSTEM,
            at=now,
            body={"letter": digest, "bytes": len(pdf)},
        )
        store.set_work(case_id, Work.READY, failures=0)
        if by_itself:
            send_answer(
                case_id, dispatch=DispatchKind.DOWNLOAD, tracking_number="", by=SYSTEM, now=now
            )
    return Work.READY


def _cools(case_id: CaseId, *, now: datetime) -> bool:
    """Return whether the desk has to look first: a contact is new, or nobody can see whether."""
    try:
        cooling.expect_free(case_id, by=SYSTEM, now=now)
    except MamoruError:
        return True
    return False


def _by_download(case: Case) -> bool:
    return case.filing.answer_method is AnswerMethod.ELECTRONIC
