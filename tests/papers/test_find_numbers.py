"""個人番号 is known by its check digit, and other numbers of twelve digits are not it (A13)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.kit import individual_number
from mamoru.papers import number
from tests.papers import files

SAMPLE = "123456789018"
"""The number that the ministry's own example of the check digit bears."""


@pytest.mark.promise("P3.22")
@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        "1234 5678 9018",
        "1234-5678-9018",
        "１２３４　５６７８　９０１８",
        "１２３４−５６７８−９０１８",
        "個人番号：1234 5678 9018 氏名",
        "1 2 3 4 5 6 7 8 9 0 1 8",
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n0\n1\n8",
        "マイナンバーカード_123456789018.pdf",
        "個人番号第123456789018",
        "1234\r\n5678\r\n9018",
        "1234 5678\r\n9018",
        "1234-5678-\n9018",
        "1234\t5678\t9018",
        "１２３４\r\n５６７８\r\n９０１８",
        "123456789018 2030年1月1日まで有効",
        "平成2 123456789018",
        "1234\u200b5678\u200b9018",
        "\u00ad".join(SAMPLE),
        "123 456 789 018",
        "123456-789018",
        "12 34 56 78 90 18",
        "1234 5678 9018 2030年1月1日まで有効",
        "1234\n5678\n9018\n2030",
        "2030\r\n1234\r\n5678\r\n9018",
        "1234_5678_9018.pdf",
        "1234 5678-9018",
        "1234–5678-9018",
        "1234〜5678〜9018",
        "(1234)(5678)(9018)",
        "［1234］［5678］［9018］",
        "1234    5678    9018",
        "1-2-3-4-5-6-7-8-9-0-1-8",
        "12345678 9018",
        "1234 56789018",
        "\u202d1234\u2066 5678\ufe0f 9018",
        "1234 5678 9018 03-1234-5678",
    ],
)
def test_a_number_is_seen_however_it_is_written(text: str) -> None:
    assert number.shown_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "123456789017",
        "1234-5678-9017",
        "第 123456789018 号",
        "第123456789018号",
        "0123456789018",
        "1234567890180",
        "1234-5678-9018-0000",
        "090-1234-5678",
        "2026-11-22 1234",
        "000000000000",
        "20240229 1208",
        "2024-2025-1990",
        "1234\n5678\n9017",
        "1234\n5678\n9018\n5030",
        "1234 5678 9017 2030",
        "2014 2015 2016 2017",
        "2020 2021 2022 2023",
        "123 456 789 018 500",
        "123  456  789  018",
        "123 456-789 018",
        "12 34 56 78 90 18 20",
        "123456789018-1",
        "¹²³⁴⁵⁶⁷⁸⁹⁰¹",
        "٠١٢٣٤٥٦٧٨٩٠١",
    ],
)
def test_other_numbers_are_not_taken_for_one(text: str) -> None:
    assert not number.shown_in(text)


@given(st.text(max_size=400))
def test_any_text_is_answered(text: str) -> None:
    assert number.shown_in(text) in {True, False}


def test_a_date_and_a_list_of_years_of_such_digits_are_none() -> None:
    fitting = [text for text in ("20240229 1208", "2024-2025-1990") if _fits(text)]

    assert len(fitting) == 2  # it is their form that parts them from a number
    assert not any(map(number.shown_in, fitting))


def _fits(text: str) -> bool:
    return individual_number.fits("".join(filter(str.isdigit, text)))


@pytest.mark.promise("P3.22")
@pytest.mark.parametrize(
    ("digits", "refused"),
    [
        (SAMPLE, True),
        ("123456789017", False),
        ("1234) Tj 0 -12 Td (5678) Tj 0 -12 Td (9018", True),
        ("123456789018 2030", True),
    ],
)
def test_the_text_of_a_pdf_is_looked_at_even_where_it_cannot_be_seen(
    digits: str, refused: bool
) -> None:
    unseen = b"BT 3 Tr /F 9 Tf 20 150 Td (%b) Tj ET" % digits.encode()
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    content = files.pdf(font, page=b"/Resources << /Font << /F 5 0 R >> >>", content=unseen)

    outcome = files.outcome(files.Hostile("unseen text", content))

    assert (outcome["reason"] == "my-number") is refused
    assert outcome["rebuilt"] is not refused
