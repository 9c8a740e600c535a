"""One company's folder for each test process, made before Django reads its settings.

The folder is a real one, made by `mamoru init` and the generator of the sample company. The
product's database lies in it as a file; the stores are put back when a test has changed them.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

SEED = 20_220_401
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

    from mamoru.site import folders

    folders.create(folder / "company")
    django.setup()
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    _home.append(folder / "company")


_home: list[Path] = []


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
                path.write_bytes(content)


@pytest.fixture(scope="session")
def sample_company() -> Company:
    """The folder with its three stores, made once for each test process."""
    from mamoru.site.sample import generate

    home = _home[0]
    generate.create(home, seed=SEED, today=TODAY)
    return Company(home, {name: (home / name).read_bytes() for name in STORES})


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The tests' database is a file where the product looks for it, so that commands see it too."""
    from django.db import connection

    connection.settings_dict["TEST"]["NAME"] = str(_home[0] / "mamoru.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Migrations and the ledger's tables, even where no test carries the mark `django_db`."""
    with django_db_blocker.unblock():
        from django.core.management import call_command

        from mamoru.site import wiring

        call_command("migrate", verbosity=0, interactive=False)
        wiring.journal().storage.create()


@pytest.fixture
def company(sample_company: Company) -> Iterator[Company]:
    """The sample company with its rooms wired; its stores are put back afterwards."""
    from mamoru.site import wiring

    wiring.wire()
    yield sample_company
    sample_company.restore()


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
        _copy(connection, empty)
        population.record_provisions(by=SYSTEM, now=acts.NOW)
        for someone in cast.MEMBERS:
            user = User.objects.create_user(someone.member_id)
            assert user.pk == acts.user_of(someone)
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
    from django.db import connection

    with django_db_blocker.unblock():
        _restore(connection, filled_database)
        yield company
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
