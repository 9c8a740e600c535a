"""The servers, once a session."""

from collections.abc import Iterator

import pytest

from tests import needs
from tests.connectors import servers


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.Postgres]:
    with servers.postgres() as server:
        yield server


@pytest.fixture(scope="session")
def maria() -> Iterator[servers.Maria]:
    needs.require("mariadb")
    with servers.maria() as server:
        yield server
