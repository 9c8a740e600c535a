"""An address that only takes forms, opened by hand: the page that the form stood on (ux, 1.4)."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import Resolver404, resolve


class BackToPage:
    """Middleware that leads a browser from such an address to the nearest page above it.

    A language chosen beside a form's errors, a bookmark, a reload in another window: all ask for
    an address that only takes what is sent. Programs are answered 405 as ever.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what comes next."""
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to the page."""
        response = self._next(request)
        looks = request.method == "GET" and "text/html" in request.headers.get("Accept", "")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not looks:
            return response
        back = HttpResponseRedirect(_page_above(request.path_info))
        back.status_code = HTTPStatus.SEE_OTHER
        return back


def _page_above(path: str) -> str:
    """Return the nearest address above that is one of ours; that one may lead on."""
    while path != "/":
        path = path.rstrip("/").rpartition("/")[0] + "/"
        try:
            resolve(path)
        except Resolver404:
            continue
        return path
    return "/"
