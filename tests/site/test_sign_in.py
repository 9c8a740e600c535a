"""Signing in is tried a few times only (A1), and a stranger's tries do not shut an account."""

import re
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

HERE, ELSEWHERE = "192.0.2.1", "203.0.113.9"
RIGHT = "right horse battery"
SHUT = "ログインの回数が多すぎる"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def few(settings: LazySettings) -> None:
    limits = settings.MAMORU.limits.model_copy(update={"sign_in_tries": 3})
    settings.MAMORU = settings.MAMORU.model_copy(update={"limits": limits})
    User.objects.create_user("suzuki", password=RIGHT)


def sign_in(password: str, *, name: str = "suzuki", place: str = HERE) -> Any:
    form = {"login": name, "password": password}
    return Client(REMOTE_ADDR=place).post("/accounts/login/", form)


@pytest.mark.promise("P1.5")
def test_after_too_many_tries_the_right_password_opens_nothing_from_there() -> None:
    wrong = [sign_in("wrong").content.decode() for _ in range(3)]

    shut = sign_in(RIGHT)

    assert [SHUT in each for each in wrong] == [False] * 3
    assert (shut.status_code, SHUT in shut.content.decode()) == (200, True)
    assert sign_in(RIGHT, name="Suzuki").status_code == 200  # written another way, the same


def test_who_signs_in_rightly_is_not_shut_out_and_clears_nobody_elses_tries() -> None:
    cache.clear()
    assert [sign_in(RIGHT).status_code for _ in range(4)] == [302] * 4

    for _ in range(2):
        sign_in("wrong")
    assert sign_in(RIGHT).status_code == 302
    sign_in("wrong")

    assert SHUT in sign_in(RIGHT).content.decode()


def test_who_guesses_at_an_account_does_not_shut_it_for_whom_it_belongs_to() -> None:
    for _ in range(9):
        sign_in("wrong", place=ELSEWHERE)

    assert sign_in(RIGHT, place=HERE).status_code == 302


def test_tries_from_many_networks_shut_an_account_everywhere() -> None:
    for nth in range(10):
        for _ in range(3):
            sign_in("wrong", place=f"198.51.{nth}.1")

    assert SHUT in sign_in(RIGHT, place=HERE).content.decode()


def test_a_shut_account_answers_as_a_name_that_nobody_has() -> None:
    known = [sign_in("wrong").content.decode() for _ in range(5)]
    unknown = [sign_in("wrong", name="nobody").content.decode() for _ in range(5)]

    assert [SHUT in each for each in known] == [SHUT in each for each in unknown]


def test_who_tries_names_without_end_meets_a_calm_page(settings: LazySettings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "3/m/ip"}
    cache.clear()

    pages = [sign_in("wrong", name=f"name{nth}") for nth in range(4)]

    assert [each.status_code for each in pages] == [200, 200, 200, 429]
    assert "しばらくお待ちください" in pages[-1].content.decode()
    assert "<nav" in pages[-1].content.decode()


def test_a_closed_account_answers_its_right_password_as_a_wrong_one() -> None:
    User.objects.create_user("gone", password=RIGHT, is_active=False)

    right, wrong = (sign_in(each, name="gone") for each in (RIGHT, "wrong"))

    assert [each.status_code for each in (right, wrong)] == [200, 200]
    token = re.compile(r'value="[A-Za-z0-9]{64}"|nonce-[\w+/=-]+|nonce="[^"]*"')
    assert token.sub("", right.content.decode()) == token.sub("", wrong.content.decode())


def test_nobody_is_greeted_by_a_page_that_is_opened_later(client: Client) -> None:
    client.post("/accounts/login/", {"login": "suzuki", "password": RIGHT})

    assert "messages" not in client.cookies
    assert "_messages" not in client.session
