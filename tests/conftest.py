"""One company's folder for each test process, made before Django reads its settings.

The folder is a real one, made by `mamoru init` and the generator of the sample company. The
product's database lies in it as a file; the stores are put back when a test has changed them.
"""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from hypothesis import settings as hypothesis
from xdist.scheduler import LoadScopeScheduling

from tests import needs, sweeps

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30


def _write_into_memory() -> None:
    """Let what tests write lie in memory, if the caller names no place and there is room.

    What they hold is that a killed process loses nothing, not that a disk keeps its word: waiting
    for the disk was a fifth of the time of every test that commits.
    """
    if "TMPDIR" in os.environ or not os.access(_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ["TMPDIR"] = str(_MEMORY)
        tempfile.tempdir = None


_write_into_memory()

# The collector walks all that was ever loaded for each test that makes a few objects; a twentieth
# of the time of a run. It still finds circles of garbage, a little later.
_CALM = (100_000, 10, 10)
gc.set_threshold(*_CALM)

# How long an example takes says how busy the machine is, nothing of the product.
hypothesis.register_profile("mamoru", deadline=None)
hypothesis.load_profile("mamoru")

SEED = 20_220_401
ROLES = (
    "desk",
    "privacy-officer",
    "approver",
    "marketing",
    "engineer",
    "auditor",
    "administrator",
)
TODAY = date(2026, 11, 20)
"""The day on which the sample company was made; tests hand actions a moment of this day."""
STORES = ("shop.sqlite3", "personnel.sqlite3", "mailing.csv")


def pytest_configure(config: pytest.Config) -> None:
    """Name folder and settings; pytest-django loads them after this and before any test.

    A process that only hands tests out (xdist) has none: its workers would inherit them.
    """
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="mamoru-tests-"))
    os.environ["MAMORU_HOME"] = str(folder / "company")
    os.environ["DJANGO_SETTINGS_MODULE"] = "mamoru.site.settings"
    import django
    from django.conf import settings

    from mamoru.site import folders

    folders.create(folder / "company")
    (folder / "company" / "data" / "static").mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False
    django.setup()
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    _home.append(folder / "company")


_home: list[Path] = []


class _Sharing(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types for it
    """Hands tests to processes one by one, and whole the modules that make something dear once."""

    WHOLE = frozenset(
        {
            "tests/test_house.py",
            "tests/journeys/test_walks.py",
            # In a sweep it is parted into shards, and each process loads the product for its own.
            *(() if sweeps.LEVEL else ("tests/faults/test_sweep.py",)),
        }
    )

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.partition("::")[0]
        return module if module in self.WHOLE else nodeid

    def mark_test_complete(self, node: Any, item_index: int, duration: float = 0) -> None:
        """Forget what a process has ended: else all of it is counted anew after each test."""
        super().mark_test_complete(node, item_index, duration)
        assigned = self.assigned_work[node]
        scope = self._split_scope(self.registered_collections[node][item_index])
        if all(assigned[scope].values()):
            del assigned[scope]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> _Sharing:
    """Share the tests among the processes of a run."""
    return _Sharing(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave to the sweep what is its own, and begin with the tests that take long.

    So no process waits alone for one at the end.
    """
    kept, left = sweeps.parted(items)
    if left:
        config.hook.pytest_deselected(items=left)
        getattr(config, "workeroutput", {})["left"] = [each.nodeid for each in left]
        _left.update(each.nodeid for each in left)
    items[:] = sorted(
        kept, key=lambda item: not any(item.get_closest_marker(each) for each in _LONG)
    )


def pytest_collection_finish() -> None:
    """Set apart what is loaded by now: it stays until the process ends."""
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Hear from a process of the run what it left to the sweep."""
    _left.update(getattr(node, "workeroutput", {}).get("left", ()))


_left: set[str] = set()


_LONG = ("slow", "browser")


@dataclass(frozen=True, slots=True)
class Company:
    """The folder of the sample company, with what its stores held at first."""

    home: Path
    stores: dict[str, bytes]

    def restore(self) -> None:
        """Put back what a test has changed in the stores."""
        for name, content in self.stores.items():
            path = self.home / name
            for left in self.home.glob(f"{name}-*"):
                left.unlink()
            if not path.is_file() or path.read_bytes() != content:
                # Another file, not other bytes in it: an open connection must not take the one
                # for the other because SQLite's counter of changes happens to be the same.
                fresh = path.with_name(f"{name}.fresh")
                fresh.write_bytes(content)
                fresh.replace(path)


@pytest.fixture(scope="session")
def sample_company() -> Company:
    """The folder with its three stores, made once for each test process."""
    from mamoru.site.sample import generate

    home = _home[0]
    generate.create(home, seed=SEED, today=TODAY)
    for version in (Path(generate.__file__).parent / "published").glob("*.yaml"):
        shutil.copy(version, home / "published")
    made = Company(home, {name: (home / name).read_bytes() for name in STORES})
    _made[:] = [made]
    return made


_made: list[Company] = []


@pytest.fixture(scope="session", autouse=True)
def drawn_papers() -> Iterator[Callable[[bytes], bytes]]:
    """Ask the process that draws papers once for each file of a run; hand out what asks anew.

    The cast's few papers are sent hundreds of times, and each would start a process. It draws
    the same file into the same bytes, which the tests of papers hold: they ask each time.
    """
    from mamoru.papers import workshop

    ask, answers = workshop._ask, dict[bytes, bytes]()

    def remembered(sent: bytes) -> bytes:
        if sent not in answers:
            answers[sent] = ask(sent)
        return answers[sent] or ask(sent)

    workshop._ask = remembered
    yield ask
    workshop._ask = ask


def _marks() -> dict[str, tuple[int, int] | None]:
    def mark(path: Path) -> tuple[int, int] | None:
        return (path.stat().st_ino, path.stat().st_mtime_ns) if path.is_file() else None

    return {name: mark(made.home / name) for made in _made for name in made.stores}


@pytest.fixture(autouse=True)
def leave_no_trace() -> Iterator[None]:
    """Put back the stores and the named folder, whatever a test has made of them."""
    named = os.environ.get("MAMORU_HOME")
    before = _marks()
    yield
    if named is not None:
        os.environ["MAMORU_HOME"] = named
    if _marks() != before:
        for made in _made:
            made.restore()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The tests' database is a file where the product looks for it, so that commands see it too."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = str(_home[0] / "mamoru.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(sample_company: Company, django_db_setup: None, django_db_blocker: Any) -> None:
    """Migrations and the ledger's tables, even where no test asks for the database; rooms joined."""
    with django_db_blocker.unblock():
        from django.core.management import call_command

        from mamoru.site import wiring

        call_command("migrate", verbosity=0, interactive=False)
        wiring.journal().storage.create()
        wiring.wire()


@pytest.fixture
def company(sample_company: Company) -> Iterator[Company]:
    """The sample company with its rooms wired; its stores are put back afterwards."""
    from mamoru.site import wiring

    wiring.wire()
    yield sample_company
    sample_company.restore()


@pytest.fixture
def few_papers(company: Company) -> Iterator[int]:
    """How many papers a case takes where the settings say three."""
    from mamoru.cases import actions
    from mamoru.site import wiring

    actions.install(replace(wiring.practice(), uploads_per_case=3))
    yield 3
    actions.install(wiring.practice())


@pytest.fixture
def accounts(db: None) -> dict[str, int]:
    """One account of each role of staff, and 花子's: role -> user id."""
    from django.contrib.auth.models import User

    from mamoru.site import population
    from mamoru.site.sample import cast

    population.make_staff({role: (role, role, "a long test password") for role in ROLES})
    population.make_member("hanako", "a long test password", member_id=cast.HANAKO.member_id)
    made = {user.username: user.pk for user in User.objects.all()}
    return {**{role: made[role] for role in ROLES}, "member": made["hanako"]}


@pytest.fixture
def client_of(accounts: dict[str, int]) -> Callable[[str], Client]:
    """A browser signed in as a role of staff or as `member`; `anonymous` is nobody."""
    from django.contrib.auth.models import User

    def made(role: str) -> Client:
        client = Client()
        if role != "anonymous":
            client.force_login(User.objects.get(pk=accounts[role]))
        return client

    return made


@pytest.fixture
def member(client_of: Callable[[str], Client]) -> Client:
    """花子's browser, signed in."""
    return client_of("member")


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    """One browser for a module; each test has its own profile in it."""
    from playwright.sync_api import sync_playwright

    needs.require("chromium")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # the browser's driver keeps a loop in this thread
    )
    with sync_playwright() as playing:
        browser = playing.chromium.launch(
            executable_path=str(needs.chromium()),
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-gpu",
                "--disable-software-rasterizer",
            ],
        )
        yield browser
        browser.close()
    asyncio.set_event_loop(None)
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def _empty_ledger(connection: Any) -> None:
    """Begin with a fresh ledger: a test that served pages has left entries, which Django keeps."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM mamoru_ledger_entry")
        cursor.execute("DELETE FROM mamoru_ledger_node")
        cursor.execute(
            "UPDATE mamoru_ledger_head SET touched = 0, size = 0, peaks = '', last_at = '', note = ''"
        )


@pytest.fixture(autouse=True)
def _no_entries_left(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Let no test meet entries of another whose commits were real; numbers of cases begin anew."""
    yield
    mark = request.node.get_closest_marker("django_db")
    if mark is not None and mark.kwargs.get("transaction"):
        from django.db import connection

        with django_db_blocker.unblock():
            _empty_ledger(connection)
            connection.close()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much of each sweep ran, and in one closing line what a component was missing for."""
    stats = terminalreporter.stats
    for line in sweeps.closing_lines((*stats.get("passed", []), *stats.get("failed", []))):
        terminalreporter.write_line(line)
    for each in sorted(_left):
        terminalreporter.write_line(f"left to `make sweep`: {each}")
    counts: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else "")
        _, found, component = reason.partition(needs.MISSING)
        if found:
            counts[component] = counts.get(component, 0) + 1
    said = ", ".join(f"{name} ({count} tests)" for name, count in sorted(counts.items()))
    terminalreporter.write_line(f"not run for want of a component: {said or 'nothing'}")


@pytest.fixture(scope="session")
def filled_database(
    sample_company: Company, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Path]:
    """A copy of the database with the sample's provision records and one linked member."""
    from django.contrib.auth.models import User
    from django.db import connection

    from mamoru.cases import store
    from mamoru.cases.terms import Subject
    from mamoru.kit.ids import SYSTEM
    from mamoru.site import population, wiring
    from mamoru.site.sample import cast
    from tests.cases import acts

    empty = sample_company.home / "empty.copy"
    filled = sample_company.home / "filled.copy"
    with django_db_blocker.unblock():
        wiring.wire()
        _empty_ledger(connection)
        _copy(connection, empty)
        population.record_provisions(by=SYSTEM, now=acts.NOW)
        for someone in cast.MEMBERS:
            user = User.objects.create_user(someone.member_id, id=acts.user_of(someone))
            store.link_member(
                user.pk, Subject(store="shop", table="members", key=someone.member_id)
            )
        _copy(connection, filled)
        _restore(connection, empty)
    yield filled
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def house(company: Company, filled_database: Path, django_db_blocker: Any) -> Iterator[Company]:
    """The wired company on a database of its own in which every commit is real."""
    with django_db_blocker.unblock(), committing(company, filled_database):
        yield company


@contextmanager
def committing(company: Company, filled_database: Path) -> Iterator[None]:
    """Let every commit be real until the block ends, beginning with the filled database."""
    from django.db import connection

    _restore(connection, filled_database)
    yield
    _restore(connection, company.home / "empty.copy")
    connection.close()


def _file(connection: Any) -> Path:
    return Path(connection.settings_dict["NAME"])


def _copy(connection: Any, to: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    shutil.copyfile(_file(connection), to)


def _restore(connection: Any, source: Path) -> None:
    connection.close()
    path = _file(connection)
    for left in path.parent.glob(f"{path.name}-*"):
        left.unlink()
    shutil.copyfile(source, path)
