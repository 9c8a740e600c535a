"""Which address leads to which face."""

from allauth.account import views as accounts
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from mamoru.site import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("mamoru.portal.urls")),
    path("console/", include("mamoru.console.urls")),
    path("api/v1/", include("mamoru.api.urls")),
    path("accounts/login/", accounts.login, name="account_login"),
    path("accounts/logout/", accounts.logout, name="account_logout"),
    path("language/", set_language, name="set_language"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
]

handler500 = "mamoru.site.last_resort.unexpected"
