"""Django's entry for the room."""

from django.apps import AppConfig


class Provision(AppConfig):
    """第三者提供."""

    name = "mamoru.provision"
    default_auto_field = "django.db.models.BigAutoField"
