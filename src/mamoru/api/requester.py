"""What a requester, or an agent, calls: no account, a number and a code open a case (P3.18)."""

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router, UploadedFile

from mamoru.api.calling import (
    DATA_FORMS,
    DONE,
    PDF,
    PROBLEMS,
    Key,
    admitted,
    answers,
    done,
    file_of,
    once,
    opened,
    pdf,
)
from mamoru.api.schemas import (
    DataIn,
    DoneOut,
    FilingIn,
    KeyIn,
    MailedCodeIn,
    PaperIn,
    PaperOut,
    PostedCodeIn,
    ReceiptOut,
    StatusOut,
    status_out,
)
from mamoru.cases import actions, execute, store
from mamoru.kit import clock, text
from mamoru.kit.ids import REQUESTER

router = Router(tags=["requester"])


@router.post("", operation_id="file_case", response=answers(ReceiptOut))
def file_case(request: HttpRequest, filing: FilingIn, key: Key) -> ReceiptOut:
    """File a request. Keep `reference` and `code`: together they open its status."""
    now = clock.now()

    def act() -> ReceiptOut:
        admitted(request, "filing", allowed=settings.MAMORU.limits.filings_per_hour)
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

    return once(request, key, filing, ReceiptOut, act)


@router.post("/status", operation_id="open_status", response=answers(StatusOut))
def open_status(request: HttpRequest, key: KeyIn) -> StatusOut:
    """Return where a case is. Unknown numbers and wrong codes are answered alike."""
    return status_out(opened(request, key))


@router.post("/papers", operation_id="receive_proof", response=answers(PaperOut))
def receive_proof(
    request: HttpRequest, body: Form[PaperIn], paper: File[UploadedFile], key: Key
) -> PaperOut:
    """Hand a paper in: JPEG, PNG, HEIC or PDF. It is drawn anew, and the same twice is one."""
    case = opened(request, body)
    proof = actions.receive_proof(
        case.id,
        paper.read(),
        kind=body.kind,
        of=body.of,
        by=REQUESTER,
        now=clock.now(),
        name=paper.name or "",
        shows_number=body.my_number == "visible",
    )
    return PaperOut(kind=proof.kind, of=proof.of, media_type=proof.media_type, size=proof.size)


@router.post("/supplement", operation_id="submit_supplement", response=DONE)
def submit_supplement(request: HttpRequest, body: KeyIn, key: Key) -> DoneOut:
    """Say that everything asked for has been sent; the clock starts afresh."""
    case = opened(request, body)

    return done(
        request,
        key,
        body,
        case.id,
        lambda: actions.submit_supplement(case.id, by=REQUESTER, now=clock.now()),
    )


@router.post("/posted-code", operation_id="enter_posted_code", response=DONE)
def enter_posted_code(request: HttpRequest, body: PostedCodeIn, key: Key) -> DoneOut:
    """Enter the code that came by registered post; whatever is wrong is answered alike."""
    case = opened(request, body)
    typed = text.digits_only(body.posted_code)
    return done(
        request,
        key,
        body,
        case.id,
        lambda: actions.enter_posted_code(case.id, typed, by=REQUESTER, now=clock.now()),
    )


@router.post("/mailed-code/request", operation_id="ask_mailed_code", response=DONE)
def ask_mailed_code(request: HttpRequest, body: KeyIn, key: Key) -> DoneOut:
    """Ask for a code at the registered mail address; the answer is the same for everybody."""
    case = opened(request, body)
    return done(
        request,
        key,
        body,
        case.id,
        lambda: actions.ask_mailed_code(case.id, by=REQUESTER, now=clock.now()),
    )


@router.post("/mailed-code", operation_id="enter_mailed_code", response=DONE)
def enter_mailed_code(request: HttpRequest, body: MailedCodeIn, key: Key) -> DoneOut:
    """Enter the code that came by mail; whatever is wrong is answered alike."""
    case = opened(request, body)
    typed = text.digits_only(body.mailed_code)
    return done(
        request,
        key,
        body,
        case.id,
        lambda: actions.enter_mailed_code(case.id, typed, by=REQUESTER, now=clock.now()),
    )


@router.post("/withdrawal", operation_id="withdraw_case", response=DONE)
def withdraw_case(request: HttpRequest, body: KeyIn, key: Key) -> DoneOut:
    """Withdraw a request; another may be filed at any time."""
    case = opened(request, body)

    return done(
        request,
        key,
        body,
        case.id,
        lambda: actions.withdraw_case(case.id, by=REQUESTER, now=clock.now()),
    )


@router.post(
    "/answer",
    operation_id="download_answer",
    response=PROBLEMS,
    openapi_extra=file_of(PDF),
)
def download_answer(request: HttpRequest, body: KeyIn) -> HttpResponse:
    """Return the answer to its requester, where it was asked for so and once it was sent."""
    case = opened(request, body)
    content = actions.download_answer(case.id, by=REQUESTER, now=clock.now())
    return pdf(content)


@router.post(
    "/answer/data",
    operation_id="download_data",
    response=PROBLEMS,
    openapi_extra=file_of(*DATA_FORMS.values()),
)
def download_data(request: HttpRequest, body: DataIn) -> HttpResponse:
    """Return the disclosed data as JSON or as a CSV sheet, where the answer is electronic."""
    case = opened(request, body)
    content = actions.download_data(
        case.id, sheet=body.form == "csv", by=REQUESTER, now=clock.now()
    )
    return HttpResponse(content, content_type=DATA_FORMS[body.form])
