"""What a requester has begun is forgotten when the pages say that it is (P3.25)."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
from django.test import Client

from mamoru.portal import drafts
from tests.portal import filling

NOW = datetime(2026, 12, 7, 1, 2, 3, tzinfo=UTC)


@pytest.fixture
def browser() -> HttpRequest:
    """A request of a browser with a session of its own."""
    request = HttpRequest()
    session: SessionBase = SessionStore()
    request.session = session
    return request


@pytest.mark.promise("P3.25")
@pytest.mark.parametrize("name", [drafts.DRAFT, drafts.DONE, drafts.CASE, drafts.CORRECTION])
def test_what_was_kept_is_gone_after_the_hour_that_the_page_names(
    browser: HttpRequest, name: str
) -> None:
    drafts.keep(browser, name, {"family_name": "山本"}, now=NOW)

    at_last = drafts.find(browser, name, now=NOW + timedelta(minutes=60))
    after = drafts.find(browser, name, now=NOW + timedelta(minutes=60, seconds=1))

    assert at_last == {"family_name": "山本"}
    assert after is None
    assert name not in browser.session  # dropped, not only hidden


@pytest.mark.django_db
@pytest.mark.promise("P3.25")
def test_the_check_page_names_the_time_that_drafts_live() -> None:
    client = Client()
    filling.post(client, filling.complete())

    assert "60分間保存" in filling.text(client.get("/requests/check/"))
