"""A real database file with real commits for each test, copied from one that is made once."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mamoru.site.sample import cast
from tests.conftest import Company


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
