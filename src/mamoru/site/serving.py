"""`mamoru serve` and `mamoru worker`: bring the folder up to date, then run."""

import ctypes
import errno
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path

from mamoru.kit.errors import MamoruError
from mamoru.site import checks, config

BLOCKING_THREADS = 4
KILL_SECONDS = 15
"""How long a server that was told to stop may take for what is under way; then it is killed."""
_DIE_WITH_PARENT = 1
log = logging.getLogger("mamoru.serving")


class PortInUse(MamoruError):
    """Something else already listens there. Stop the other server or choose another port."""

    code, exit_code = "port-in-use", 2


def expect_free(bind: str, *, option: str = "--bind") -> None:
    """Raise PortInUse if something listens on `address:port`, NotStartable if nothing could.

    The server itself would share the port with a second one without a word
    (`SO_REUSEPORT`), and requests would reach the one or the other by chance.
    """
    address, port = checks.parted(bind)
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the server does: connections that have just ended do not count as a listener.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as problem:
        if problem.errno == errno.EADDRINUSE:
            remedy = f"stop the other server or choose {option}"
            raise PortInUse(f"{bind} is in use; {remedy}") from problem
        said = (problem.strerror or "no such address").lower()
        raise checks.NotStartable(f"{bind} cannot be served: {said}") from problem


def prepare() -> None:
    """Load Django, migrate the product's own database, create the ledger, wire the rooms.

    `checks.DatabaseUnreachable` if that database does not answer; `history.LedgerLost` or
    `PublishedChanged` where what stands beside the ledger is not as it says.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mamoru.site.settings")
    import django
    from django.core.management import call_command
    from django.db import OperationalError, transaction

    django.setup()
    from django.conf import settings

    from mamoru.site import history, wiring

    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)

    try:
        call_command("migrate", verbosity=0, interactive=False)
        with transaction.atomic():
            journal = wiring.journal()
            journal.storage.create()
            history.expect_cases_told(journal)
        history.expect_published(journal)
    except OperationalError as problem:  # its text may hold a user and a host
        raise checks.DatabaseUnreachable(
            f"the product's database cannot be reached: see that it runs, and at `database` in {config.FILE}"
        ) from problem
    wiring.wire()


def replay_if_restored() -> None:
    """Do again what a restored database does not know, before anything is served (P1.7).

    A database is known to be restored by a fence of our newest transactions, which it lost; a
    store that keeps none is walked at every start. A store that is away is looked at by
    `mamoru restore gate`, or at the next start.
    """
    from mamoru.cases import execute
    from mamoru.kit import clock
    from mamoru.kit.ids import SYSTEM
    from mamoru.site import restored

    names = execute.needed()
    if names:
        log.warning("restored from a backup: %s; what was erased is erased again", ", ".join(names))
    for done in execute.replay((*names, *execute.untold()), by=SYSTEM, now=clock.now()):
        restored.told(done)


def serve(home: Path, *, bind: str | None, tell: Callable[[str], None] | None = None) -> None:
    """Serve pages and API with the embedded worker until SIGINT or SIGTERM.

    `tell` says what is served and where to open it, once it is known that it
    can be. PortInUse or NotStartable before anything is written.
    """
    checks.expect_startable(home)
    settings = config.load(home)
    place = bind or settings.bind
    expect_free(place)
    prepare()
    replay_if_restored()
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()
    address, port = checks.parted(place)
    if tell is not None:
        tell(f"serving {home.resolve()}")
        tell(
            f"open {f'http://{bind}' if bind else settings.public_url.rstrip('/')}/; stop with Ctrl+C"
        )
    os.environ["MAMORU_EMBEDDED_WORKER"] = "1"
    _let_newborn_stop()
    Granian(
        "mamoru.site.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=BLOCKING_THREADS,
        log_level=LogLevels.warning,
        websockets=False,
        workers_kill_timeout=KILL_SECONDS,
    ).serve()


def _let_newborn_stop() -> None:
    """Let a process that is forked off end when its parent tells it to, or dies, from birth on.

    It inherits the handlers of the one that waits for it, which take note of a signal and do
    nothing in a child: until the server has put up its own, the order to stop was lost, and the
    parent waited for ever. Ctrl+C reaches both at once, and the server loses the second of two
    signals and the first with it: SIGINT stays the parent's, who sends SIGTERM.
    """
    stops = (signal.SIGINT, signal.SIGTERM)
    kernel = ctypes.CDLL(None)

    def born() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGTERM,))
        if sys.platform == "linux":
            kernel.prctl(_DIE_WITH_PARENT, signal.SIGKILL)

    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, stops),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, stops),
        after_in_child=born,
    )


def work(home: Path) -> None:
    """Run the worker alone until SIGINT or SIGTERM."""
    checks.expect_startable(home)
    prepare()
    replay_if_restored()
    from mamoru.site import work as working

    working.start()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: working.stop())
    working.wait()
