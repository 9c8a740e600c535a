"""Text as people type it, folded for comparing (P3.10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.kit import text


@pytest.mark.parametrize("dash", list("-‐‑‒–—―−－﹣ー⁃ｰ〜～~"))
def test_every_dash_between_digits_is_one_hyphen(dash: str) -> None:
    assert text.fold(f"１{dash}２ {dash} 3") == "1-2-3"


def test_a_long_vowel_stays_a_long_vowel() -> None:
    assert text.fold("ハイツサクラー 102") == "ハイツサクラー 102"
    assert text.fold("ｺｰﾎﾟ") == "コーポ"


def test_what_nobody_sees_is_gone_and_is_reported() -> None:
    assert text.fold("山\u200b本\u202e") == "山本"
    for (
        hidden
    ) in "\u202e\u3164\uffa0\u115f\u2800\U000e0041\u061c\u180e\u034f\u2028\u206a\ufff9\U0001d173":
        assert text.hidden_characters(f"山{hidden}本"), hex(ord(hidden))
    assert not text.hidden_characters("山本 花子\U000e0100")


def test_a_variation_selector_does_not_part_equals() -> None:
    assert text.fold("邉\U000e0100") == text.fold("邉")


def test_the_old_forms_of_names_are_kept() -> None:
    assert text.fold("髙﨑𠮷") == "髙﨑𠮷"


@pytest.mark.parametrize("reading", ["やまもと はなこ", "ヤマモト・ハナコ", "ﾔﾏﾓﾄﾊﾅｺ"])
def test_a_reading_is_katakana_without_spaces(reading: str) -> None:
    assert text.katakana(reading) == "ヤマモトハナコ"


def test_digits_are_taken_from_any_width() -> None:
    assert text.digits_only("〒１０８－0023") == "1080023"


@given(st.text())
def test_folding_twice_is_folding_once(given: str) -> None:
    once = text.fold(given)

    assert text.fold(once) == once
