"""Addresses for whoever watches the service: alive, and ready to promise something."""

from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from mamoru.kit.errors import MamoruError
from mamoru.ledger import append
from mamoru.site import restored

_NOT_READY = 503


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> JsonResponse:
    """Say that the process answers; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Say whether migrations are done, the ledger can be written, and no store was put back.

    503 with the check that fails. A store that is away fails none: cases wait for it.
    """
    checks = {"database": _database(), "ledger": _ledger()}
    checks["stores"] = not restored.known()
    ready = all(checks.values())
    said = {name: "ok" if well else "failed" for name, well in checks.items()}
    status = 200 if ready else _NOT_READY
    return JsonResponse({"status": "ok" if ready else "not-ready", "checks": said}, status=status)


def _database() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def _ledger() -> bool:
    """Take the writer's place and give it back: what an entry would do, without the entry."""
    try:
        with transaction.atomic():
            append.installed().storage.lock()
            append.installed().checkpoint()
            transaction.set_rollback(True)
    except (MamoruError, DatabaseError):
        return False
    return True
