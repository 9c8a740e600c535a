"""Django's entry for the room."""

from django.apps import AppConfig


class Inquiries(AppConfig):
    """苦情・相談."""

    name = "mamoru.inquiries"
    default_auto_field = "django.db.models.BigAutoField"
