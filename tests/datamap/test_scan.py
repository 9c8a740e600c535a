"""Personal data that nobody registered is found by its looks, and shown masked only (P0.1)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.datamap import reading, scan, signs
from mamoru.datamap.scan import Sample
from mamoru.datamap.signs import Sign
from tests.datamap.test_load import GOOD

ON = date(2026, 11, 22)
STORE = reading.parse(GOOD).store("shop")
PHONES = tuple(f"03-0000-{number:04d}" for number in range(20))


def found(name: str, *cells: object) -> list[tuple[Sign, bool]]:
    return [(each.sign, each.inside) for each in scan.judge(name, cells, on=ON)]


def test_a_my_number_is_known_by_its_check_digit() -> None:
    assert signs.is_my_number("123456789018")
    assert signs.is_my_number("1234 5678 9018")
    assert not signs.is_my_number("12345678901")


@pytest.mark.parametrize(
    ("number", "is_card"),
    [
        ("4111 1111 1111 1111", True),
        ("5555-5555-5555-4444", True),
        ("378282246310005", True),
        ("3530111333300000", True),
        ("4111111111111112", False),
        ("1234567812345670", False),  # right by Luhn, of no issuer
    ],
)
def test_a_card_needs_an_issuer_and_its_check_digit(number: str, *, is_card: bool) -> None:
    assert signs.is_card(number) is is_card


@pytest.mark.promise("P0.1")
@pytest.mark.parametrize(
    ("name", "cells", "sign"),
    [
        ("c", PHONES, Sign.PHONE),
        ("c", ("hanako@mail.example", "taro@mail.example"), Sign.EMAIL),
        ("c", ("〒113-6600", "１１３－６６００"), Sign.POSTAL_CODE),
        ("c", ("山本 花子", "佐藤 太郎", "渡邊 蓮"), Sign.NAME),
        ("c", ("ヤマモト ハナコ", "ｻﾄｳ ﾀﾛｳ"), Sign.KANA),
        ("c", ("東京都港区芝浦3-1-1", "大阪府大阪市北区梅田1丁目2番3号"), Sign.ADDRESS),
        ("c", ("昭和63年3月14日", "S22.1.2", "1999/12/31", "2001-05-05"), Sign.BIRTH),
        ("c", ("みなと銀行 芝浦支店 普通 1234567", "0001-123-7654321"), Sign.BANK_ACCOUNT),
        ("c", ("192.0.2.1", "2001:db8::1"), Sign.IP_ADDRESS),
        ("氏名", ("李 明", "スミス"), Sign.NAME),
        ("誕生日", (), Sign.BIRTH),
        ("zip", ("1136600", "1000001"), Sign.POSTAL_CODE),
    ],
)
def test_a_column_is_known_by_its_values_and_its_name(
    name: str, cells: tuple[object, ...], sign: Sign
) -> None:
    assert found(name, *cells) == [(sign, False)]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("ordered_on", ("2026-11-01", "2026-11-22")),
        ("product_name", ("ノートパソコン", "モニター", "キーボード")),
        ("company", ("平野商店", "佐藤工業", "田中建設")),
        ("total", (100, 2000, None)),
        ("serial", tuple(f"{at * 104_729:012d}" for at in range(1, 50))),
        ("note", ("特に変わったことはありませんでした。また来月に確認します。",)),
        ("empty", ()),
    ],
)
def test_what_says_nothing_of_anybody_is_left_alone(name: str, cells: tuple[object, ...]) -> None:
    assert found(name, *cells) == []


def test_numbers_between_the_words_of_a_text_are_found() -> None:
    said = "折り返しは03-0000-0000へお願いしますとのことでした。"

    assert found("memo", said, said) == [(Sign.PHONE, True)]


@pytest.mark.promise("P0.1")
def test_columns_beside_the_map_and_against_it_are_proposed() -> None:
    harmless = reading.parse(
        GOOD.replace(
            "en: Left on }, category: account", "en: Left on }, category: none", 1
        ).replace("type: date }", "type: text }")
    ).store("shop")
    cells = {"member_id": ("M1",), "name": ("山本 花子",), "left_on": PHONES, "fax": PHONES}

    proposals = list(scan.scan(harmless, [Sample(table="members", columns=cells)], on=ON))

    assert [(each.column, each.mapped, each.contradicts) for each in proposals] == [
        ("left_on", "none", True),
        ("fax", "", False),
    ]
    assert proposals[1].matched == proposals[1].cells == 20


def test_what_the_map_knows_is_not_proposed_again() -> None:
    cells = {"name": ("山本 花子",), "left_on": ("2026-01-01",)}

    assert list(scan.scan(STORE, [Sample(table="members", columns=cells)], on=ON)) == []


@pytest.mark.promise("P0.1")
def test_examples_are_masked() -> None:
    (proposal,) = scan.scan(STORE, [Sample(table="new", columns={"tel": PHONES})], on=ON)

    assert proposal.examples == ("0*-****-****",)


@given(st.text())
def test_no_value_breaks_a_sign_and_no_mask_shows_more_than_the_first(text: str) -> None:
    found("c", text)

    shown = signs.masked(text)
    assert not any(character.isalnum() for character in shown[1:])
