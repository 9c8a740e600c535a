"""A one-time code to the registered address: made, sent, typed in by whoever asks (P3.10)."""

from dataclasses import replace
from datetime import date, datetime

from mamoru.cases import answer, execute, store
from mamoru.cases.actions import codes, cooling
from mamoru.cases.actions.codes import PostedCodeRefused
from mamoru.cases.actions.guards import TrackingUnfit
from mamoru.cases.actions.installed import sources
from mamoru.cases.rules import posting, states
from mamoru.cases.rules.dispatch import tracked
from mamoru.cases.terms import Case, DispatchKind, PostedCode, PostedState
from mamoru.kit import ids
from mamoru.kit.ids import CaseId, StaffId
from mamoru.ledger import append


def make_posted_code(case_id: CaseId, *, by: StaffId, now: datetime) -> bytes:
    """Return a letter with a new one-time code to the registered address; every older is void.

    The code stands in the letter alone: the letter is not kept, and the case holds a keyed
    digest. PostingForbidden where no one address is registered.
    """
    code = ids.digits(posting.CODE_DIGITS)
    case = store.case(case_id)
    to = posting.destination(cooling.proving(case, now=now), execute.shield(case))
    # Before anything is written: a letter that cannot be drawn voids no earlier one.
    made = answer.render_posted_code(answer.compose_posted_code(case, sources(), to, code, now))
    with store.atomic():
        held = store.held(case_id)
        proving = cooling.proving(held, now=now)
        if held.version != case.version or posting.destination(proving, execute.shield(held)) != to:
            raise store.CaseChangedMeanwhile(f"case `{case_id}` was changed by somebody else")
        number = held.posted.number + 1 if held.posted else 1
        fresh = PostedCode(
            number=number,
            made_at=now,
            by=by,
            subjects=held.identity.subjects if held.identity else (),
            address=to.full_address,
        )
        store.save_posted(case_id, fresh, code=code)
        append.entry(
            "case.posted-code.made",
            subject=case_id,
            by=by,
            at=now,
            body={
                "number": number,
                "destination": store.commitment(case_id, "posted-address", to.full_address),
            },
        )
    return made


def record_posted_code(
    case_id: CaseId, *, dispatch: DispatchKind, tracking_number: str, by: StaffId, now: datetime
) -> None:
    """Record that the letter with the code left, how, and under which number.

    It is taken from now on, for three weeks. PostingForbidden where nothing may go to where it
    was addressed any more. TrackingUnfit without a number of the carrier.
    """
    number = tracked(dispatch, tracking_number) if dispatch in posting.WAYS else None
    if number is None:
        raise TrackingUnfit("a letter with a code goes by registered mail, with its number")
    with store.atomic():
        case = store.held(case_id)
        posted = case.posted
        if not posting.offered(case) or posted is None or posted.sent_at is not None:
            raise states.StageForbidden(f"case `{case_id}` has no letter with a code to be sent")
        to = posting.destination(cooling.proving(case, now=now), execute.shield(case))
        if to.full_address != posted.address:
            raise posting.PostingForbidden(f"the code of case `{case_id}` went elsewhere")
        sent = replace(posted, sent_at=now, sent_by=by, dispatch=dispatch, tracking_number=number)
        store.save_posted(case_id, sent)
        until = posting.until(sent)
        append.entry(
            "case.posted-code.sent",
            subject=case_id,
            by=by,
            at=now,
            body={
                "number": posted.number,
                "dispatch": dispatch,
                "tracked": True,
                "due": until.isoformat() if until else "",
            },
        )


def enter_posted_code(case_id: CaseId, typed: str, *, by: StaffId, now: datetime) -> None:
    """Take the code that the requester has from the letter; PostedCodeRefused for any other."""
    codes.enter(codes.BY_POST, case_id, typed, by=by, now=now)


def takes_posted_code(case: Case) -> bool:
    """Return whether the case's own page has a place for a code that came by post."""
    return posting.offered(case)


def may_post_code(case: Case, *, now: datetime) -> bool:
    """Return whether a code can be sent to the registered address."""
    try:
        posting.destination(cooling.proving(case, now=now), execute.shield(case))
    except posting.PostingForbidden:
        return False
    return True


def posted_state(case: Case, *, now: datetime) -> tuple[PostedState, date | None] | None:
    """Return how far the newest code has come and its last day; None where none was made."""
    if case.posted is None:
        return None
    return posting.state(case.posted, now=now), posting.until(case.posted)


def posted_for_others(case: Case, *, now: datetime) -> bool:
    """Return whether a code came back that went elsewhere than the chosen records say now."""
    known = cooling.proving(case, now=now)
    entered = known.posted is not None and known.posted.entered_at is not None
    return entered and not posting.proves(known)


POSTED_WAYS = posting.WAYS
POSTED_TRIES = posting.TRIES
POSTED_DIGITS = posting.CODE_DIGITS

__all__ = [
    "POSTED_DIGITS",
    "POSTED_TRIES",
    "POSTED_WAYS",
    "PostedCodeRefused",
    "enter_posted_code",
    "make_posted_code",
    "may_post_code",
    "posted_for_others",
    "posted_state",
    "record_posted_code",
    "takes_posted_code",
]
