"""The desk makes a letter with a code for the registered address and records its dispatch (P3.10)."""

from collections.abc import Callable

import pytest
from django.test import Client

from mamoru.cases import store
from mamoru.site.sample import cast
from tests.console import scenes
from tests.console.test_work import filled, offers, read, url

Of = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.mark.promise("P3.10")
def test_the_letter_is_handed_out_once_and_its_dispatch_recorded(client_of: Of) -> None:
    case = scenes.ready_to_verify()
    desk = client_of("desk")
    page = read(desk, case)
    assert not offers(page, "code-letter/sent/")

    made = desk.post(url(case, "code-letter/"), filled(page, "code-letter/"))

    assert (made.status_code, made["Content-Type"]) == (200, "application/pdf")
    assert made["Content-Disposition"].startswith("attachment")
    assert "no-store" in made["Cache-Control"]
    fields = filled(read(desk, case), "code-letter/sent/")
    fields |= {"dispatch": "addressee-only-mail", "tracking_number": "123-45-67890-1"}
    sent = desk.post(url(case, "code-letter/sent/"), fields, follow=True)
    text = sent.content.decode()
    assert "発送済み（入力待ち）" in text
    assert "確認番号の書面を送った" in text
    posted = store.case(case).posted
    assert posted is not None
    assert posted.tracking_number == "123-45-67890-1"


def test_a_number_of_no_carrier_is_told_at_its_field(client_of: Of) -> None:
    case = scenes.with_code_letter()
    fields = {"dispatch": "addressee-only-mail", "tracking_number": "12"}

    answered = client_of("desk").post(url(case, "code-letter/sent/"), fields)

    assert answered.status_code == 422
    assert 'id="posted-tracking_number_error"' in answered.content.decode()


@pytest.mark.promise("P1.5")
def test_the_auditor_sees_that_a_letter_went_and_not_where(client_of: Of) -> None:
    case = scenes.with_code_letter()

    text = client_of("auditor").get(url(case)).content.decode()

    assert "登録の住所あての確認番号の書面を作った" in text
    assert cast.HANAKO.home.address not in text
    assert "code-letter/" not in text
