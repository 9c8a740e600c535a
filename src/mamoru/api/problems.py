"""Errors of the API: `application/problem+json` with our stable code, never a stack trace."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError

from mamoru.cases import actions
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


class DatabaseAway(MamoruError):
    """The product's own database is busy or away. Nothing was written; try again in a minute."""

    code, exit_code, retry = "database-away", 4, True


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


@csrf_exempt
def nowhere(request: HttpRequest, path: str = "") -> HttpResponse:
    """Answer an address under the API where nothing is."""
    return respond(HTTPStatus.NOT_FOUND, "not-found", "there is nothing at this address")


def closed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let no answer of a view be kept by a browser or a proxy, run anything or be framed.

    A method that an address does not take is answered as any other error is.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            methods = response["Allow"]
            detail = f"this address takes {methods}"
            response = respond(HTTPStatus.METHOD_NOT_ALLOWED, "request-refused", detail)
            response["Allow"] = methods
        response["Cache-Control"] = "no-store"
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
        response["X-Content-Type-Options"] = "nosniff"
        return response

    return answered


def install(api: NinjaAPI) -> None:
    """Give every error of the API the one form."""

    @api.exception_handler(MamoruError)
    def ours(request: HttpRequest, problem: MamoruError) -> HttpResponse:
        cls = type(problem)
        return respond(status_of(problem), cls.code, str(problem), retry=cls.retry)

    @api.exception_handler(OperationalError)
    def away(request: HttpRequest, problem: OperationalError) -> HttpResponse:
        response = ours(
            request, DatabaseAway("the database is busy or away: try again in a minute")
        )
        response["Retry-After"] = "60"
        return response

    @api.exception_handler(ValidationError)
    def fields(request: HttpRequest, problem: ValidationError) -> HttpResponse:
        if _too_large(request, problem.errors):
            return ours(request, actions.PaperTooLarge("the file is larger than is taken here"))
        return respond(HTTPStatus.UNPROCESSABLE_ENTITY, FieldsInvalid.code, _named(problem.errors))

    @api.exception_handler(RequestDataTooBig)
    def too_big(request: HttpRequest, problem: RequestDataTooBig) -> HttpResponse:
        return respond(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request-refused", "the request is too large"
        )

    @api.exception_handler(MultiPartParserError)
    @api.exception_handler(SuspiciousOperation)
    def unreadable(request: HttpRequest, problem: Exception) -> HttpResponse:
        detail = "the request cannot be read: a header, a field or a count of files is not taken"
        return respond(HTTPStatus.BAD_REQUEST, "request-refused", detail)

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
        return respond(HTTPStatus.UNAUTHORIZED, "not-signed-in", "sign in first")

    @api.exception_handler(Http404)
    def unknown(request: HttpRequest, problem: Http404) -> HttpResponse:
        return nowhere(request)

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, problem: HttpError) -> HttpResponse:
        return respond(HTTPStatus(problem.status_code), "request-refused", problem.message)


def _too_large(request: HttpRequest, errors: list[dict[str, Any]]) -> bool:
    """Whether a file is missing because the upload was over the limit: then nothing was kept of it."""
    missing = any(each["type"] == "missing" and each["loc"][-1] == "paper" for each in errors)
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    return missing and sent > actions.practice().upload_bytes


def _named(errors: list[dict[str, Any]]) -> str:
    """Name each field and what is wrong with it, never what was typed into it."""
    return "; ".join(
        f"`{'.'.join(str(part) for part in each['loc'][1:])}`: {each['type']}" for each in errors
    )
