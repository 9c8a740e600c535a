"""`mamoru serve` and `mamoru worker`: bring the folder up to date, then run."""

import os
import signal
from pathlib import Path

from mamoru.site import checks

BLOCKING_THREADS = 4


def prepare() -> None:
    """Load Django, migrate the product's own database, create the ledger, wire the rooms."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mamoru.site.settings")
    import django
    from django.core.management import call_command
    from django.db import transaction

    django.setup()
    from django.conf import settings

    from mamoru.site import wiring

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)

    call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        wiring.journal().storage.create()
    wiring.wire()


def serve(home: Path, *, bind: str | None) -> None:
    """Serve pages and API with the embedded worker until SIGINT or SIGTERM."""
    checks.expect_startable(home)
    prepare()
    from django.conf import settings
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    address, _, port = (bind or settings.MAMORU.bind).rpartition(":")
    os.environ["MAMORU_EMBEDDED_WORKER"] = "1"
    Granian(
        "mamoru.site.wsgi:application",
        address=address,
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve()


def work(home: Path) -> None:
    """Run the worker alone until SIGINT or SIGTERM."""
    checks.expect_startable(home)
    prepare()
    from mamoru.site import work as working

    working.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: working.stop())
    working.wait()
