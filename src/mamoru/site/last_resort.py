"""The last resort: an error of ours that no view caught is a calm page, never a trace (ux, 1.4)."""

import logging
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext
from django.views.defaults import server_error

from mamoru.api.problems import DatabaseAway
from mamoru.kit.errors import MamoruError

_RULE = 3  # the exit code of what a rule refuses
_SENT = frozenset({"case-unknown", "paper-unknown", "filing-invalid", "fields-invalid"})
_TEMPLATE = "calm.html"
log = logging.getLogger("mamoru.site")


class CalmErrors:
    """Middleware that answers what the views let through; other exceptions are Django's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; errors come by `process_exception`."""
        return self._next(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Return the page of an error of ours or of a database that is away, None for any other."""
        return _calm(request, problem)


def _calm(request: HttpRequest, problem: BaseException | None) -> HttpResponse | None:
    """Return the page of an error of ours.

    The log holds the code and the name of the address: no text of the error, no part of the
    address that a person wrote.
    """
    if isinstance(problem, OperationalError):
        problem = DatabaseAway()
    if not isinstance(problem, MamoruError):
        return None
    match = request.resolver_match
    status = status_of(problem)
    log.error("%s answered %d: %s", match.view_name if match else "-", status, problem.code)
    response = HttpResponse(
        _page(request, waiting=status >= HTTPStatus.INTERNAL_SERVER_ERROR), status=status
    )
    add_never_cache_headers(response)
    if problem.retry:
        response["Retry-After"] = "60"
    return response


def unexpected(request: HttpRequest) -> HttpResponse:
    """Answer what no view let through (`handler500`): a session, say, that could not be written.

    A database that is away is no fault of the product's: 503, and when to come back.
    """
    return _calm(request, sys.exception()) or server_error(request)


def status_of(problem: MamoruError) -> HTTPStatus:
    """Return 409 for what a rule refuses, 422 for what was sent wrong, 503 for what is ours.

    Ours is also a broken setting or policy: whoever reads the page can only come back later.
    """
    if problem.retry:
        return HTTPStatus.SERVICE_UNAVAILABLE
    if problem.code in _SENT:
        return HTTPStatus.UNPROCESSABLE_ENTITY
    return HTTPStatus.CONFLICT if problem.exit_code == _RULE else HTTPStatus.SERVICE_UNAVAILABLE


def _page(request: HttpRequest, *, waiting: bool) -> str:
    """Return the page in the shared frame; without the account, then without the frame, if need be.

    What broke the view may break the frame too: the session, the account, the policy.
    """
    for given in (request, None):
        try:
            return render_to_string(_TEMPLATE, {"waiting": waiting}, given)
        except Exception as problem:  # noqa: BLE001 - nothing may come after the last resort
            log.error("the calm page failed: %s", type(problem).__name__)  # noqa: TRY400 - no values
    title = gettext("うまく処理できませんでした")
    return (
        f'<!doctype html><html><meta charset="utf-8"><title>{title}</title><h1>{title}</h1></html>'
    )
