"""The desk in a real browser: no barrier, no sideways scroll, and a case worked by keys (P3.17)."""

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from mamoru.cases import store
from tests import barriers, sweeps
from tests.console import scenes

Of = Callable[[str], Client]
Opened = Callable[..., Page]
Looked = Callable[..., dict[int, list[str]]]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WIDTHS = (1280, 320)
STATES = sweeps.take(list(scenes.STATES), sample=len(scenes.STATES) // 3)
SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), summary")]
  .filter((each) => each.offsetParent && !each.classList.contains("skip-link"))
  .map((each) => [each.textContent.trim() || each.name, each.getBoundingClientRect()])
  .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)"""

WEAKENED = """() => {
  const rows = [...document.querySelectorAll("main :is(p, td, dd, li)")];
  const seen = rows.filter((each) => each.checkVisibility() && !each.children.length
    && each.textContent.trim());
  seen.at(-1).style.color = "#bbb";
}"""


@pytest.fixture
def opened(chromium: Browser, live_server: LiveServer, client_of: Of) -> Iterator[Opened]:
    """Opens a page as a role of staff, at a width."""
    cookies: dict[str, str] = {}
    contexts = []

    def visit(role: str, path: str, *, width: int = 1280, language: str = "ja") -> Page:
        if role not in cookies:
            cookies[role] = client_of(role).cookies["mamoru_session"].value
        context = chromium.new_context(viewport={"width": width, "height": 800})
        context.add_cookies(
            [
                {"name": "mamoru_session", "value": cookies[role], "url": live_server.url},
                {"name": "django_language", "value": language, "url": live_server.url},
            ]
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{live_server.url}{path}")
        return page

    yield visit
    for context in contexts:
        context.close()


def found(page: Page) -> list[str]:
    """Return every barrier of a page of the desk, where small targets stand close together."""
    small = [f"small target: {text}" for text in page.evaluate(SMALL)]
    return [*barriers.found(page), *small]


@pytest.fixture
def looked(record_property: sweeps.Record) -> Looked:
    """Returns the barriers of a page at each width that has some.

    `at` says whose turn it is, `share` of how many pages this one is the sample.
    """

    def look(page: Page, at: int, share: float = 1) -> dict[int, list[str]]:
        widths, seen = sweeps.turn(WIDTHS, at), {}
        for width in widths:
            page.set_viewport_size({"width": width, "height": 800})
            seen[width] = found(page)
        sweeps.record(
            record_property,
            "pages of the desk at a width",
            ran=len(widths),
            of=round(len(WIDTHS) * share),
        )
        return {width: each for width, each in seen.items() if each}

    return look


@pytest.mark.sweep
@pytest.mark.parametrize("state", STATES)
def test_no_state_of_a_case_raises_a_barrier_wide_or_narrow(
    opened: Opened, looked: Looked, state: str
) -> None:
    case = scenes.STATES[state]()

    page = opened(
        "approver" if state == "decided" else "privacy-officer", f"/console/cases/{case}/"
    )

    assert page.locator("[data-stage]").count() == 1
    assert looked(page, STATES.index(state), len(scenes.STATES) / len(STATES)) == {}


def test_one_weak_word_among_many_of_its_kind_is_a_barrier(opened: Opened) -> None:
    page = opened("auditor", f"/console/cases/{scenes.answered()}/")
    before = found(page)

    page.evaluate(WEAKENED)
    after = found(page)

    assert before == []
    assert [each.partition(":")[0] for each in after] == ["color-contrast"]


@pytest.mark.sweep
@pytest.mark.parametrize("state", sweeps.take(["answered", "mismatch"], sample=1))
def test_the_auditors_page_raises_no_barrier(opened: Opened, looked: Looked, state: str) -> None:
    page = opened("auditor", f"/console/cases/{scenes.STATES[state]()}/")

    assert looked(page, 0, 1 if sweeps.LEVEL else 2) == {}


@pytest.mark.sweep
def test_the_queue_raises_no_barrier_empty_or_filled_or_forbidden(
    opened: Opened, looked: Looked
) -> None:
    empty = looked(opened("desk", "/console/"), 0)
    for state in STATES:
        scenes.STATES[state]()

    filled = looked(opened("desk", "/console/?stage=all"), 1)
    forbidden = looked(opened("marketing", "/console/"), 0)

    assert (empty, filled, forbidden) == ({}, {}, {})


@pytest.mark.promise("P3.17")
def test_errors_and_candidates_raise_no_barrier_and_take_the_focus(opened: Opened) -> None:
    case, other = scenes.verified(), scenes.received()

    wrong = opened("privacy-officer", f"/console/cases/{case}/", width=320)
    wrong.get_by_role("button", name="この判断を記録する").click()
    search = opened("desk", f"/console/cases/{other}/", width=320)
    search.get_by_role("button", name="会社の記録を検索する").click()

    assert wrong.title().startswith("エラー：")
    assert wrong.evaluate("document.activeElement.className") == "summary"
    assert found(wrong) == []
    assert found(search) == []
    assert search.locator("[name=subjects]").count() >= 1
    assert "見つかった記録" in search.evaluate("document.activeElement.textContent")


@pytest.mark.promise("P3.17", "P3.26")
def test_the_oldest_case_is_opened_by_keys_and_they_can_be_switched_off(opened: Opened) -> None:
    first, second = scenes.overdue(), scenes.received()
    page = opened("desk", "/console/")

    page.keyboard.press("j")
    page.keyboard.press("j")
    below = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/console/cases/{first}/")
    page.keyboard.press("/")
    page.wait_for_url("**/console/")
    page.keyboard.press("/")
    typing = page.evaluate("document.activeElement.name")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.get_by_role("button", name="1文字のキー操作を使わない").click()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")

    assert below == second
    assert typing == "q"
    assert page.evaluate("document.activeElement === document.body")


@pytest.mark.promise("P3.10", "P3.17")
def test_a_case_is_verified_and_decided_in_the_browser_and_approved_by_another(
    opened: Opened,
) -> None:
    case = scenes.ready_to_verify()
    path = f"/console/cases/{case}/"

    officer = opened("privacy-officer", path)
    officer.get_by_role("button", name="本人の確認を確定する").click()
    officer.get_by_label("請求に応じる").check()
    officer.get_by_role("button", name="この判断を記録する").click()
    own = officer.get_by_role("button", name="承認する").count()
    second = opened("approver", path)
    second.get_by_role("button", name="承認する").click()
    second.wait_for_selector("[data-stage=decided]")

    assert own == 0
    assert store.case(case).demands[0].decided


def test_the_desk_speaks_english_too(opened: Opened) -> None:
    page = opened("desk", f"/console/cases/{scenes.mismatch()}/", language="en")

    assert "What to do next" in page.inner_text("main")
    assert found(page) == []


@pytest.mark.sweep
@pytest.mark.promise("P0.1")
@pytest.mark.parametrize(("at", "language"), [(0, "ja"), (1, "en")])
def test_the_data_map_is_readable_at_any_width(
    opened: Opened, looked: Looked, at: int, language: str
) -> None:
    page = opened("engineer", "/console/datamap/", language=language)

    assert page.locator("svg[role=img] title").count() == 1
    assert looked(page, at) == {}


@pytest.mark.promise("P0.1")
def test_the_data_map_is_read_on_a_phone_without_moving_it_sideways(opened: Opened) -> None:
    page = opened("privacy-officer", "/console/datamap/", width=320)

    first = page.locator(".sheet tbody tr").first
    read = first.inner_text()

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    assert first.evaluate("row => row.getBoundingClientRect().right") <= 320
    assert page.locator(".sheet").evaluate(
        "each => each.parentElement.scrollWidth <= each.parentElement.clientWidth"
    )
    assert "記録を丸ごと削除する" in read
    assert (
        first.locator("td").nth(15).evaluate("cell => getComputedStyle(cell, '::before').content")
        == '"消去"'
    )
    assert found(page) == []


@pytest.mark.sweep
@pytest.mark.promise("P3.25")
def test_an_area_is_drawn_with_the_mouse_and_black_afterwards(
    opened: Opened, looked: Looked
) -> None:
    case = scenes.received()
    proof = store.case(case).proofs[0]
    page = opened("desk", f"/console/cases/{case}/papers/{proof.id}/black-out/")
    sheet = page.locator("[data-page='1'] img")
    sheet.scroll_into_view_if_needed()
    edge = sheet.bounding_box()
    assert edge is not None
    barriers_before = looked(page, 0)
    page.set_viewport_size({"width": 1280, "height": 800})

    for nth in (1, 2):
        edge = sheet.bounding_box()
        assert edge is not None
        page.mouse.move(edge["x"] + 20 * nth, edge["y"] + 20)
        page.mouse.down()
        page.mouse.move(edge["x"] + 20 * nth + 15, edge["y"] + 120, steps=3)
        page.mouse.up()
    drawn = page.locator("input[name=box]").count()
    page.get_by_role("button", name="最後の枠を取り消す").click()
    left = page.locator("input[name=box]").count()
    page.get_by_role("button", name="塗りつぶして保存する").click()

    assert (drawn, left) == (2, 1)
    assert page.get_by_role("status").inner_text().startswith("塗りつぶして保存しました")
    assert barriers_before == {}
    assert looked(page, 1) == {}
    assert store.case(case).proofs[0].digest != proof.digest


def test_buttons_of_a_paper_stand_apart_on_a_phone(opened: Opened) -> None:
    page = opened("desk", f"/console/cases/{scenes.received()}/", width=320)

    paper = page.locator('a.button[href*="/papers/"]').first
    boxes = (
        paper.locator("xpath=..")
        .locator("a.button")
        .evaluate_all("all => all.map((each) => each.getBoundingClientRect())")
    )

    first, second = boxes
    below, beside = second["top"] - first["bottom"], second["left"] - first["right"]
    assert max(below, beside) >= 8
