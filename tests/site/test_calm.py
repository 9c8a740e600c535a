"""An error that no view caught is a calm page, and the log holds no text of it (ux, 1.4)."""

import logging
from collections.abc import Callable, Iterator

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from mamoru.cases.actions import StageForbidden, TooManyFilings
from mamoru.cases.store import CaseUnknown
from mamoru.connectors.port import StoreUnreachable
from mamoru.kit.errors import MamoruError
from mamoru.ledger.append import JournalMissing
from mamoru.site import last_resort
from mamoru.site.sample import cast
from tests.conftest import Company
from tests.portal import filling

pytestmark = pytest.mark.django_db


def answered(problem: Exception, request: HttpRequest) -> tuple[int, str]:
    response = last_resort.CalmErrors(lambda _: pytest.fail("no view"))
    page = response.process_exception(request, problem)
    assert page is not None
    return page.status_code, page.content.decode()


@pytest.fixture
def no_ledger() -> Iterator[None]:
    """The ledger's tables under other names, put back at the end."""
    tables = [
        name for name in connection.introspection.table_names() if name.startswith("mamoru_ledger")
    ]
    assert tables
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"ALTER TABLE {name} RENAME TO away_{name}")
    yield
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"ALTER TABLE away_{name} RENAME TO {name}")


def expect_calm(client: Client, address: str, log: pytest.LogCaptureFixture) -> None:
    log.clear()
    answer = client.get(address)

    assert answer.status_code == 503
    assert "うまく処理できませんでした" in filling.text(answer)
    assert 'class="site-header"' in filling.text(answer)
    assert "Traceback" not in filling.text(answer)
    assert [record for record in log.records if record.exc_info] == []


def test_without_the_ledger_a_case_and_the_members_page_are_calm(
    client_of: Callable[[str], Client],
    company: Company,
    caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:
    filed = filling.file(Client(), filling.complete(cast.SAKIKO))
    desk, member = client_of("desk"), client_of("member")
    assert desk.get(f"/console/cases/{filed.reference}/").status_code == 200
    request.getfixturevalue("no_ledger")

    expect_calm(desk, f"/console/cases/{filed.reference}/", caplog)
    assert "console-case answered 503: ledger-unwritable" in caplog.messages
    caplog.clear()
    expect_calm(member, "/member/", caplog)  # no entry, no look
    assert "member answered 503: ledger-unwritable" in caplog.messages


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (TooManyFilings("x"), 503),
        (StoreUnreachable("x"), 503),
        (JournalMissing("x"), 503),
        (StageForbidden("x"), 409),
        (CaseUnknown("x"), 422),
    ],
)
def test_the_status_says_whose_turn_it_is(
    problem: MamoruError, status: int, rf: RequestFactory
) -> None:
    assert answered(problem, rf.get("/"))[0] == status


def test_the_log_holds_the_code_and_no_text(
    rf: RequestFactory, caplog: pytest.LogCaptureFixture
) -> None:
    answered(StageForbidden("a sentence of the error"), rf.get("/somewhere/"))

    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "- answered 409: stage-forbidden")
    ]


def test_a_session_that_cannot_be_written_is_answered_as_a_database_that_is_away(
    rf: RequestFactory,
) -> None:
    def answered_within(problem: Exception) -> HttpResponse:
        try:
            raise problem
        except type(problem):
            return last_resort.unexpected(rf.get("/"))

    answer = answered_within(OperationalError("database is locked: a value of somebody"))
    other = answered_within(ValueError())

    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert other.status_code == 500


def test_an_error_that_is_not_ours_is_left_to_django(rf: RequestFactory) -> None:
    middleware = last_resort.CalmErrors(lambda _: pytest.fail("no view"))

    assert middleware.process_exception(rf.get("/"), ValueError("x")) is None


def test_a_frame_that_breaks_too_leaves_a_bare_page(
    rf: RequestFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(last_resort, "_TEMPLATE", "there-is-none.html")

    status, page = answered(StoreUnreachable("x"), rf.get("/"))

    assert (status, "うまく処理できませんでした" in page) == (503, True)
