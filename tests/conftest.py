"""One company for all tests that need one: folder, stores, ledger, accounts. Made once a session."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker

from mamoru.kit import clock
from mamoru.site import config, folders

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
_HOME = tempfile.TemporaryDirectory(prefix="mamoru-tests-")
_FOLDER = Path(_HOME.name) / "company"


def pytest_configure() -> None:
    """Point the settings, which pytest-django has read already, at the company of the tests."""
    folders.create(_FOLDER)
    (_FOLDER / "data" / "static").mkdir()
    os.environ["MAMORU_HOME"] = str(_FOLDER)
    settings.HOME = _FOLDER
    settings.MAMORU = config.load(_FOLDER)
    settings.KEY_FILE = _FOLDER / settings.MAMORU.key_file
    settings.STATIC_ROOT = _FOLDER / "data" / "static"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ACCOUNT_RATE_LIMITS = False


def pytest_unconfigure() -> None:
    """Take the company away again."""
    _HOME.cleanup()


@pytest.fixture(scope="session")
def company() -> Path:
    """The folder of the sample company with its three stores."""
    from mamoru.site.sample import generate

    generate.create(_FOLDER, seed=SEED, today=clock.date_in_japan(clock.now()))
    return _FOLDER


@pytest.fixture(scope="session")
def django_db_setup(
    company: Path,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    """Add the ledger and the published versions to pytest-django's database, and join the rooms."""
    from django.db import transaction

    from mamoru.site import population, wiring

    with django_db_blocker.unblock():
        with transaction.atomic():
            wiring.journal().storage.create()
        wiring.wire()
        population.publish_versions(now=clock.now())


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
