"""Errors of the API: `application/problem+json` with our stable code, never a stack trace."""

from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from mamoru.kit.errors import MamoruError

MEDIA_TYPE = "application/problem+json"

_CONFLICT = frozenset(
    {"case-changed-meanwhile", "plan-changed", "stage-forbidden", "one-time-key-reused"}
)
_FORBIDDEN = frozenset({"second-person-needed", "code-refused", "role-missing"})
_TOO_MANY = frozenset({"too-many-filings", "too-many-papers"})
_UNKNOWN = frozenset({"case-unknown", "paper-unknown"})


class Problem(Schema):
    """What a caller is told of an error (RFC 9457), with our code and whether to try again."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    retry: bool = False


class RoleMissing(MamoruError):
    """The account may not do this. Ask the administrator for the role."""

    code, exit_code = "role-missing", 3


class FieldsInvalid(MamoruError):
    """The request does not fit its schema. The detail names each field."""

    code, exit_code = "fields-invalid", 2


def status_of(problem: MamoruError) -> HTTPStatus:
    """Return the HTTP status of an error of ours."""
    code = type(problem).code
    if code in _UNKNOWN:
        return HTTPStatus.NOT_FOUND
    if code in _FORBIDDEN:
        return HTTPStatus.FORBIDDEN
    if code in _CONFLICT:
        return HTTPStatus.CONFLICT
    if code in _TOO_MANY:
        return HTTPStatus.TOO_MANY_REQUESTS
    if type(problem).retry:
        return HTTPStatus.SERVICE_UNAVAILABLE
    return HTTPStatus.UNPROCESSABLE_ENTITY


def respond(status: HTTPStatus, code: str, detail: str, *, retry: bool = False) -> HttpResponse:
    """Return a problem document."""
    body = Problem(
        title=status.phrase, status=status.value, detail=detail, code=code, retry=retry
    ).model_dump()
    return JsonResponse(body, status=status.value, content_type=MEDIA_TYPE)


def install(api: NinjaAPI) -> None:
    """Give every error of the API the one form."""

    @api.exception_handler(MamoruError)
    def ours(request: HttpRequest, problem: MamoruError) -> HttpResponse:
        cls = type(problem)
        return respond(status_of(problem), cls.code, str(problem), retry=cls.retry)

    @api.exception_handler(ValidationError)
    def fields(request: HttpRequest, problem: ValidationError) -> HttpResponse:
        return respond(HTTPStatus.UNPROCESSABLE_ENTITY, FieldsInvalid.code, _named(problem.errors))

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
        return respond(HTTPStatus.UNAUTHORIZED, "not-signed-in", "sign in first")

    @api.exception_handler(Http404)
    def unknown(request: HttpRequest, problem: Http404) -> HttpResponse:
        return respond(HTTPStatus.NOT_FOUND, "not-found", "there is nothing at this address")

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, problem: HttpError) -> HttpResponse:
        return respond(HTTPStatus(problem.status_code), "request-refused", problem.message)


def _named(errors: list[dict[str, Any]]) -> str:
    """Name each field and what is wrong with it, never what was typed into it."""
    return "; ".join(
        f"`{'.'.join(str(part) for part in each['loc'][1:])}`: {each['type']}" for each in errors
    )
