"""Django's entry for the room."""

from django.apps import AppConfig


class Entrustment(AppConfig):
    """委託."""

    name = "mamoru.entrustment"
    default_auto_field = "django.db.models.BigAutoField"
