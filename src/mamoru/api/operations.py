"""`/api/v1/`: the same acts as the pages, with the same rules (contract, section 4).

Operation ids are the names of the actions. A changing call takes an `Idempotency-Key`: the
same key with the same request gives the same answer and acts once.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Header, NinjaAPI, Schema, UploadedFile
from ninja.openapi.schema import OpenAPISchema
from ninja.security import django_auth

from mamoru.api import problems
from mamoru.api.schemas import (
    AgainIn,
    ApprovalIn,
    BlankOut,
    CandidateOut,
    CarriedOutIn,
    CaseOut,
    DecisionIn,
    DemandOut,
    DispatchIn,
    DoneOut,
    EffectOut,
    ExpectedOut,
    FilingIn,
    FindingIn,
    HandWrittenIn,
    IdentifyIn,
    KeyIn,
    LineOut,
    NamingIn,
    NeedOut,
    PaperIn,
    PaperLineOut,
    PaperOut,
    ReceiptOut,
    ReturnIn,
    StatusOut,
    SupplementIn,
    ValueOut,
    ValuesOut,
    VerifyIn,
    status_out,
)
from mamoru.cases import actions, execute, store
from mamoru.cases.store import effects
from mamoru.cases.terms import (
    Finding,
    Judgement,
    PersonalDetails,
    Stage,
    Subject,
)
from mamoru.kit import clock, ids, text
from mamoru.kit.ids import REQUESTER, CaseId, StaffId


class _Api(NinjaAPI):
    """An API that makes its document once: that takes a second, and anybody may ask for it."""

    _document: OpenAPISchema | None = None

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        self._document = self._document or super().get_openapi_schema(**where)
        return self._document


api = _Api(
    title="mamoru",
    version="1",
    description="Requests under the Act on the Protection of Personal Information.",
    docs_url=None,
    urls_namespace="api",
)
problems.install(api)

S = TypeVar("S", bound=Schema)
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=16, max_length=200)]
_PROBLEMS: dict[int, Any] = dict.fromkeys(
    (400, 401, 403, 404, 409, 413, 422, 429, 503), problems.Problem
)
DESK = ("desk", "privacy-officer")
OFFICER = ("privacy-officer",)
APPROVER = ("approver",)
READERS = (*DESK, "approver", "auditor")
OPENERS = (*DESK, "approver")
_SUBJECT_PARTS = 3


def _answers(schema: type[Schema] | Any) -> dict[int, Any]:
    return {200: schema, **_PROBLEMS}


def _file(*media_types: str) -> dict[str, Any]:
    """Describe an answer that is a file."""
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types}
    return {"responses": {200: {"description": "OK", "content": content}}}


# --- requesters ---------------------------------------------------------------------------


@api.post("/cases", operation_id="file_case", response=_answers(ReceiptOut), tags=["requester"])
def file_case(request: HttpRequest, filing: FilingIn, key: Key) -> ReceiptOut:
    """File a request. Keep `reference` and `code`: together they open its status."""
    now = clock.now()

    def act() -> ReceiptOut:
        actions.admit(f"filing:{_place(request)}", allowed=_allowed(), now=now)
        made = actions.file_case(
            filing.to_filing(
                policy_version=execute.hands().policy.version,
                # Bound to what was sent: a weak key that two callers share opens nobody's case.
                one_time_key=store.repeat_digest(f"{key}:{filing.model_dump_json()}"),
            ),
            by=REQUESTER,
            now=now,
        )
        return ReceiptOut(
            reference=made.case_id,
            code=made.code,
            acknowledge_on=date.fromisoformat(made.acknowledge_on),
            due_on=date.fromisoformat(made.due_on),
        )

    return _once(key, "file_case", filing, ReceiptOut, act)


@api.post(
    "/cases/status", operation_id="open_status", response=_answers(StatusOut), tags=["requester"]
)
def open_status(request: HttpRequest, key: KeyIn) -> StatusOut:
    """Return where a case is. Unknown numbers and wrong codes are answered alike."""
    return status_out(_opened(request, key))


@api.post(
    "/cases/papers", operation_id="receive_proof", response=_answers(PaperOut), tags=["requester"]
)
def receive_proof(
    request: HttpRequest, body: Form[PaperIn], paper: File[UploadedFile], key: Key
) -> PaperOut:
    """Hand a paper in: JPEG, PNG or PDF. The same paper twice is one, whatever the key."""
    case = _opened(request, body)
    proof = actions.receive_proof(
        case.id, paper.read(), kind=body.kind, of=body.of, by=REQUESTER, now=clock.now()
    )
    return PaperOut(kind=proof.kind, of=proof.of, media_type=proof.media_type, size=proof.size)


@api.post(
    "/cases/supplement",
    operation_id="submit_supplement",
    response=_answers(DoneOut),
    tags=["requester"],
)
def submit_supplement(request: HttpRequest, body: KeyIn, key: Key) -> DoneOut:
    """Say that everything asked for has been sent; the clock starts afresh."""
    case = _opened(request, body)

    def act() -> DoneOut:
        actions.submit_supplement(case.id, by=REQUESTER, now=clock.now())
        return _done(case.id)

    return _once(key, "submit_supplement", body, DoneOut, act)


@api.post(
    "/cases/withdrawal",
    operation_id="withdraw_case",
    response=_answers(DoneOut),
    tags=["requester"],
)
def withdraw_case(request: HttpRequest, body: KeyIn, key: Key) -> DoneOut:
    """Withdraw a request; another may be filed at any time."""
    case = _opened(request, body)

    def act() -> DoneOut:
        actions.withdraw_case(case.id, by=REQUESTER, now=clock.now())
        return _done(case.id)

    return _once(key, "withdraw_case", body, DoneOut, act)


@api.post(
    "/cases/answer",
    operation_id="download_answer",
    response=_PROBLEMS,
    openapi_extra=_file("application/pdf"),
    tags=["requester"],
)
def download_answer(request: HttpRequest, body: KeyIn) -> HttpResponse:
    """Return the answer to its requester, where it was asked for so and once it was sent."""
    case = _opened(request, body)
    content = actions.download_answer(case.id, by=REQUESTER, now=clock.now())
    return HttpResponse(content, content_type="application/pdf")


# --- staff --------------------------------------------------------------------------------


@api.get(
    "/desk/cases",
    operation_id="list_cases",
    response=_answers(list[LineOut]),
    auth=django_auth,
    tags=["staff"],
)
def list_cases(request: HttpRequest, stage: Stage | None = None) -> list[LineOut]:
    """Return the queue, the earliest due first."""
    _staff(request, READERS)
    return [
        LineOut(
            reference=line.id,
            stage=line.stage,
            role=line.role,
            kinds=list(line.kinds),
            received_at=line.received_at,
            due_on=line.due_on,
            work=line.work,
            work_note=line.work_note,
        )
        for line in store.case_lines(stages=(stage,) if stage else ())
    ]


@api.get(
    "/desk/cases/{reference}",
    operation_id="show_case",
    response=_answers(CaseOut),
    auth=django_auth,
    tags=["staff"],
)
def show_case(request: HttpRequest, reference: str) -> CaseOut:
    """Return one case: what is done, what is open. Names stand on the console's page only."""
    _staff(request, READERS)
    case = store.case(_id(reference))
    found = actions.check(case.id, now=clock.now())
    return CaseOut(
        reference=case.id,
        version=case.version,
        stage=case.stage,
        due_on=case.due_on,
        work=case.work,
        work_note=case.work_note,
        tries=case.tries,
        failures=case.failures,
        next_try_at=store.next_try(case.id),
        by_hand=[
            BlankOut(code=each.code, part=each.part, count=each.count, nth=each.nth)
            for each in (actions.unprintable(case) if _has_role(request, OPENERS) else ())
        ],
        demands=[
            DemandOut(
                position=position,
                kind=each.demand.kind,
                outcome=each.decision.outcome if each.decision else None,
                grounds=list(each.decision.grounds) if each.decision else [],
                approved=each.decided,
                plan_changed=actions.plan_change(case, each) is not None,
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
        identity=found.identity_verdict,
        authority=found.authority_code,
    )


@api.get(
    "/desk/cases/{reference}/papers/{paper}",
    operation_id="open_paper",
    response=_PROBLEMS,
    openapi_extra=_file("image/jpeg", "image/png", "application/pdf"),
    auth=django_auth,
    tags=["staff"],
)
def open_paper(request: HttpRequest, reference: str, paper: str) -> HttpResponse:
    """Return a paper as it was sent; the look is in the ledger, and a finding needs it."""
    by = _staff(request, OPENERS)
    media_type, content = actions.open_paper(_id(reference), paper, by=by, now=clock.now())
    return HttpResponse(content, content_type=media_type)


@api.get(
    "/desk/cases/{reference}/letter",
    operation_id="open_letter",
    response=_PROBLEMS,
    openapi_extra=_file("application/pdf"),
    auth=django_auth,
    tags=["staff"],
)
def open_letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the answer as it will leave; the look is in the ledger, and sending needs it."""
    by = _staff(request, OPENERS)
    content = actions.open_letter(_id(reference), by=by, now=clock.now())
    return HttpResponse(content, content_type="application/pdf")


@api.get(
    "/desk/cases/{reference}/supplement-letter",
    operation_id="supplement_letter",
    response=_PROBLEMS,
    openapi_extra=_file("application/pdf"),
    auth=django_auth,
    tags=["staff"],
)
def supplement_letter(request: HttpRequest, reference: str) -> HttpResponse:
    """Return the newest request for missing papers as a letter; the look is in the ledger."""
    by = _staff(request, OPENERS)
    content = actions.supplement_letter(_id(reference), by=by, now=clock.now())
    return HttpResponse(content, content_type="application/pdf")


@api.post(
    "/desk/cases/{reference}/papers/{paper}/finding",
    operation_id="record_finding",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def record_finding(
    request: HttpRequest, reference: str, paper: str, body: FindingIn, key: Key
) -> DoneOut:
    """Record what was read on a paper, which the same person has opened (`open_paper`)."""
    by, now, case_id = _staff(request, DESK), clock.now(), _id(reference)
    finding = Finding(
        by=by,
        at=now,
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

    def act() -> DoneOut:
        actions.record_finding(case_id, paper, finding, now=now)
        return _done(case_id)

    return _once(key, f"record_finding/{case_id}/{paper}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/candidates",
    operation_id="candidates",
    response=_answers(list[CandidateOut]),
    auth=django_auth,
    tags=["staff"],
)
def candidates(request: HttpRequest, reference: str, key: Key) -> list[CandidateOut]:
    """Search the stores for records that may be the person; each search is in the ledger."""
    by = _staff(request, DESK)
    found = actions.candidates(_id(reference), by=by, now=clock.now())
    return [
        CandidateOut(
            subject=f"{each.subject.store}/{each.subject.table}/{each.subject.key}",
            found_by=list(each.found_by),
        )
        for each in found
    ]


@api.post(
    "/desk/cases/{reference}/identity",
    operation_id="identify",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def identify(request: HttpRequest, reference: str, body: IdentifyIn, key: Key) -> DoneOut:
    """Record which records are the person."""
    by, case_id = _staff(request, DESK), _id(reference)
    subjects = tuple(_subjects(body.subjects))

    def act() -> DoneOut:
        actions.identify(case_id, subjects, by=by, now=clock.now())
        return _done(case_id)

    return _once(key, f"identify/{case_id}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/verification",
    operation_id="verify_case",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def verify_case(request: HttpRequest, reference: str, body: VerifyIn, key: Key) -> DoneOut:
    """Confirm identity and authority by name. A mismatch is never confirmed."""
    by, case_id = _staff(request, DESK), _id(reference)

    def act() -> DoneOut:
        actions.verify_case(case_id, by=by, now=clock.now(), note=body.note)
        return _done(case_id)

    return _once(key, f"verify_case/{case_id}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/supplement",
    operation_id="ask_supplement",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def ask_supplement(request: HttpRequest, reference: str, body: SupplementIn, key: Key) -> DoneOut:
    """Ask the requester for what is missing."""
    by, case_id = _staff(request, DESK), _id(reference)

    def act() -> DoneOut:
        actions.ask_supplement(case_id, body.defects, body.message, by=by, now=clock.now())
        return _done(case_id)

    return _once(key, f"ask_supplement/{case_id}", body, DoneOut, act)


@api.get(
    "/desk/cases/{reference}/demands/{position}/values",
    operation_id="values_to_name",
    response=_answers(list[ValuesOut]),
    auth=django_auth,
    tags=["staff"],
)
def values_to_name(request: HttpRequest, reference: str, position: int) -> list[ValuesOut]:
    """Return the person's values that may be named (`name_value`); the look is in the ledger."""
    by, case_id = _staff(request, DESK), _id(reference)
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


@api.post(
    "/desk/cases/{reference}/demands/{position}/value",
    operation_id="name_value",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def name_value(
    request: HttpRequest, reference: str, position: int, body: NamingIn, key: Key
) -> DoneOut:
    """Say which one registered value a correction, addition or deletion is about."""
    by, case_id = _staff(request, DESK), _id(reference)

    def act() -> DoneOut:
        actions.name_value(
            ids.demand_id(case_id, position), body.ref, by=by, now=clock.now(), version=body.version
        )
        return _done(case_id)

    return _once(key, f"name_value/{case_id}/{position}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/demands/{position}/carried-out",
    operation_id="record_carried_out",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def record_carried_out(
    request: HttpRequest, reference: str, position: int, body: CarriedOutIn, key: Key
) -> DoneOut:
    """Record that a granted demand was carried out by hand; who approved it may not."""
    by, case_id = _staff(request, DESK), _id(reference)

    def act() -> DoneOut:
        actions.record_carried_out(
            ids.demand_id(case_id, position), by=by, now=clock.now(), note=body.note
        )
        return _done(case_id)

    return _once(key, f"record_carried_out/{case_id}/{position}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/demands/{position}/decision",
    operation_id="decide_demand",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def decide_demand(
    request: HttpRequest, reference: str, position: int, body: DecisionIn, key: Key
) -> DoneOut:
    """Decide one demand; it stands once a second person has approved it."""
    by, case_id = _staff(request, OFFICER), _id(reference)
    judged = Judgement(ground=body.ground, reason=body.reason, law=body.law)

    def act() -> DoneOut:
        actions.decide_demand(
            ids.demand_id(case_id, position),
            judged=judged,
            by=by,
            now=clock.now(),
            version=body.version,
        )
        return _done(case_id)

    return _once(key, f"decide_demand/{case_id}/{position}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/demands/{position}/approval",
    operation_id="approve_demand",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def approve_demand(
    request: HttpRequest, reference: str, position: int, body: ApprovalIn, key: Key
) -> DoneOut:
    """Approve a decision as the second person."""
    by, case_id = _staff(request, APPROVER), _id(reference)

    def act() -> DoneOut:
        actions.approve_demand(
            ids.demand_id(case_id, position), by=by, now=clock.now(), version=body.version
        )
        return _done(case_id)

    return _once(key, f"approve_demand/{case_id}/{position}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/demands/{position}/return",
    operation_id="return_demand",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def return_demand(
    request: HttpRequest, reference: str, position: int, body: ReturnIn, key: Key
) -> DoneOut:
    """Send a decision back that is not approved yet; the second person did not agree."""
    by, case_id = _staff(request, APPROVER), _id(reference)

    def act() -> DoneOut:
        actions.return_demand(
            ids.demand_id(case_id, position),
            reason=body.reason,
            by=by,
            now=clock.now(),
            version=body.version,
        )
        return _done(case_id)

    return _once(key, f"return_demand/{case_id}/{position}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/reopening",
    operation_id="reopen_case",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def reopen_case(request: HttpRequest, reference: str, body: ReturnIn, key: Key) -> DoneOut:
    """Send back every decision whose plan has changed since; two persons decide it anew."""
    by, case_id = _staff(request, DESK), _id(reference)

    def act() -> DoneOut:
        actions.reopen_case(
            case_id, reason=body.reason, by=by, now=clock.now(), version=body.version
        )
        return _done(case_id)

    return _once(key, f"reopen_case/{case_id}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/by-hand",
    operation_id="write_by_hand",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def write_by_hand(request: HttpRequest, reference: str, body: HandWrittenIn, key: Key) -> DoneOut:
    """Record which characters without a glyph are written into the letter by hand."""
    by, case_id = _staff(request, DESK), _id(reference)
    points = frozenset(int(each.removeprefix("U+"), 16) for each in body.codes)

    def act() -> DoneOut:
        actions.write_by_hand(case_id, points, by=by, now=clock.now())
        return _done(case_id)

    return _once(key, f"write_by_hand/{case_id}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/try",
    operation_id="try_now",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def try_now(request: HttpRequest, reference: str, body: AgainIn, key: Key) -> DoneOut:
    """Let the worker try a waiting case at once."""
    by, case_id = _staff(request, DESK), _id(reference)

    def act() -> DoneOut:
        actions.try_now(case_id, by=by, now=clock.now())
        return _done(case_id)

    return _once(key, f"try_now/{case_id}", body, DoneOut, act)


@api.post(
    "/desk/cases/{reference}/answer",
    operation_id="send_answer",
    response=_answers(DoneOut),
    auth=django_auth,
    tags=["staff"],
)
def send_answer(request: HttpRequest, reference: str, body: DispatchIn, key: Key) -> DoneOut:
    """Record that the answer left; the sender has opened the letter (`open_letter`).

    Its destination is the verified address; none can be given.
    """
    by, case_id = _staff(request, DESK), _id(reference)

    def act() -> DoneOut:
        actions.send_answer(
            case_id,
            dispatch=body.dispatch,
            tracking_number=body.tracking_number,
            by=by,
            now=clock.now(),
        )
        return _done(case_id)

    return _once(key, f"send_answer/{case_id}", body, DoneOut, act)


# --- inside -------------------------------------------------------------------------------


def _once(key: str, operation: str, request: Schema, shape: type[S], act: Callable[[], S]) -> S:
    """Act once for a key; a repetition gets the first answer, another request under it 409."""
    asked = f"{operation}:{request.model_dump_json()}"
    known = store.repeated(key)
    if known is not None:
        if known.asked != store.repeat_digest(asked):
            raise actions.KeyReused("this `Idempotency-Key` was used for another request")
        return shape.model_validate_json(known.answer)
    answer = act()
    store.remember(key, asked, answer.model_dump_json().encode(), at=clock.now())
    return answer


def _opened(request: HttpRequest, key: KeyIn) -> Any:
    actions.admit(
        f"status:{_place(request)}",
        allowed=int(settings.MAMORU.limits.status_looks_per_hour),
        now=clock.now(),
    )
    case_id = ids.parse_case_id(text.fold(key.reference))
    return actions.open_status(
        case_id or CaseId("unknown"), text.digits_only(key.code), now=clock.now()
    )


def _place(request: HttpRequest) -> str:
    return actions.place_of(str(request.META.get("REMOTE_ADDR", "")))


def _allowed() -> int:
    return int(settings.MAMORU.limits.filings_per_hour)


def _staff(request: HttpRequest, roles: Iterable[str]) -> StaffId:
    """Return who acts, if one of the roles is theirs now; RoleMissing otherwise."""
    if not _has_role(request, roles):
        raise problems.RoleMissing("this account has no role for this act")
    return StaffId(f"staff:{request.user.pk}")


def _has_role(request: HttpRequest, roles: Iterable[str]) -> bool:
    user = request.user
    return isinstance(user, User) and user.groups.filter(name__in=list(roles)).exists()


def _id(reference: str) -> CaseId:
    return ids.parse_case_id(reference) or CaseId("unknown")


def _done(case_id: CaseId) -> DoneOut:
    return DoneOut(reference=case_id, stage=store.case(case_id).stage)


def _subjects(given: Iterable[str]) -> Iterable[Subject]:
    for each in given:
        parts = each.split("/", 2)
        if len(parts) != _SUBJECT_PARTS:
            raise problems.FieldsInvalid("`subjects`: each is `store/table/key`")
        yield Subject(store=parts[0], table=parts[1], key=parts[2])
