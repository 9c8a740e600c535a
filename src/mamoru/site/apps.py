"""Django's entry for the site: migrations that belong to no room, and how it meets its database."""

from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created

IDLE_SECONDS = 10
"""How long a transaction of ours may stand still on PostgreSQL. None of ours waits for anything
but that database, and this is over before a worker counts as dead (`workers.DEAD_SECONDS`)."""


class Site(AppConfig):
    """Joins the rooms once Django has loaded them."""

    name = "mamoru.site"
    label = "mamoru_site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Bound how long each new connection may hold what it locked."""
        connection_created.connect(_bounded)


def _bounded(*, connection: Any, **_: Any) -> None:
    """Let the server end a transaction whose process was frozen, or whose host is gone.

    It holds the head of the ledger, for which every other process waits; a host that lost its
    power or its network is known to the server only after hours.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
