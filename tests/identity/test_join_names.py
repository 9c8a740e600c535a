"""P3.10: names that are one in other characters are joined, and names that look alike are not."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.identity import name
from mamoru.identity.name import Tier
from mamoru.identity.terms import NameParts, Verdict
from tests import needs
from tests.oracle import latin_name as oracle

# One character of the family register in two forms: 戸籍法施行規則 別表第二の二, the forms of the
# 康熙字典, and those which people call はしごだか, たつさき, つちよし.
VARIANTS = """
渡辺 渡邊, 渡辺 渡邉, 斎藤 齋藤, 斉藤 齊藤, 高橋 髙橋, 山崎 山﨑, 山崎 山嵜, 吉田 𠮷田, 浜田 濱田, 浜田 濵田,
沢田 澤田, 広瀬 廣瀨, 桜井 櫻井, 国分 國分, 島田 嶋田, 富田 冨田, 滝本 瀧本, 竜野 龍野, 関口 關口, 塩田 鹽田,
恵子 惠子, 栄子 榮子, 円山 圓山, 宝田 寶田, 弥生 彌生, 寿子 壽子, 真弓 眞弓, 静子 靜子, 徳田 德田, 豊田 豐田,
黒田 黑田, 青木 靑木, 清水 淸水, 緑子 綠子, 太郎 太郞, 桧山 檜山, 上条 上條, 万里 萬里, 与田 與田, 実子 實子,
会田 會田, 秋山 穐山, 峰岸 峯岸, 野口 埜口, 鶴田 靏田, 曽根 曾根, 増田 增田, 薮田 藪田, 桑原 桒原, 柳田 栁田,
頼子 賴子, 来栖 來栖, 亀田 龜田, 鉄男 鐵男, 乗松 乘松, 戸田 戶田, 彦根 彥根, 歳三 歲三, 巣山 巢山, 絵里 繪里,
横田 橫田, 喜一 㐂一, 杉山 杦山, 虎男 乕男, 台場 臺場, 渋谷 澁谷, 浅野 淺野, 児玉 兒玉, 礼子 禮子, 拝島 拜島, 涼子 凉子, 稲垣 稻垣, 顕子 顯子, 厳島 嚴島,
薫子 薰子, 晴美 \ufa12美, 福田 \ufa1b田, 神田 \ufa19田, 祐介 \ufa4f介, 辻村 辻󠄀村, 葛西 葛󠄀西, 橋本 𣘺本, 壮太 壯太, 暦子 曆子
"""

# Two characters, whatever a hasty eye or a dictionary of variants says.
LOOK_ALIKES = """
斉藤 斎藤, 齊藤 齋藤, 太田 大田, 荻野 萩野, 阿部 安部, 末永 未永, 土田 士田, 千葉 干葉, 柿田 杮田, 氷室 永室,
鳥山 烏山, 今子 令子, 裕子 祐子, 陽子 揚子, 晴子 清子, 治子 冶子, 宮田 官田, 榊原 神原, 日田 曰田, 間宮 問宮,
徹也 撤也, 伊藤 井藤, 河野 川野, 鴫原 鳴原, 壮太 荘太, 庄司 荘司, 椙田 杉田, 猪俣 猪股, 栢原 柏原, 渡部 渡辺,
船木 舟木, 坂田 阪田, 佐籐 佐藤, 円山 丸山, 堀田 掘田, 緑川 縁川, 綱島 網島, 藤枝 籐枝, 土井 圡井, 菊池 菊地
"""


def listed(text: str) -> list[tuple[str, str]]:
    pairs = [tuple(each.split()) for each in text.replace("\n", " ").split(",")]
    return [(first, second) for first, second in pairs]


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(("usual", "other"), listed(VARIANTS))
def test_forms_of_one_character_are_joined(usual: str, other: str) -> None:
    found = name.compare_text(usual, other)

    assert found.verdict is Verdict.MATCH
    assert found.tier in {Tier.NOTATION, Tier.VARIANT_KANJI}
    assert name.compare_text(other, usual).tier is found.tier


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(("one", "other"), listed(LOOK_ALIKES))
def test_characters_that_look_alike_are_kept_apart(one: str, other: str) -> None:
    assert name.compare_text(one, other).verdict is Verdict.MISMATCH
    assert name.compare_text(other, one).verdict is Verdict.MISMATCH


def test_the_lists_are_as_long_as_promised() -> None:
    assert len(set(listed(VARIANTS))) >= 45
    assert len(set(listed(LOOK_ALIKES))) >= 16


# --- readings in Latin letters --------------------------------------------------------------------

SPELLINGS: tuple[Callable[[str], str], ...] = (oracle.hepburn, oracle.kunrei, oracle.passport)
KANA = [*(oracle.KUNREI.keys() - {"ヲ", "ン", "ヂ", "ヅ"}), "シャ", "キュ", "チョ", "ジュ", "リョ"]
DOUBLE = ["ッカ", "ッシ", "ッチ", "ッツ", "ッジ", "ッフ", "ッシャ", "ッチャ", "ッジャ", "ッパ"]

syllables = st.builds(
    lambda first, rest: first + "".join(rest),
    st.sampled_from(sorted(KANA)),
    st.lists(st.sampled_from([*sorted(KANA), "ン", *DOUBLE]), max_size=4),
)


def registered(family_kana: str, given_kana: str) -> NameParts:
    return NameParts(family="山", given="花", family_kana=family_kana, given_kana=given_kana)


def tier(of: NameParts, family: str, given_name: str) -> Tier:
    return name.compare(of, NameParts(family=family, given=given_name)).tier


@pytest.mark.promise("P3.10")
@given(syllables, syllables, st.sampled_from(SPELLINGS), st.booleans())
def test_a_reading_is_known_in_every_spelling(
    family: str, given_name: str, spell: Callable[[str], str], swapped: bool
) -> None:
    latin = [spell(family).upper(), spell(given_name).capitalize()]

    found = tier(registered(family, given_name), *(reversed(latin) if swapped else latin))

    assert found is Tier.ROMAJI


@pytest.mark.promise("P3.10")
@given(syllables, syllables, syllables)
def test_another_reading_is_never_taken_for_it(family: str, first: str, other: str) -> None:
    found = tier(registered(family, first), oracle.hepburn(family), oracle.hepburn(other))

    alike = oracle.sound(first) == oracle.sound(other)
    swapped = oracle.sound(other) == oracle.sound(family) == oracle.sound(first)
    assert (found is Tier.ROMAJI) == (alike or swapped)


def data_set() -> Iterator[tuple[str, str]]:
    """Yield readings of family and given names with what the data set writes in Latin letters."""
    from japanese_personal_name_dataset import load_dataset

    men, women, families = load_dataset("org", include_last_names=True)
    yield from ((each["reading"], each["en"]) for each in families.values())
    for names in (men, women):
        yield from ((kana, each["en"]) for kana, each in names.items())


@pytest.mark.promise("P3.10")
def test_the_readings_of_a_names_data_set_are_joined_with_themselves_alone() -> None:
    needs.require("names")
    pairs = sorted(set(data_set()))

    lost = [
        (kana, latin)
        for kana, latin in pairs
        if tier(registered(kana, "ハナコ"), latin, "Hanako") is not Tier.ROMAJI
    ]
    by_latin: dict[str, set[str]] = defaultdict(set)
    for kana, _ in pairs:
        by_latin[oracle.sound(kana)].add(kana)
    joined = [
        (first, other)
        for (_, some), (_, others) in pairwise(sorted(by_latin.items()))
        for first in islice(some, 2)
        for other in islice(others, 2)
        if tier(registered(first, "ハナコ"), oracle.hepburn(other), "Hanako") is Tier.ROMAJI
    ]

    assert len(pairs) >= 5_000
    assert len(lost) <= len(pairs) // 1_000, lost
    assert joined == []
