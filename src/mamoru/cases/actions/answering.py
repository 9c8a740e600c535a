"""The answer leaves, in the way that the person chose (P3.24)."""

from datetime import datetime

from mamoru.cases import execute, store
from mamoru.cases.actions import cooling, protecting
from mamoru.cases.actions.guards import TrackingUnfit
from mamoru.cases.actions.letters import open_letter
from mamoru.cases.actions.looking import trail
from mamoru.cases.rules import looks, majority, states, telling
from mamoru.cases.rules.dispatch import tracked as tracked_number
from mamoru.cases.rules.shielding import AnswerHeldBack
from mamoru.cases.terms import (
    AnswerMethod,
    Case,
    DispatchKind,
    Stage,
    Work,
)
from mamoru.documents import data
from mamoru.kit import clock
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append


def offers_download(case: Case, *, now: datetime) -> bool:
    """Return whether the requester may take the answer from the page: asked for so, and sent.

    Not a parent whose child has come of age meanwhile.
    """
    sent = case.stage is Stage.ANSWERED and case.dispatch is DispatchKind.DOWNLOAD
    ended = majority.authority_ended(case, on=clock.date_in_japan(now))
    return sent and not ended and protecting.may_be_fetched(case)


def download_answer(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return the answer to its requester, electronically and only once sent (P3.24); it is noted."""
    case = execute.looked_at(store.case(case_id), by=by, now=now)
    if not offers_download(case, now=now):
        raise states.StageForbidden("there is no answer to download")
    return open_letter(case_id, by=by, now=now)


def offers_data(case: Case, *, now: datetime) -> bool:
    """Return whether data was disclosed that the requester may take from the page as well."""
    return offers_download(case, now=now) and store.answer(case.id, "data") is not None


def download_data(case_id: CaseId, *, sheet: bool, by: StaffId, now: datetime) -> bytes:
    """Return the disclosed data to its requester, as JSON or as a CSV sheet; it is noted (P3.24)."""
    case = execute.looked_at(store.case(case_id), by=by, now=now)
    made = store.answer(case_id, "data")
    if made is None or not offers_download(case, now=now):
        raise states.StageForbidden("there is no data to download")
    with store.atomic():
        append.entry(
            "case.data.downloaded",
            subject=case_id,
            by=by,
            at=now,
            body={"data": made[0], "form": "csv" if sheet else "json"},
        )
    return data.as_csv(made[1]) if sheet else made[1]


def send_answer(
    case_id: CaseId, *, dispatch: DispatchKind, tracking_number: str, by: StaffId, now: datetime
) -> None:
    """Record that the answer left, how, and with which tracking number (P3.24).

    AuthorityEnded where the child of a parent who asks has come of age;
    PersonUntold where an agent asks and the person was not told at the registered contact;
    LetterUnopened unless the ledger says that the sender opened the letter as it is now;
    TrackingUnfit where a letter has no number of its carrier: afterwards nobody can tell it.
    What is registered is read anew: OldContactUntold or ContactCooling where a contact changed
    a short time ago.
    """
    case = store.case(case_id)
    stage = states.advance(case.stage, Stage.ANSWERED)
    made = store.answer(case_id)
    if case.work is not Work.READY or made is None:
        raise states.StageForbidden("the answer is not ready yet")
    if (dispatch is DispatchKind.DOWNLOAD) != (
        case.filing.answer_method is AnswerMethod.ELECTRONIC
    ):
        raise states.StageForbidden("the person chose another way of answering")
    majority.expect_minor(case, on=clock.date_in_japan(now))
    protecting.expect_current(case, by=by, now=now)
    case = store.case(case_id)
    if telling.outstanding(case, execute.shield(case)):
        raise telling.PersonUntold(f"the person of case `{case_id}` was not told of the agent")
    tracked = tracked_number(dispatch, tracking_number)
    if tracked is None:
        raise TrackingUnfit("a tracking number has 11 to 13 digits, a download has none")
    if not looks.opened_letter(trail(case_id), made[0], by=by):
        raise looks.LetterUnopened(f"the letter of case `{case_id}` was not opened by its sender")
    # Last, as near to the leaving as can be: the company's own systems change contacts meanwhile.
    case = cooling.expect_free(case_id, by=by, now=now)
    with store.atomic():
        store.change(
            case_id,
            version=case.version,
            stage=stage,
            answered_at=now,
            closed_at=now,
            dispatch=dispatch,
            tracking_number=tracked,
        )
        append.entry(
            "case.answered",
            subject=case_id,
            by=by,
            at=now,
            body={
                "dispatch": dispatch,
                "tracked": bool(tracked),
                "letter": made[0],
                "outcomes": [each.decision.outcome for each in case.demands if each.decision],
            },
        )
        # The ledger's head is ours until we commit: who protects the person meanwhile waits.
        if not protecting.is_current(case):
            raise AnswerHeldBack(f"the answer of case `{case_id}` is made anew")
