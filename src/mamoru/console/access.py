"""Who may do what at the desk; asked of the database on every request (P1.5, P3.17)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from mamoru.kit.ids import StaffId

P = ParamSpec("P")


class Right:
    """What a page asks for before it answers: words of the desk, not of the law."""

    SEE: Final = "see"  # queue, stages, decisions, history: nothing that identifies a person
    READ: Final = "read"  # the form, papers, registered details, letters
    HANDLE: Final = "handle"  # find, compare, ask, send
    DECIDE: Final = "decide"
    APPROVE: Final = "approve"
    MAP: Final = "map"  # the data map: what lies where, nobody's data


# One line a role. Marketing, engineers and administrators have no business with cases.
_RIGHTS: Mapping[str, frozenset[str]] = {
    "desk": frozenset({Right.SEE, Right.READ, Right.HANDLE}),
    "privacy-officer": frozenset({Right.SEE, Right.READ, Right.HANDLE, Right.DECIDE, Right.MAP}),
    "approver": frozenset({Right.SEE, Right.READ, Right.APPROVE}),
    "auditor": frozenset({Right.SEE, Right.MAP}),
    "engineer": frozenset({Right.MAP}),
    "administrator": frozenset({Right.MAP}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who sits at the desk, as this request found it."""

    by: StaffId
    name: str
    rights: frozenset[str]

    def may(self, right: str) -> bool:
        """Return whether this person has a right now."""
        return right in self.rights


def staff_id(user_id: int) -> StaffId:
    """Return how an account stands in decisions and in the ledger: by number, never by name."""
    return StaffId(f"staff:{user_id}")


def rights_of(user: User | AnonymousUser) -> frozenset[str]:
    """Return the rights of an account's groups, read from the database now."""
    if not user.is_authenticated:
        return frozenset()
    groups = user.groups.values_list("name", flat=True)
    return frozenset(right for group in groups for right in _RIGHTS.get(group, ()))


def staff(
    right: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Let a view be reached only with a right; others sign in, or meet the 403 page.

    No page of the desk is kept by a browser or a proxy.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            rights = rights_of(request.user)
            if right not in rights:
                raise PermissionDenied
            desk = Desk(
                by=staff_id(request.user.pk),
                name=request.user.last_name or request.user.get_username(),
                rights=rights,
            )
            response = view(request, desk, *args, **kwargs)
            add_never_cache_headers(response)
            return response

        return guarded

    return decorate


def names(ids: frozenset[str]) -> Mapping[str, str]:
    """Return the family names of members of staff by their id, in one query."""
    keys = [int(each.partition(":")[2]) for each in ids if each.startswith("staff:")]
    found = User.objects.filter(pk__in=keys).values_list("pk", "last_name", "username")
    return {staff_id(key): family or username for key, family, username in found}
