"""Django's entry for the room."""

from django.apps import AppConfig


class Cases(AppConfig):
    """開示等の請求."""

    name = "mamoru.cases"
    default_auto_field = "django.db.models.BigAutoField"
