"""Django's entry for the room."""

from django.apps import AppConfig


class Consents(AppConfig):
    """同意・拒否・停止."""

    name = "mamoru.consents"
    default_auto_field = "django.db.models.BigAutoField"
