"""P3.10: names are one only if their characters are, up to the register's variants."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.identity import name
from mamoru.identity.name import Tier
from mamoru.identity.terms import NameParts, Verdict


def parts(family: str, given_name: str, family_kana: str = "", given_kana: str = "") -> NameParts:
    return NameParts(
        family=family, given=given_name, family_kana=family_kana, given_kana=given_kana
    )


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(
    ("a", "b", "tier", "verdict"),
    [
        (("海野", "遥"), ("海野", "遥"), Tier.EXACT, Verdict.MATCH),
        (("海野", "遥"), ("海野　", "遥 "), Tier.NOTATION, Verdict.MATCH),
        (("髙橋", "花子"), ("高橋", "花子"), Tier.VARIANT_KANJI, Verdict.MATCH),
        (("渡邊", "太郎"), ("渡辺", "太郎"), Tier.VARIANT_KANJI, Verdict.MATCH),
        (("𠮷田", "太郎"), ("吉田", "太郎"), Tier.VARIANT_KANJI, Verdict.MATCH),
        (("齋藤", "太郎"), ("斎藤", "太郎"), Tier.VARIANT_KANJI, Verdict.MATCH),
        (("ヤマダ", "ハナコ"), ("やまだ", "はなこ"), Tier.KANA, Verdict.MATCH),
        (("ヤマダ", "ハナコ"), ("ﾔﾏﾀﾞ", "ﾊﾅｺ"), Tier.NOTATION, Verdict.MATCH),
        (("山田", "花子"), ("ヤマダ", "ハナコ"), Tier.UNKNOWN, Verdict.CANNOT_TELL),
        (("山田", "花子"), ("Yamada", "Hanako"), Tier.UNKNOWN, Verdict.CANNOT_TELL),
        (("山田", "花子"), ("花子", "山田"), Tier.UNKNOWN, Verdict.CANNOT_TELL),
        (("山田", "花子"), ("山田", ""), Tier.DIFFERENT, Verdict.MISMATCH),
        (("斉藤", "花子"), ("斎藤", "花子"), Tier.DIFFERENT, Verdict.MISMATCH),
        (("荻野", "花子"), ("萩野", "花子"), Tier.DIFFERENT, Verdict.MISMATCH),
        (("太田", "花子"), ("大田", "花子"), Tier.DIFFERENT, Verdict.MISMATCH),
        (("阿部", "花子"), ("安部", "花子"), Tier.DIFFERENT, Verdict.MISMATCH),
        (("山\u200b田", "花子"), ("山田", "花子"), Tier.UNKNOWN, Verdict.CANNOT_TELL),
    ],
)
def test_says_how_near_two_names_are(
    a: tuple[str, str], b: tuple[str, str], tier: Tier, verdict: Verdict
) -> None:
    found = name.compare(parts(*a), parts(*b))

    assert (found.tier, found.verdict) == (tier, verdict)


@pytest.mark.promise("P3.10")
def test_an_equal_reading_never_overrules_other_kanji() -> None:
    a = parts("阿部", "花子", "アベ", "ハナコ")
    b = parts("安部", "花子", "アベ", "ハナコ")

    assert name.compare(a, b).verdict is Verdict.MISMATCH


def test_another_reading_of_the_same_kanji_goes_to_a_person() -> None:
    a = parts("山田", "幸子", "ヤマダ", "サチコ")
    b = parts("山田", "幸子", "ヤマダ", "ユキコ")

    found = name.compare(a, b)

    assert found.verdict is Verdict.CANNOT_TELL
    assert "kana-differs" in found.reasons


def test_the_registered_reading_makes_a_name_in_kana_partial() -> None:
    found = name.compare(parts("山田", "花子", "ヤマダ", "ハナコ"), parts("やまだ", "はなこ"))

    assert found.verdict is Verdict.PARTIAL


@pytest.mark.parametrize("pair", [("おおの", "オーノ"), ("ユウコ", "ユーコ"), ("ｼﾞﾕﾝ", "ジュン")])
def test_long_marks_and_small_kana_are_tolerated(pair: tuple[str, str]) -> None:
    assert name.compare_text(*pair).verdict is Verdict.MATCH


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_text_gives_a_symmetric_verdict(a: str, b: str, c: str, d: str) -> None:
    one, other = name.compare(parts(a, b), parts(c, d)), name.compare(parts(c, d), parts(a, b))

    assert (one.verdict, one.tier, one.reasons) == (other.verdict, other.tier, other.reasons)


READINGS = [
    (("小野", "洋子", "オノ", "ヨウコ"), ("ONO", "YOKO")),
    (("大野", "洋子", "オオノ", "ヨウコ"), ("OHNO", "YOUKO")),
    (("新保", "順一", "シンボ", "ジュンイチ"), ("Shimbo", "Jun'ichi")),
    (("伊藤", "千鶴", "イトウ", "チヅル"), ("ITOH", "Chizuru")),
    (("八田", "哲夫", "ハッタ", "テツオ"), ("Hatta", "Tetsuo")),
    (("藤田", "静", "フジタ", "シズカ"), ("Huzita", "Sizuka")),
]


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(("registered", "latin"), READINGS)
@pytest.mark.parametrize("swapped", [False, True])
def test_latin_letters_are_compared_with_the_registered_reading_and_confirm_in_part(
    registered: tuple[str, str, str, str], latin: tuple[str, str], *, swapped: bool
) -> None:
    written = parts(*reversed(latin)) if swapped else parts(*latin)

    found = name.compare(parts(*registered), written)

    assert (found.tier, found.verdict) == (Tier.ROMAJI, Verdict.PARTIAL)


@pytest.mark.promise("P3.10")
def test_latin_letters_say_nothing_without_the_registered_reading_or_against_it() -> None:
    latin = parts("Yamada", "Hanako")

    for registered in (
        parts("山田", "花子"),
        parts("山田", "花子", "ヤマダ", "ハルコ"),
        parts("山田", "花子", "ヤマタ", "ハナコ"),
    ):
        assert name.compare(registered, latin).verdict is Verdict.CANNOT_TELL
