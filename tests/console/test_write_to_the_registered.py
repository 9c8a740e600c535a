"""The desk writes to the registered contact: a code for whoever asks, a notice of an agent (P3.10, P3.11)."""

from collections.abc import Callable

import pytest
from django.test import Client

from mamoru.cases import store
from mamoru.cases.terms import Stage
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


@pytest.mark.promise("P3.11")
def test_the_next_step_of_an_agents_answer_is_to_tell_the_person(client_of: Of) -> None:
    case = scenes.ready_for_agent()
    desk = client_of("desk")
    page = read(desk, case)
    assert "代理人に回答を送る前に" in page.text
    assert desk.get(url(case, "telling-letter/"))["Content-Type"] == "application/pdf"

    told = {**filled(page, "told/"), "way": "ordinary-mail", "tracking_number": ""}
    after = desk.post(url(case, "told/"), told, follow=True).content.decode()

    assert "普通郵便（表示の住所あて）" in after
    assert not offers(read(desk, case), "told/")
    assert "回答書を開いて確かめ、送ってください。" in after


@pytest.mark.promise("P3.11")
def test_sending_an_agent_the_answer_unannounced_is_refused_in_words(client_of: Of) -> None:
    case = scenes.ready_for_agent()
    desk = client_of("desk")
    desk.get(url(case, "letter/"))
    fields = filled(read(desk, case), "send/")
    fields |= {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"}

    answered = desk.post(url(case, "send/"), fields)

    assert answered.status_code == 422
    assert "知らせたことを記録してください" in answered.content.decode()
    assert store.case(case).stage is Stage.DECIDED


def test_registered_mail_without_its_number_is_told_at_the_field(client_of: Of) -> None:
    case = scenes.ready_for_agent()
    fields = {"way": "registered-mail", "tracking_number": ""}

    answered = client_of("desk").post(url(case, "told/"), fields)

    assert answered.status_code == 422
    assert 'id="telling-tracking_number_error"' in answered.content.decode()


def test_the_auditor_reads_that_the_person_was_told_and_not_where(client_of: Of) -> None:
    case = scenes.told()

    text = client_of("auditor").get(url(case)).content.decode()

    assert "代理人からの請求を、登録の連絡先で本人に知らせた" in text
    assert cast.TARO.registered_home.address not in text
