"""Which address leads to which face."""

from importlib.util import find_spec

from allauth.account import views as accounts
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from mamoru.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("mamoru.portal.urls")),
    path("accounts/login/", accounts.login, name="account_login"),
    path("accounts/logout/", accounts.logout, name="account_logout"),
    path("language/", set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]
if find_spec("mamoru.console.urls") is not None:
    urlpatterns.append(path("console/", include("mamoru.console.urls")))
