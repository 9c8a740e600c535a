"""Where the API hangs."""

from django.urls import path

from mamoru.api.operations import api

urlpatterns = [path("", api.urls)]
