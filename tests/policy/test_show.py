"""The published page as values (P0.2)."""

import pytest

from mamoru.policy import page
from tests.policy import sample


@pytest.mark.promise("P0.2")
@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_clause_is_on_the_page_once_with_its_promises(language: str) -> None:
    shown = [line for line in page.bound_lines(sample.policy(), language) if line.clause]

    assert sorted(line.clause for line in shown) == sorted(c.id for c in sample.policy().clauses)
    assert all(line.promises == sample.policy().clause(line.clause).promises for line in shown)


@pytest.mark.promise("P0.2")
def test_the_page_names_company_address_representative_date_and_desk() -> None:
    text = page.text(sample.policy())

    for words in (
        "みなとリンク株式会社",
        "〒108-0023 東京都港区芝浦三丁目4番1号 みなとビル8階",
        "代表取締役 海野 遥",
        "2026年4月1日 改定",
        "privacy@minato-link.example",
    ):
        assert words in text


def test_sections_keep_the_order_and_levels_of_the_file() -> None:
    shown = page.sections(sample.policy(), "ja")

    assert [(part.id, part.level) for part in shown] == [
        (part.id, part.level) for part in sample.policy().page
    ]


def test_another_language_is_refused() -> None:
    with pytest.raises(ValueError, match="fr"):
        page.sections(sample.policy(), "fr")


@pytest.mark.promise("P1.7")
def test_each_purpose_that_is_granted_shows_how_long_its_data_is_kept() -> None:
    (facts,) = [
        part.facts for part in page.sections(sample.policy(), "ja") if part.id == "retention"
    ]
    titles = {each.id: each.title.ja for each in sample.policy().purposes}
    granted = {titles[grant.purpose] for grant in sample.policy().grants}

    assert {fact.label for fact in facts} == granted
    assert ("当選通知と賞品の送付", "賞品の送付から3か月") in {(f.label, f.value) for f in facts}


def test_the_english_page_holds_no_japanese() -> None:
    text = page.text(sample.policy(), "en")

    assert text.replace("・", "").replace("※", "").isascii()
