"""Django's entry for the room."""

from django.apps import AppConfig


class Incidents(AppConfig):
    """漏えい等."""

    name = "mamoru.incidents"
    default_auto_field = "django.db.models.BigAutoField"
