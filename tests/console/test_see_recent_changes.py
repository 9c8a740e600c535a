"""The desk sees that a contact changed a short time ago, until when, and whom to tell (P3.10, A2)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from mamoru.cases import store
from mamoru.cases.terms import Stage
from mamoru.console.words import day
from mamoru.kit.clock import date_in_japan
from mamoru.site.sample import cast
from tests.console import scenes
from tests.console.test_work import filled, offers, read, url

Of = Callable[[str], Client]
pytestmark = pytest.mark.django_db


@pytest.mark.promise("P3.10")
def test_the_desk_sees_the_sign_with_its_days_and_tells_the_earlier_address(client_of: Of) -> None:
    case = scenes.contact_changed()
    desk = client_of("desk")
    page = read(desk, case)
    until = date_in_japan(scenes.now() + 30 * timedelta(days=1))
    assert "連絡先の最近の変更" in page.text
    assert day(until) in page.text
    assert cast.SAKIKO.home.address in page.text
    assert desk.get(url(case, "change-letter/"))["Content-Type"] == "application/pdf"

    fields = {**filled(page, "change-told/"), "way": "ordinary-mail", "tracking_number": ""}
    after = desk.post(url(case, "change-told/"), fields, follow=True).content.decode()

    assert "変更前の連絡先に知らせたことを記録しました。" in after
    assert not offers(read(desk, case), "change-told/")


@pytest.mark.promise("P3.24")
def test_the_next_step_before_sending_is_to_tell_the_earlier_contact(client_of: Of) -> None:
    case = scenes.ready_though_changed()
    desk = client_of("desk")
    assert "回答を送る前に、変更前の連絡先に知らせてください。" in read(desk, case).text
    desk.get(url(case, "letter/"))
    fields = filled(read(desk, case), "send/")
    fields |= {"dispatch": "simplified-registered-mail", "tracking_number": "123-45-67890-1"}

    answered = desk.post(url(case, "send/"), fields)

    assert answered.status_code == 422
    assert "登録の連絡先が最近変わっています。" in answered.content.decode()
    assert store.case(case).stage is Stage.DECIDED


def test_the_auditor_sees_the_sign_and_no_contact(client_of: Of) -> None:
    case = scenes.contact_changed()
    text = client_of("auditor").get(url(case)).content.decode()
    assert "連絡先の最近の変更" in text
    assert cast.SAKIKO.home.address not in text
    assert "change-letter/" not in text


def test_without_a_change_there_is_no_sign(client_of: Of) -> None:
    assert "連絡先の最近の変更" not in read(client_of("desk"), scenes.verified()).text


def test_the_api_tells_the_days(client_of: Of) -> None:
    case = scenes.contact_changed()
    told = client_of("desk").get(f"/api/v1/desk/cases/{case}").json()["recent_changes"]
    (sign,) = told
    today = date_in_japan(scenes.now())
    assert (sign["contact"], sign["changed_on"], sign["known"]) == (
        "address",
        today.isoformat(),
        True,
    )
