"""While the product's own database is held by somebody else, people are asked to come back."""

import gc
import sqlite3
from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client

from tests.conftest import Company
from tests.portal import filling


@pytest.fixture
def locked(house: Company) -> Iterator[None]:
    """The product's own database, written to by somebody else who does not come to an end."""
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 1")
    holder = sqlite3.connect(name, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield
    holder.execute("ROLLBACK")
    holder.close()
    connection.close()
    # The statements that failed live on in the tracebacks' circles, and with them the file.
    gc.collect()


def test_a_database_that_stays_locked_asks_people_to_come_back(
    locked: None, caplog: pytest.LogCaptureFixture
) -> None:
    browser = Client(raise_request_exception=False)

    page = browser.post("/requests/status/", {"reference": "C-2026-000001-5", "code": "x"})
    signing_in = browser.post("/accounts/login/", {"login": "desk", "password": "x"})
    key = {"reference": "C-2026-000001-5", "code": "x"}
    call = browser.post("/api/v1/cases/status", key, content_type="application/json")

    for answer in (page, signing_in):
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "うまく処理できませんでした" in filling.text(answer)
    assert [record for record in caplog.records if record.exc_info] == []
    assert (call.status_code, call.json().get("code")) == (503, "database-away")
