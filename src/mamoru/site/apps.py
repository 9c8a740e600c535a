"""Django's entry for the site: migrations that belong to no room, and the wiring at start."""

from django.apps import AppConfig


class Site(AppConfig):
    """Joins the rooms once Django has loaded them."""

    name = "mamoru.site"
    label = "mamoru_site"
    default_auto_field = "django.db.models.BigAutoField"
