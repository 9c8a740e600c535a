"""The pages in a real browser: without scripts, on a small screen, under axe (ux 6: U2, U5, U6)."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from mamoru.site.sample import cast
from tests import barriers, sweeps
from tests.portal import filling
from tests.portal.test_own_case import PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LANGUAGES = ("ja", "en")
PUBLIC = (
    "/",
    "/policy/",
    "/policy/2024-04-01/",
    "/requests/",
    "/requests/new/person/",
    "/requests/new/parent/",
    "/requests/new/lawyer/",
    "/requests/done/",
    "/requests/status/",
    "/accounts/login/",
    "/nothing/",
)


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of a fresh profile on a small screen, at the live server."""
    context = chromium.new_context(
        base_url=live_server.url, viewport={"width": 320, "height": 640}, locale="ja-JP"
    )
    yield context.new_page()
    context.close()


def look(page: Page) -> None:
    """Expect no barrier and no sideways scroll at 320 px."""
    assert barriers.found(page) == [], page.url


def fill(page: Page, values: dict[str, str]) -> None:
    """Type into the fields of a form."""
    for name, value in values.items():
        page.fill(f"[name={name}]", value)


@pytest.mark.promise("P3.21", "P3.22", "P3.24")
def test_a_request_is_filed_without_scripts(chromium: Browser, live_server: LiveServer) -> None:
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()

    page.goto("/requests/")
    page.get_by_role("link", name="弁護士").click()
    page.get_by_role("button", name="入力内容を確認する").click()
    assert page.title().startswith("エラー：")
    fill(page, filling.about(cast.TARO))
    agent = filling.about(cast.SATO, "agent_")
    fill(page, {name: value for name, value in agent.items() if name != "agent_birth_date"})
    page.check("[value=disclosure]")
    page.check("[name=items][value=all]")
    page.check("[value=paper]")
    page.get_by_role("button", name="入力内容を確認する").click()
    page.get_by_role("button", name="この内容で請求する").click()
    reference = page.locator("[data-reference]").inner_text()
    page.get_by_role("link", name="続けて書類を送る").click()
    page.select_option("#id_kind", "power-of-attorney")
    page.check("[value=authority]")
    paper = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.set_input_files("#id_paper", paper)  # type: ignore[arg-type]
    page.get_by_role("button", name="この書類を送る").click()

    assert reference.startswith("C-")
    assert reference in page.title()
    assert "受領" in page.locator("main").inner_text()
    context.close()


@pytest.mark.sweep
@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_are_for_everybody(
    page: Page, language: str, record_property: sweeps.Record
) -> None:
    page.goto("/")
    page.locator(f".language [value={language}]").click()
    due = [each for at, each in enumerate(PUBLIC) if language in sweeps.turn(LANGUAGES, at)]
    sweeps.record(record_property, "public pages in a language", ran=len(due), of=len(PUBLIC))

    for address in due:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == language
        look(page)


def test_the_road_of_a_request_is_for_everybody_in_every_state(page: Page) -> None:
    page.goto("/requests/new/person/")
    page.locator("form#form .actions button").click()
    look(page)
    assert page.evaluate("document.activeElement.className").startswith("summary")
    fill(page, filling.about(cast.SAKIKO))
    page.check("[value=correction]")
    page.check("[name=items][value=all]")
    page.check("[value=electronic]")
    page.locator("form#form .actions button").click()
    look(page)
    fill(page, {"before": "旧", "after": "新"})
    page.locator("form#form .actions button").click()
    look(page)
    page.locator("main form .button--primary").click()
    look(page)
    page.locator("main a.button--primary").click()
    look(page)
    page.locator("form[data-upload] button").click()
    look(page)
    page.goto("/requests/case/withdraw/")
    look(page)
    page.locator("main form .button--warn").click()
    look(page)


def test_a_status_that_does_not_open_is_for_everybody(page: Page) -> None:
    page.goto("/requests/status/")
    page.locator("form#form .button--primary").click()
    look(page)
    fill(page, {"reference": "C-2026-999999-0", "code": "1"})
    page.locator("form#form .button--primary").click()
    look(page)


def test_the_members_pages_are_for_everybody(page: Page, accounts: dict[str, int]) -> None:
    page.goto("/member/")
    fill(page, {"login": "hanako", "password": "wrong"})
    page.locator("form#form .button--primary").click()
    look(page)
    fill(page, {"login": "hanako", "password": "a long test password"})
    page.locator("form#form .button--primary").click()
    page.goto("/member/")
    look(page)
    page.locator("main .card a.button").first.click()
    look(page)
    page.locator("form#form .button--primary").click()
    look(page)
    phone = page.locator(f"[value='{cast.HANAKO.phone}']:not([type=hidden])")
    phone.fill("03-1111-2222")
    page.locator("form#form .button--primary").click()
    look(page)
    page.locator("main form .button--primary").click()
    look(page)


def test_every_target_can_be_hit_with_a_thumb(page: Page) -> None:
    page.goto("/requests/new/lawyer/")

    small = page.evaluate(
        """() => [...document.querySelectorAll("main button, main select, .option, header a, header button, footer a, main input[type=text]")]
            .map((each) => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
            .filter(([, box]) => box.width > 1 && box.height > 1 && box.height < 44)
            .map(([html]) => html)"""
    )

    assert small == []


def test_the_printed_receipt_has_its_number_and_no_buttons(page: Page) -> None:
    page.goto("/requests/new/person/")
    fill(page, filling.about(cast.HANAKO))
    page.check("[value=disclosure]")
    page.check("[name=items][value=all]")
    page.check("[value=paper]")
    page.locator("form#form .actions button").click()
    page.locator("main form .button--primary").click()

    page.emulate_media(media="print")

    assert page.locator(".print-reference").is_visible()
    assert not [each for each in page.locator(".button").all() if each.is_visible()]


@pytest.mark.promise("P3.9")
def test_a_rare_character_of_a_name_is_drawn_with_the_font_of_our_letters(page: Page) -> None:
    """Whether the reader's own machine can draw 𠮷 or not; who needs no font loads none."""

    def loaded() -> object:
        script = "document.fonts.ready.then(() => [...document.fonts].map(f => f.status))"
        return page.evaluate(script)

    page.goto("/requests/new/person/")
    plain = loaded()
    fill(page, filling.about(cast.SAKIKO))
    page.check("[value=disclosure]")
    page.check("[name=items][value=all]")
    page.check("[value=paper]")
    page.get_by_role("button", name="入力内容を確認する").click()

    assert cast.SAKIKO.family_name == "𠮷野"
    assert cast.SAKIKO.family_name in page.locator("main").inner_text()
    assert (plain, loaded()) == (["unloaded"], ["loaded"])
