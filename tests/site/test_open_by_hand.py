"""An address that only takes forms leads a browser to the page that the form stood on (ux, 1.4)."""

import pytest
from django.test import Client

from tests.console import scenes

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.mark.parametrize("sent_to", ["search/", "identify/", "verify/", "demands/1/decide/"])
def test_a_language_chosen_beside_a_forms_errors_shows_the_case(
    client_of: object, sent_to: str
) -> None:
    case = scenes.received()
    desk: Client = client_of("desk")  # type: ignore[operator]
    page = f"/console/cases/{case}/"

    chosen = desk.post(
        "/language/", {"language": "en", "next": page + sent_to}, headers=BROWSER, follow=True
    )

    assert (chosen.status_code, chosen.request["PATH_INFO"]) == (200, page)
    assert case in chosen.content.decode()


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(client: Client) -> None:
    case = scenes.received()

    seen = client.get(f"/console/cases/{case}/search/", headers=BROWSER, follow=True)

    assert seen.request["PATH_INFO"] == "/accounts/login/"


def test_a_program_is_told_what_is_allowed(client_of: object) -> None:
    case = scenes.received()
    desk: Client = client_of("desk")  # type: ignore[operator]

    answer = desk.get(f"/console/cases/{case}/search/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
