"""What the desk looks at: the queue, a case, its papers and letters. Looks at papers are recorded."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.security import django_auth

from mamoru.api.calling import (
    DESK,
    OPENERS,
    PDF,
    PROBLEMS,
    READERS,
    Key,
    answers,
    case_of,
    file_of,
    has_role,
    pdf,
    staff,
)
from mamoru.api.schemas import (
    BlankOut,
    CandidateOut,
    CaseOut,
    DemandOut,
    EffectOut,
    ExpectedOut,
    LineOut,
    NeedOut,
    PaperLineOut,
    ProtectionOut,
    RecentOut,
    ValueOut,
    ValuesOut,
)
from mamoru.cases import actions, store
from mamoru.cases.store import effects
from mamoru.cases.terms import Stage
from mamoru.kit import clock, ids

router = Router(tags=["staff"], auth=django_auth)


@router.get("", operation_id="list_cases", response=answers(list[LineOut]))
def list_cases(request: HttpRequest, stage: Stage | None = None) -> list[LineOut]:
    """Return the queue, the earliest due first."""
    staff(request, READERS)
    personal = has_role(request, OPENERS)
    return [
        LineOut(
            reference=line.id,
            stage=line.stage,
            role=line.role,
            kinds=list(line.kinds),
            received_at=line.received_at,
            due_on=line.due_on,
            work=line.work,
            work_note=actions.note_seen(line.work_note, personal=personal),
        )
        for line in store.case_lines(stages=(stage,) if stage else ())
    ]


@router.get("/{reference}", operation_id="show_case", response=answers(CaseOut))
def show_case(request: HttpRequest, reference: str) -> CaseOut:
    """Return one case: what is done, what is open. Names stand on the console's page only."""
    staff(request, READERS)
    case = store.case(case_of(reference))
    now = clock.now()
    found = actions.check(case.id, now=now)
    personal = has_role(request, OPENERS)
    shield = actions.shield_of(case) if personal else None
    note = actions.note_seen(case.work_note, personal=personal)
    return CaseOut(
        reference=case.id,
        version=case.version,
        stage=case.stage,
        due_on=case.due_on,
        work=case.work,
        work_note=note,
        tries=case.tries,
        failures=case.failures if note == case.work_note else 0,
        next_try_at=store.next_try(case.id),
        by_hand=[
            BlankOut(code=each.code, part=each.part, count=each.count, nth=each.nth)
            for each in (actions.unprintable(case) if personal else ())
        ],
        demands=[
            DemandOut(
                position=position,
                kind=each.demand.kind,
                outcome=each.decision.outcome if each.decision else None,
                grounds=list(each.decision.grounds) if each.decision else [],
                approved=each.decided,
                plan_changed=actions.plan_change(case, each) is not None,
                withheld=len(actions.plan_of(case, each).withheld) if shield else 0,
                expected=[
                    ExpectedOut.model_validate(asdict(one))
                    for one in (each.decision.expected if each.decision else ())
                ],
                effects=[EffectOut.model_validate(asdict(one)) for one in effects.effects(each.id)],
            )
            for position, each in enumerate(case.demands, start=1)
        ],
        papers=[
            PaperLineOut(id=each.id, kind=each.kind, of=each.of, read=each.finding is not None)
            for each in case.proofs
        ],
        needs=[
            NeedOut(
                of=each.group.of,
                one_of=list(each.group.one_of),
                two_of=list(each.group.two_of),
                state=each.state,
            )
            for each in found.needs
        ],
        open_points=list(found.open_points),
        unread_points=list(found.unread_points),
        mailed_code=actions.mailed_state(case, now=now),
        recent_changes=[
            RecentOut(
                contact=each.contact,
                changed_on=each.changed_on,
                until=each.until,
                known=each.known,
            )
            for each in actions.contact_signs(case, now=now)
        ],
        answer_waits_until=actions.waits_until(case, now=now),
        identity=found.identity_verdict,
        authority=found.authority_code,
        protected=shield is not None,
        protections=[
            ProtectionOut(
                protection=each.reference,
                ground=each.ground,
                renew_by=each.renew_by,
                contact=each.contact is not None,
                contact_confirmed=each.confirmed_by is not None,
                lifting_asked=actions.lifting_of_protection_asked_by(each.reference) is not None,
            )
            for each in (shield.flags if shield else ())
        ],
    )


@router.get(
    "/{reference}/papers/{paper}",
    operation_id="open_paper",
    response=PROBLEMS,
    openapi_extra=file_of("image/jpeg", "image/png", PDF),
)
def open_paper(request: HttpRequest, reference: str, paper: str) -> HttpResponse:
    """Return a paper as it was sent; the look is in the ledger, and a finding needs it."""
    by = staff(request, OPENERS)
    media_type, content = actions.open_paper(case_of(reference), paper, by=by, now=clock.now())
    return HttpResponse(content, content_type=media_type)


@router.get(
    "/{reference}/letter",
    operation_id="open_letter",
    response=PROBLEMS,
    openapi_extra=file_of(PDF),
)
def open_letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the answer as it will leave; the look is in the ledger, and sending needs it."""
    by = staff(request, OPENERS)
    content = actions.open_letter(case_of(reference), by=by, now=clock.now())
    return pdf(content)


@router.get(
    "/{reference}/supplement-letter",
    operation_id="supplement_letter",
    response=PROBLEMS,
    openapi_extra=file_of(PDF),
)
def supplement_letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the newest request for missing papers as a letter; the look is in the ledger."""
    by = staff(request, OPENERS)
    content = actions.supplement_letter(case_of(reference), by=by, now=clock.now())
    return pdf(content)


@router.get(
    "/{reference}/change-letter",
    operation_id="change_letter",
    response=PROBLEMS,
    openapi_extra=file_of(PDF),
)
def change_letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the letter that tells the earlier address of a change; the look is in the ledger."""
    by = staff(request, OPENERS)
    content = actions.change_letter(case_of(reference), by=by, now=clock.now())
    return pdf(content)


@router.get(
    "/{reference}/telling-letter",
    operation_id="telling_letter",
    response=PROBLEMS,
    openapi_extra=file_of(PDF),
)
def telling_letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the letter that tells the person of an agent's request; the look is in the ledger."""
    by = staff(request, OPENERS)
    content = actions.telling_letter(case_of(reference), by=by, now=clock.now())
    return pdf(content)


@router.get(
    "/{reference}/demands/{position}/values",
    operation_id="values_to_name",
    response=answers(list[ValuesOut]),
)
def values_to_name(request: HttpRequest, reference: str, position: int) -> list[ValuesOut]:
    """Return the person's values that may be named (`name_value`); the look is in the ledger."""
    by, case_id = staff(request, DESK), case_of(reference)
    if not 1 <= position <= len(store.case(case_id).demands):
        raise store.CaseUnknown(f"case `{case_id}` has no such demand")
    tables = actions.values_to_name(ids.demand_id(case_id, position), by=by, now=clock.now())
    found = []
    for table in tables:
        rows = [
            [ValueOut(ref=each.ref, title=each.title, value=each.value) for each in row if each.ref]
            for row in table.rows
        ]
        found.append(ValuesOut(title=table.title, rows=[row for row in rows if row]))
    return [table for table in found if table.rows]


@router.post(
    "/{reference}/candidates", operation_id="candidates", response=answers(list[CandidateOut])
)
def candidates(request: HttpRequest, reference: str, key: Key) -> list[CandidateOut]:
    """Search the stores for records that may be the person; each search is in the ledger."""
    by = staff(request, DESK)
    found = actions.candidates(case_of(reference), by=by, now=clock.now())
    return [
        CandidateOut(
            subject=f"{each.subject.store}/{each.subject.table}/{each.subject.key}",
            found_by=list(each.found_by),
        )
        for each in found
    ]
