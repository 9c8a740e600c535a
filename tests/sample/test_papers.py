"""The papers of the cast are PDFs and pictures, marked as made up (P3.22)."""

import re
from datetime import date
from pathlib import Path

import pytest

from mamoru.cases.terms import DemandKind
from mamoru.site import demo
from mamoru.site.sample import cast, papers
from tests import pdfs

TODAY = date(2026, 11, 22)


def text_of(paper: papers.Paper) -> str:
    (page,) = pdfs.pages(papers.render(paper))
    return "".join("".join(page).split())


@pytest.mark.parametrize("name", sorted(papers.for_demo(TODAY)))
def test_each_paper_prints_its_fields_and_its_mark(name: str) -> None:
    paper = papers.for_demo(TODAY)[name]

    text = text_of(paper)

    assert "見本" in text
    for field in paper.fields.values():
        assert "".join(field.split()) in text


def test_old_characters_are_printed() -> None:
    assert "𠮷野﨑子" in text_of(papers.driving_licence(cast.SAKIKO, today=TODAY))


@pytest.mark.promise("P3.10")
def test_the_residence_certificate_of_a_mover_shows_both_addresses() -> None:
    text = text_of(papers.resident_record(cast.TARO, today=TODAY))

    assert cast.TARO.home.address in text
    assert cast.TARO.registered_home.address in text


def test_a_licence_can_show_another_address_than_its_holders() -> None:
    text = text_of(
        papers.driving_licence(cast.HANAKO, today=TODAY, address=cast.AKUDA.home.address)
    )

    assert cast.AKUDA.home.address in text
    assert cast.HANAKO.home.address not in text


def test_equal_papers_are_equal_bytes_in_both_forms() -> None:
    paper = papers.driving_licence(cast.HANAKO, today=TODAY)

    assert papers.render(paper) == papers.render(paper)
    assert papers.render(paper, form="png").startswith(b"\x89PNG")


@pytest.mark.parametrize("name", sorted(papers.for_demo(TODAY)))
def test_what_is_written_down_of_a_paper_is_printed_on_it(name: str) -> None:
    paper = papers.for_demo(TODAY)[name]
    text = text_of(paper)

    for field, value in papers.as_read(paper).items():
        if field == "scope":
            printed = {kind for words, kind in papers.SCOPE.items() if words in text}
            assert set(value) == printed == set(papers.SCOPE.values())
        elif field != "genuine":
            assert "".join(str(value).split()) in text


def test_the_scope_of_the_paper_is_said_in_the_words_of_the_cases() -> None:
    assert set(papers.SCOPE.values()) <= {kind.value for kind in DemandKind}


def test_the_demo_lays_the_papers_out_and_both_readmes_name_only_those(tmp_path: Path) -> None:
    folder = demo.write_papers(tmp_path)

    made = {path.name for path in folder.iterdir()}
    assert made == {f"{name}.pdf" for name in papers.for_demo(TODAY)}
    for readme in ("README.md", "README.ja.md"):
        text = (Path(__file__).parents[2] / readme).read_text(encoding="utf-8")
        named = set(re.findall(r"`([a-z-]+\.pdf)`", text))
        assert named
        assert named <= made
