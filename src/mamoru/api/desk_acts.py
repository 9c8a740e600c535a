"""What the desk does to a case: each act with the rights and the two persons of the pages."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import django_auth

from mamoru.api import problems
from mamoru.api.calling import (
    APPROVER,
    DESK,
    DONE,
    OFFICER,
    PDF,
    PROBLEMS,
    Call,
    Key,
    case_of,
    file_of,
    pdf,
    staff,
)
from mamoru.api.schemas import (
    AgainIn,
    ApprovalIn,
    CarriedOutIn,
    DecisionIn,
    DispatchIn,
    DoneOut,
    FindingIn,
    HandWrittenIn,
    IdentifyIn,
    LiftingIn,
    NamingIn,
    ReturnIn,
    SupplementIn,
    ToldIn,
    VerifyIn,
)
from mamoru.cases import actions
from mamoru.cases.terms import Finding, Judgement, PersonalDetails, Subject
from mamoru.kit import clock, ids

router = Router(tags=["staff"], auth=django_auth)
_SUBJECT_PARTS = 3


@router.post("/{reference}/papers/{paper}/finding", operation_id="record_finding", response=DONE)
def record_finding(
    request: HttpRequest, reference: str, paper: str, body: FindingIn, key: Key
) -> DoneOut:
    """Record what was read on a paper, which the same person has opened (`open_paper`)."""
    call = Call(request, DESK, reference, body, key)
    finding = Finding(
        by=call.by,
        at=call.now,
        details=PersonalDetails(
            family_name=body.family_name,
            given_name=body.given_name,
            birth_date=body.birth_date,
            postal_code=body.postal_code,
            address=body.address,
            building=body.building,
        ),
        former_address=body.former_address,
        principal_name=body.principal_name,
        agent_name=body.agent_name,
        issued_on=body.issued_on,
        expires_on=body.expires_on,
        scope=tuple(body.scope),
        genuine=body.genuine,
    )
    return call.once(lambda: actions.record_finding(call.case_id, paper, finding, now=call.now))


@router.post("/{reference}/identity", operation_id="identify", response=DONE)
def identify(request: HttpRequest, reference: str, body: IdentifyIn, key: Key) -> DoneOut:
    """Record which records are the person."""
    call = Call(request, DESK, reference, body, key)
    subjects = tuple(_subjects(body.subjects))
    return call.once(lambda: actions.identify(call.case_id, subjects, by=call.by, now=call.now))


@router.post("/{reference}/verification", operation_id="verify_case", response=DONE)
def verify_case(request: HttpRequest, reference: str, body: VerifyIn, key: Key) -> DoneOut:
    """Confirm identity and authority by name. A mismatch is never confirmed."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.verify_case(call.case_id, by=call.by, now=call.now, note=body.note)
    )


@router.post(
    "/{reference}/code-letter",
    operation_id="make_posted_code",
    response=PROBLEMS,
    openapi_extra=file_of(PDF),
)
def make_posted_code(request: HttpRequest, reference: str) -> HttpResponse:
    """Return a letter with a new code for the registered address. It is kept nowhere.

    Every call makes a new code and voids the one before: no `Idempotency-Key` gives it again.
    """
    by = staff(request, DESK)
    return pdf(actions.make_posted_code(case_of(reference), by=by, now=clock.now()))


@router.post("/{reference}/code-letter/dispatch", operation_id="record_posted_code", response=DONE)
def record_posted_code(request: HttpRequest, reference: str, body: DispatchIn, key: Key) -> DoneOut:
    """Record that the letter with the code left by registered mail; three weeks begin."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.record_posted_code(
            call.case_id,
            dispatch=body.dispatch,
            tracking_number=body.tracking_number,
            by=call.by,
            now=call.now,
        )
    )


@router.post("/{reference}/supplement", operation_id="ask_supplement", response=DONE)
def ask_supplement(request: HttpRequest, reference: str, body: SupplementIn, key: Key) -> DoneOut:
    """Ask the requester for what is missing."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.ask_supplement(
            call.case_id, body.defects, body.message, by=call.by, now=call.now
        )
    )


@router.post("/{reference}/demands/{position}/value", operation_id="name_value", response=DONE)
def name_value(
    request: HttpRequest, reference: str, position: int, body: NamingIn, key: Key
) -> DoneOut:
    """Say which one registered value a correction, addition or deletion is about."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.name_value(
            ids.demand_id(call.case_id, position),
            body.ref,
            by=call.by,
            now=call.now,
            version=body.version,
        )
    )


@router.post(
    "/{reference}/demands/{position}/carried-out", operation_id="record_carried_out", response=DONE
)
def record_carried_out(
    request: HttpRequest, reference: str, position: int, body: CarriedOutIn, key: Key
) -> DoneOut:
    """Record that a granted demand was carried out by hand; who approved it may not."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.record_carried_out(
            ids.demand_id(call.case_id, position), by=call.by, now=call.now, note=body.note
        )
    )


@router.post(
    "/{reference}/demands/{position}/decision", operation_id="decide_demand", response=DONE
)
def decide_demand(
    request: HttpRequest, reference: str, position: int, body: DecisionIn, key: Key
) -> DoneOut:
    """Decide one demand; it stands once a second person has approved it."""
    call = Call(request, OFFICER, reference, body, key)
    judged = Judgement(ground=body.ground, reason=body.reason, law=body.law)
    return call.once(
        lambda: actions.decide_demand(
            ids.demand_id(call.case_id, position),
            judged=judged,
            by=call.by,
            now=call.now,
            version=body.version,
        )
    )


@router.post(
    "/{reference}/demands/{position}/approval", operation_id="approve_demand", response=DONE
)
def approve_demand(
    request: HttpRequest, reference: str, position: int, body: ApprovalIn, key: Key
) -> DoneOut:
    """Approve a decision as the second person."""
    call = Call(request, APPROVER, reference, body, key)
    return call.once(
        lambda: actions.approve_demand(
            ids.demand_id(call.case_id, position), by=call.by, now=call.now, version=body.version
        )
    )


@router.post("/{reference}/demands/{position}/return", operation_id="return_demand", response=DONE)
def return_demand(
    request: HttpRequest, reference: str, position: int, body: ReturnIn, key: Key
) -> DoneOut:
    """Send a decision back that is not approved yet; the second person did not agree."""
    call = Call(request, APPROVER, reference, body, key)
    return call.once(
        lambda: actions.return_demand(
            ids.demand_id(call.case_id, position),
            reason=body.reason,
            by=call.by,
            now=call.now,
            version=body.version,
        )
    )


@router.post("/{reference}/demands/{position}/lifting", operation_id="ask_lifting", response=DONE)
def ask_lifting(
    request: HttpRequest, reference: str, position: int, body: LiftingIn, key: Key
) -> DoneOut:
    """Ask that a suspension or stop in force be lifted; it holds until a second person agrees."""
    call = Call(request, OFFICER, reference, body, key)
    return call.once(
        lambda: actions.ask_lifting(
            ids.demand_id(call.case_id, position), reason=body.reason, by=call.by, now=call.now
        )
    )


@router.post("/{reference}/demands/{position}/lifting/approval", operation_id="lift", response=DONE)
def lift(request: HttpRequest, reference: str, position: int, body: AgainIn, key: Key) -> DoneOut:
    """Lift a suspension or stop as the second person."""
    call = Call(request, APPROVER, reference, body, key)
    return call.once(
        lambda: actions.lift(ids.demand_id(call.case_id, position), by=call.by, now=call.now)
    )


@router.post("/{reference}/reopening", operation_id="reopen_case", response=DONE)
def reopen_case(request: HttpRequest, reference: str, body: ReturnIn, key: Key) -> DoneOut:
    """Send back every decision whose plan has changed since; two persons decide it anew."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.reopen_case(
            call.case_id, reason=body.reason, by=call.by, now=call.now, version=body.version
        )
    )


@router.post("/{reference}/by-hand", operation_id="write_by_hand", response=DONE)
def write_by_hand(request: HttpRequest, reference: str, body: HandWrittenIn, key: Key) -> DoneOut:
    """Record which characters without a glyph are written into the letter by hand."""
    call = Call(request, DESK, reference, body, key)
    points = frozenset(int(each.removeprefix("U+"), 16) for each in body.codes)
    return call.once(lambda: actions.write_by_hand(call.case_id, points, by=call.by, now=call.now))


@router.post("/{reference}/try", operation_id="try_now", response=DONE)
def try_now(request: HttpRequest, reference: str, body: AgainIn, key: Key) -> DoneOut:
    """Let the worker try a waiting case at once."""
    call = Call(request, DESK, reference, body, key)
    return call.once(lambda: actions.try_now(call.case_id, by=call.by, now=call.now))


@router.post("/{reference}/change-told", operation_id="record_change_told", response=DONE)
def record_change_told(request: HttpRequest, reference: str, body: ToldIn, key: Key) -> DoneOut:
    """Record that the earlier contact was told that the registered one changed."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.record_change_told(
            call.case_id,
            way=body.way,
            tracking_number=body.tracking_number,
            by=call.by,
            now=call.now,
        )
    )


@router.post("/{reference}/change-mail", operation_id="mail_change_notice", response=DONE)
def mail_change_notice(request: HttpRequest, reference: str, body: AgainIn, key: Key) -> DoneOut:
    """Send the notice of a changed contact to the earlier mail address, and record it as told."""
    call = Call(request, DESK, reference, body, key)
    return call.once(lambda: actions.mail_change_notice(call.case_id, by=call.by, now=call.now))


@router.post("/{reference}/told", operation_id="record_told", response=DONE)
def record_told(request: HttpRequest, reference: str, body: ToldIn, key: Key) -> DoneOut:
    """Record that the person was told of an agent's request at the registered contact."""
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.record_told(
            call.case_id,
            way=body.way,
            tracking_number=body.tracking_number,
            by=call.by,
            now=call.now,
        )
    )


@router.post("/{reference}/answer", operation_id="send_answer", response=DONE)
def send_answer(request: HttpRequest, reference: str, body: DispatchIn, key: Key) -> DoneOut:
    """Record that the answer left; the sender has opened the letter (`open_letter`).

    Its destination is the verified address; none can be given.
    """
    call = Call(request, DESK, reference, body, key)
    return call.once(
        lambda: actions.send_answer(
            call.case_id,
            dispatch=body.dispatch,
            tracking_number=body.tracking_number,
            by=call.by,
            now=call.now,
        )
    )


def _subjects(given: Iterable[str]) -> Iterable[Subject]:
    for each in given:
        parts = each.split("/", 2)
        if len(parts) != _SUBJECT_PARTS:
            raise problems.FieldsInvalid("`subjects`: each is `store/table/key`")
        yield Subject(store=parts[0], table=parts[1], key=parts[2])
