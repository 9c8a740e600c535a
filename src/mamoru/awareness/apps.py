"""Django's entry for the room."""

from django.apps import AppConfig


class Awareness(AppConfig):
    """従業者への周知."""

    name = "mamoru.awareness"
    default_auto_field = "django.db.models.BigAutoField"
