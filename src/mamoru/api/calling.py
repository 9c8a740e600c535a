"""What every call of `/api/v1/` shares: who asks, once for a key, and what it may answer.

Operation ids are the names of the actions. A changing call takes an `Idempotency-Key`: the
same key with the same request gives the same answer and acts once.
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from ninja import Header, Schema

from mamoru.api import problems
from mamoru.api.schemas import DoneOut, KeyIn
from mamoru.cases import actions, store
from mamoru.cases.terms import Case
from mamoru.kit import clock, ids, text
from mamoru.kit.ids import CaseId, StaffId

S = TypeVar("S", bound=Schema)
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=16, max_length=200)]

DESK = ("desk", "privacy-officer")
OFFICER = ("privacy-officer",)
APPROVER = ("approver",)
READERS = (*DESK, "approver", "auditor")
OPENERS = (*DESK, "approver")

PROBLEMS: dict[int, Any] = dict.fromkeys(
    (400, 401, 403, 404, 409, 413, 422, 429, 503), problems.Problem
)
PDF = "application/pdf"
DATA_FORMS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


def answers(schema: type[Schema] | Any) -> dict[int, Any]:
    """Describe an answer of this shape, and the problems that may come instead."""
    return {200: schema, **PROBLEMS}


DONE = answers(DoneOut)


def file_of(*media_types: str) -> dict[str, Any]:
    """Describe an answer that is a file."""
    content = {each: {"schema": {"type": "string", "format": "binary"}} for each in media_types}
    return {"responses": {200: {"description": "OK", "content": content}}}


def pdf(content: bytes) -> HttpResponse:
    """Return a PDF."""
    return HttpResponse(content, content_type=PDF)


def once(request: HttpRequest, key: str, body: Schema, shape: type[S], act: Callable[[], S]) -> S:
    """Act once for a key; a repetition gets the first answer, another request under it 409.

    Another's key is another request: what one person did is not told to the next as theirs.
    """
    asked = f"{request.user.pk}:{request.path}:{body.model_dump_json()}"
    known = store.repeated(key)
    if known is not None:
        if known.asked != store.repeat_digest(asked):
            raise actions.KeyReused("this `Idempotency-Key` was used for another request")
        return shape.model_validate_json(known.answer)
    answer = act()
    store.remember(key, asked, answer.model_dump_json().encode(), at=clock.now())
    return answer


def done(
    request: HttpRequest, key: str, body: Schema, case_id: CaseId, act: Callable[[], object]
) -> DoneOut:
    """Act on a case once for a key, and say where the case is then."""

    def acted() -> DoneOut:
        act()
        return DoneOut(reference=case_id, stage=store.case(case_id).stage)

    return once(request, key, body, DoneOut, acted)


def opened(request: HttpRequest, key: KeyIn) -> Case:
    """Return the case that number and code open; unknown and wrong are answered alike."""
    admitted(request, "status", allowed=settings.MAMORU.limits.status_looks_per_hour)
    case_id = ids.parse_case_id(text.fold(key.reference))
    return actions.open_status(
        case_id or CaseId("unknown"),
        text.digits_only(key.code),
        place=place_of(request),
        now=clock.now(),
    )


def admitted(request: HttpRequest, what: str, *, allowed: int) -> None:
    """Count one more try from where the request comes; refused beyond `allowed` an hour."""
    actions.admit(f"{what}:{place_of(request)}", allowed=int(allowed), now=clock.now())


def place_of(request: HttpRequest) -> str:
    """Return the block of addresses that a request comes from."""
    return actions.place_of(str(request.META.get("REMOTE_ADDR", "")))


def staff(request: HttpRequest, roles: Iterable[str]) -> StaffId:
    """Return who acts, if one of the roles is theirs now; RoleMissing otherwise."""
    if not has_role(request, roles):
        raise problems.RoleMissing("this account has no role for this act")
    return StaffId(f"staff:{request.user.pk}")


def has_role(request: HttpRequest, roles: Iterable[str]) -> bool:
    """Return whether one of the roles is the account's now."""
    user = request.user
    return isinstance(user, User) and user.groups.filter(name__in=list(roles)).exists()


def case_of(reference: str) -> CaseId:
    """Return the number of a case as it was written; what is none names no case."""
    return ids.parse_case_id(reference) or CaseId("unknown")


class Call:
    """One act of a member of staff on a case: who, on which case, when, and once for its key.

    Made before anything is looked at: RoleMissing for whoever has none of `roles`.
    """

    def __init__(
        self, request: HttpRequest, roles: Iterable[str], reference: str, body: Schema, key: str
    ) -> None:
        """Keep what the act needs."""
        self.by = staff(request, roles)
        self.case_id = case_of(reference)
        self.now = clock.now()
        self._asked = (request, key, body)

    def once(self, act: Callable[[], object]) -> DoneOut:
        """Act, or give the first answer again."""
        request, key, body = self._asked
        return done(request, key, body, self.case_id, act)
