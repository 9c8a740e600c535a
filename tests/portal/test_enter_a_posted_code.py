"""A code from a registered letter is typed on the case's own page (P3.10)."""

import re
from typing import Any

import pytest
from django.test import Client

from mamoru.cases import actions, store
from mamoru.cases.terms import DispatchKind
from mamoru.kit.ids import CaseId
from mamoru.site.sample import cast
from tests import pdfs
from tests.console import scenes
from tests.portal import filling

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


def opened(client: Client) -> CaseId:
    filed = filling.file(client)
    filling.open_case(client, filed)
    return CaseId(filed.reference)


def letter_to(case: CaseId) -> str:
    """Let the desk find 花子, make the letter and send it; return the code in it."""
    scenes.identified(case, cast.HANAKO)
    desk = scenes.staff("desk")
    made = actions.make_posted_code(case, by=desk, now=scenes.now())
    actions.record_posted_code(
        case,
        dispatch=DispatchKind.SIMPLIFIED_REGISTERED_MAIL,
        tracking_number="123-45-67890-1",
        by=desk,
        now=scenes.now(),
    )
    found = re.search(r"(\d{4}) (\d{4})", pdfs.words(made))
    assert found is not None
    return found[0]


def enter(client: Client, typed: str) -> Any:
    return client.post("/requests/case/code/", {"posted_code": typed})


def plain(response: Any) -> str:
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", filling.text(response))


@pytest.mark.promise("P3.10", "P3.21")
def test_a_code_in_any_width_is_taken_and_said_to_be(client: Client) -> None:
    case = opened(client)
    wide = letter_to(case).translate(str.maketrans("0123456789", "０１２３４５６７８９"))

    response = client.post("/requests/case/code/", {"posted_code": wide}, follow=True)

    assert "確認番号を確かめました" in filling.text(response)
    assert actions.check(case, now=scenes.now()).by_post


@pytest.mark.promise("P3.21")
def test_the_page_is_the_same_whether_or_not_a_letter_was_sent(client: Client) -> None:
    case = opened(client)
    before, wrong_before = client.get("/requests/case/"), enter(client, "1")
    letter_to(case)
    after, wrong_after = client.get("/requests/case/"), enter(client, "1")

    assert plain(before) == plain(after)
    assert (wrong_before.status_code, plain(wrong_before)) == (422, plain(wrong_after))


def test_what_was_typed_is_not_shown_again_and_the_field_is_marked(client: Client) -> None:
    opened(client)

    text = filling.text(enter(client, "98765432"))

    assert "98765432" not in text
    assert 'aria-describedby="id_posted_code_helptext id_posted_code_error"' in text
    assert '<a href="#id_posted_code">' in text


def test_without_an_opened_case_there_is_nowhere_to_type(client: Client) -> None:
    response = enter(client, "12345678")

    assert response.status_code == 302
    assert response["Location"] == "/requests/status/"


def test_a_program_enters_the_code_with_number_and_status_code(client: Client) -> None:
    filed = filling.file(client)
    case = CaseId(filed.reference)
    code = letter_to(case)
    body = {"reference": filed.reference, "code": filed.code, "posted_code": code}

    answered = Client().post(
        "/api/v1/cases/posted-code",
        body,
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY="0123456789abcdef",
    )

    assert (answered.status_code, store.case(case).posted is not None) == (200, True)
    assert actions.check(case, now=scenes.now()).by_post
