"""A stored value is shown in words that its person understands, in both languages (P3.2, P3.18)."""

import pytest

from mamoru.datamap import reading
from mamoru.datamap.spoken import spoken
from tests.datamap.test_load import GOOD

COLUMNS = """\
          - { name: news, title: { ja: 希望, en: News }, category: account, type: boolean }
          - name: status
            title: { ja: 状態, en: State }
            category: account
            labels: { withdrawn: { ja: 退会済み, en: Left }, "1": { ja: 会員, en: Member } }
          - { name: at, title: { ja: 日時, en: At }, category: account, type: datetime }
          - { name: born, title: { ja: 誕生日, en: Born }, category: account, value: date }
          - { name: zip, title: { ja: 郵便, en: Zip }, category: account, value: postal-code }
          - { name: total, title: { ja: 合計(円), en: Total (yen) }, category: account, type: integer }
          - { name: year, title: { ja: 年, en: Year }, category: account, type: integer }
          - { name: phone, title: { ja: 電話, en: Phone }, category: account, value: phone }
"""
TABLE = reading.parse(
    GOOD.replace("      - name: orders\n", COLUMNS + "      - name: orders\n")
).table("shop", "members")


@pytest.mark.promise("P3.2", "P3.18", "P3.24")
@pytest.mark.parametrize(
    ("column", "value", "ja", "en"),
    [
        ("status", "withdrawn", "退会済み", "Left"),
        ("status", 1, "会員", "Member"),
        ("status", "withdrawn;1", "退会済み、会員", "Left, Member"),
        ("status", "withdrawn;other", "退会済み、other", "Left, other"),
        ("name", "a;b", "a;b", "a;b"),
        ("born", "0001-01-01", "", ""),
        ("at", "0001-01-01 00:00:00", "", ""),
        ("total", 1234567, "1,234,567", "1,234,567"),
        ("total", -1200, "-1,200", "-1,200"),
        ("total", "980", "980", "980"),
        ("year", 2026, "2026", "2026"),
        ("status", True, "会員", "Member"),
        ("status", "other", "other", "other"),
        ("left_on", "2026-11-22", "2026年11月22日", "22 November 2026"),
        ("left_on", None, "", ""),
        ("at", "2026-11-22 09:05:00", "2026年11月22日 09:05", "22 November 2026 09:05"),
        (
            "at",
            "2026-11-22T09:05:00+00:00",
            "2026年11月22日 09:05 UTC",
            "22 November 2026 09:05 UTC",
        ),
        ("at", "2026-11-22", "2026年11月22日", "22 November 2026"),
        ("left_on", "2026-11-22 00:00:00", "2026年11月22日", "22 November 2026"),
        ("born", "1988/3/4", "1988年3月4日", "4 March 1988"),
        ("born", "19880304", "1988年3月4日", "4 March 1988"),
        ("born", "昭和63年3月14日", "昭和63年3月14日", "昭和63年3月14日"),
        ("left_on", "2026-02-31", "2026-02-31", "2026-02-31"),
        ("news", 1, "はい", "Yes"),
        ("news", "f", "いいえ", "No"),
        ("zip", "1136600", "113-6600", "113-6600"),
        ("zip", "〒113-6600", "113-6600", "113-6600"),
        ("zip", "113", "113", "113"),
        ("phone", "09012345678", "09012345678", "09012345678"),
        ("name", "山本 花子", "山本 花子", "山本 花子"),
        ("name", "", "", ""),
    ],
)
def test_says_a_value_for_people(column: str, value: object, ja: str, en: str) -> None:
    assert spoken(TABLE, column, value, "ja") == ja
    assert spoken(TABLE, column, value, "en") == en
