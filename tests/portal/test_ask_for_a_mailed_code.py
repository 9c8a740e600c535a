"""A code to the registered mail is asked for and typed on the case's own page (P3.10, P3.21)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from mamoru.cases import actions, store
from mamoru.cases.terms import MailedState
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests import mail_server
from tests.cases.test_mail_a_code import code_in
from tests.console import scenes
from tests.mail_server import Mailbox
from tests.portal import filling
from tests.portal.test_enter_a_posted_code import opened, plain

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]
ASK, ENTER = "/requests/case/mail/", "/requests/case/mail/code/"


@pytest.fixture
def post(settings: Any) -> Iterator[Mailbox]:
    """The company's mail server, named in its settings."""
    with mail_server.of_company(settings) as server:
        yield server


def send() -> int:
    return actions.send_mailed_codes(now=scenes.now())


@pytest.mark.promise("P3.10", "P3.21")
def test_a_code_is_asked_for_sent_and_typed(client: Client, post: Mailbox) -> None:
    case = opened(client)
    scenes.identified(case, cast.HANAKO)

    asked = client.post(ASK, follow=True)
    assert "メールの確認番号を受け付けました" in filling.text(asked)
    assert send() == 1
    taken = client.post(ENTER, {"mailed_code": code_in(post)}, follow=True)

    assert "メールの確認番号を確かめました" in filling.text(taken)
    assert actions.mailed_state(store.case(case), now=scenes.now()) is MailedState.ENTERED


@pytest.mark.promise("P3.21")
def test_the_pages_are_the_same_whether_or_not_anybody_is_registered(
    client: Client, post: Mailbox
) -> None:
    known, unknown = opened(client), None
    scenes.identified(known, cast.HANAKO)
    with_record = said(client)
    assert send() == 1
    unknown = opened(client)
    without = said(client)
    assert send() == 0
    assert with_record[0] == without[0]
    masked = [
        each.replace(str(known), "C").replace(str(unknown), "C")
        for each in (with_record[1], without[1])
    ]
    assert masked[0] == masked[1]


def said(client: Client) -> tuple[int, str]:
    """What the page says after a code was asked for, and after a wrong one was typed."""
    asked = client.post(ASK, follow=True)
    wrong = client.post(ENTER, {"mailed_code": "00000000"})
    return wrong.status_code, plain(asked) + plain(wrong)


def test_what_was_typed_is_not_shown_again_and_the_field_is_marked(
    client: Client, post: Mailbox
) -> None:
    opened(client)
    text = filling.text(client.post(ENTER, {"mailed_code": "98765432"}))
    assert "98765432" not in text
    assert 'aria-describedby="id_mailed_code_helptext id_mailed_code_error"' in text
    assert '<a href="#id_mailed_code">' in text


def test_the_fourth_within_an_hour_is_refused_in_words(client: Client, post: Mailbox) -> None:
    opened(client)
    for _ in range(3):
        client.post(ASK)
    fourth = client.post(ASK)
    assert fourth.status_code == 429
    assert "1時間に3回までです" in filling.text(fourth)


def test_without_a_mail_server_the_page_says_so_calmly_and_offers_nothing(client: Client) -> None:
    opened(client)
    text = filling.text(client.get("/requests/case/"))
    assert "この窓口では、メールでの確認番号は使っていません" in text
    assert 'name="mailed_code"' not in text
    assert client.post(ASK)["Location"] == "/requests/case/"


def test_a_program_asks_and_enters_with_number_and_status_code(
    client: Client, post: Mailbox
) -> None:
    filed = filling.file(client)
    case = CaseId(filed.reference)
    scenes.identified(case, cast.HANAKO)
    body = {"reference": filed.reference, "code": filed.code}

    asked = Client().post(
        "/api/v1/cases/mailed-code/request",
        body, HTTP_IDEMPOTENCY_KEY="0123456789abcdef", content_type="application/json",
    )  # fmt: skip
    assert (asked.status_code, send()) == (200, 1)
    entered = Client().post(
        "/api/v1/cases/mailed-code",
        {**body, "mailed_code": code_in(post)}, HTTP_IDEMPOTENCY_KEY="fedcba9876543210", content_type="application/json",
    )  # fmt: skip

    assert entered.status_code == 200
    assert actions.mailed_state(store.case(case), now=scenes.now()) is MailedState.ENTERED


def test_no_page_holds_the_code(client: Client, post: Mailbox) -> None:
    case = opened(client)
    scenes.identified(case, cast.HANAKO)
    client.post(ASK)
    send()
    code = code_in(post)
    text = filling.text(client.get("/requests/case/"))
    assert not re.search(rf"{code}|{code[:4]} {code[4:]}", text)
