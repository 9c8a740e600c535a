"""What the log keeps, and what it does not (P1.5)."""

import io
import logging

import pytest
from django.conf import settings
from django.test import Client

from mamoru.site.logs import Answered, MessageOnly
from tests.conftest import Company


def test_the_log_is_kept_in_the_companys_folder(sample_company: Company) -> None:
    path = sample_company.home / "logs" / "mamoru.log"

    logging.getLogger("mamoru.work").info("a line for the folder")

    assert path.read_text(encoding="utf-8").endswith(" INFO mamoru.work a line for the folder\n")


@pytest.mark.promise("P1.5")
def test_of_an_exception_the_log_keeps_the_type_alone() -> None:
    broken = ValueError("海野 遥")
    record = logging.LogRecord(
        "x", logging.ERROR, "", 0, "broke\nhere", None, (ValueError, broken, None)
    )

    assert MessageOnly("%(message)s").format(record) == "broke here (ValueError)"


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_one_line_without_a_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logger, said = logging.getLogger("django.security.DisallowedHost"), io.StringIO()
    ours = [each for each in logger.handlers if isinstance(each.formatter, MessageOnly)]
    for handler in ours:
        monkeypatch.setattr(handler, "stream", said)

    answer = Client().get("/", HTTP_HOST="evil.example")

    assert (answer.status_code, logger.propagate) == (400, False)
    (line,) = said.getvalue().splitlines()
    assert line.endswith("a request named a host that is not ours (DisallowedHost)")


def test_a_refusal_leaves_no_trace_on_the_terminal_and_a_failure_does() -> None:
    refused, failed = (
        logging.LogRecord("django.request", logging.WARNING, "", 0, "x", None, None)
        for _ in range(2)
    )
    for record, status in ((refused, 403), (failed, 500)):
        record.exc_info = (ValueError, ValueError("x"), None)
        record.status_code = status
        assert Answered().filter(record)

    assert refused.exc_info is None
    assert failed.exc_info is not None
    assert "'filters': ['answered']" in str(settings.LOGGING["handlers"])
