"""Accounts of staff and members. Nobody signs up by themselves: the company makes accounts."""

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from mamoru.cases import actions
from mamoru.kit import clock

_NETWORKS = 10
"""How many networks together may use up their tries at one account within an hour."""


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """The house's choices for django-allauth."""

    error_messages = {  # noqa: RUF012  the name and the form are the library's
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": gettext_lazy(
            "ユーザー名とパスワードをご確認ください。続けて間違えると、しばらくログインできなくなります。"
        ),
        "too_many_login_attempts": gettext_lazy(
            "ログインの回数が多すぎるため、しばらくログインできません。1時間ほどたってからお試しください。"
            "開示等の請求は、ログインしなくてもお出しいただけます。"
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return that sign-up is closed."""
        return False

    def add_message(self, *told: Any, **words: Any) -> None:
        """Say nothing: the frame of every page names who is signed in."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Return whose name and password these are; a closed account is as good as none.

        The library would tell by a page of its own that the password of a closed account is right.
        """
        user: User | None = super().authenticate(request, **credentials)
        if user is None or not user.is_active:
            return None
        for key in self._keys(request, credentials):
            actions.readmit(key, now=clock.now())
        return user

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count a try before a password is looked at; ValidationError after too many (A1).

        One that was right is given back. Counted for all processes together, by account and network: who guesses at a stranger's
        password shuts the account for the own network, not for whom it belongs to. The library
        counts besides how much comes from one address within a minute.
        """
        super().pre_authenticate(request, **credentials)
        tries, now = settings.MAMORU.limits.sign_in_tries, clock.now()
        here, anywhere = self._keys(request, credentials)
        try:
            actions.admit(here, allowed=tries, now=now)
            actions.admit(anywhere, allowed=tries * _NETWORKS, now=now)
        except actions.TooManyFilings as problem:
            raise self.validation_error("too_many_login_attempts") from problem

    def _keys(self, request: HttpRequest, credentials: Mapping[str, Any]) -> tuple[str, str]:
        """Return what tries are counted by: the account in this network, and anywhere."""
        name = str(credentials.get("username", "")).casefold()
        place = actions.place_of(str(request.META.get("REMOTE_ADDR", "")))
        return f"sign-in:{place}:{name}", f"sign-in:{name}"
