"""At the desk parts of a paper are blacked out, with and without JavaScript (A13)."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from mamoru.cases import actions, store
from mamoru.cases.terms import Proof
from mamoru.kit.ids import CaseId
from tests.console import scenes

pytestmark = pytest.mark.django_db
Of = Callable[[str], Client]

TYPED = {"page": "1", "left": "10", "top": "10", "width": "50", "height": "30.5"}


def received() -> tuple[CaseId, Proof]:
    case = scenes.received()
    return case, store.case(case).proofs[0]


def to(case: CaseId, proof: Proof, name: str = "black-out", **also: int) -> str:
    return reverse(name, kwargs={"case_id": case, "proof_id": proof.id, **also})


def shade(client: Client, case: CaseId, proof: Proof, across: float, down: float) -> int:
    """How bright the page is at a place given in shares."""
    shown = client.get(to(case, proof, "paper-page", number=1))
    assert shown["Content-Type"] == "image/jpeg"
    with Image.open(io.BytesIO(shown.content)) as opened:
        grey = opened.convert("L")
    bright = grey.getpixel((int(grey.width * across), int(grey.height * down)))
    assert isinstance(bright, int)
    return bright


@pytest.mark.promise("P3.25")
def test_an_area_that_is_typed_is_black_afterwards_and_the_page_shows_it(client_of: Of) -> None:
    case, proof = received()
    desk = client_of("desk")
    page = desk.get(to(case, proof))
    assert shade(desk, case, proof, 0.58, 0.38) > 20 or shade(desk, case, proof, 0.12, 0.12) > 20

    done = desk.post(to(case, proof), TYPED, follow=True)

    assert 'src="' + to(case, proof, "paper-page", number=1) in page.content.decode()
    assert "もとの画像は消去しました" in done.content.decode()
    places = [(0.11, 0.11), (0.3, 0.3), (0.59, 0.4)]
    assert all(shade(desk, case, proof, *place) < 10 for place in places)
    assert "case.paper.blacked-out" in [line.kind for line in actions.trail(case)]


def test_several_areas_that_were_drawn_are_sent_at_once(client_of: Of) -> None:
    case, proof = received()
    desk = client_of("desk")
    desk.get(to(case, proof))

    desk.post(to(case, proof), {"box": ["1,0,0,20,20", "1,80,80,20,20"]})

    assert shade(desk, case, proof, 0.1, 0.1) < 10
    assert shade(desk, case, proof, 0.9, 0.9) < 10


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"box": ["1,2,3"]},
        {"box": ["1,0,0,20,200"]},
        {"box": ["2,0,0,20,20"]},
        {"box": ["1,nan,0,20,20"]},
        {"box": ["1,0,0,20,20"] * 101},
        {**TYPED, "width": "五十"},
        {**TYPED, "page": "-1"},
        {**TYPED, "left": ""},
    ],
)
def test_what_is_no_area_changes_nothing_and_says_so(client_of: Of, sent: dict[str, str]) -> None:
    case, proof = received()
    desk = client_of("desk")
    desk.get(to(case, proof))

    refused = desk.post(to(case, proof), sent)

    assert refused.status_code == 422
    assert "塗りつぶす枠がないか" in refused.content.decode()
    assert store.case(case).proofs[0].digest == proof.digest


def test_a_paper_that_is_not_there_is_not_found(client_of: Of) -> None:
    case, proof = received()
    desk = client_of("desk")
    other = to(case, proof).replace(proof.id, "x")

    assert desk.get(other).status_code == 404
    assert desk.post(other, TYPED).status_code == 404
    assert desk.get(to(case, proof, "paper-page", number=2)).status_code == 404
    assert desk.get(to(case, proof, "paper-page", number=0)).status_code == 404


def test_an_erased_paper_is_told_and_offers_nothing(client_of: Of) -> None:
    case, proof = received()
    store.erase_papers(case)

    page = client_of("desk").get(reverse("console-case", args=[case])).content.decode()

    assert "保管期間が過ぎたため消去しました" in page
    assert to(case, proof) not in page
    assert f'href="{to(case, proof, "open-paper")}"' not in page
