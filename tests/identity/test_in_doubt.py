"""P3.10: where the table leaves two ways to read a text, or a component differs, it is no match."""

import pytest

from mamoru.identity import address
from mamoru.identity.terms import Verdict
from mamoru.identity.town_names import Names, Town

MATCH, PARTIAL = Verdict.MATCH, Verdict.PARTIAL
MISMATCH, CANNOT_TELL = Verdict.MISMATCH, Verdict.CANNOT_TELL

KAMIGYO = "京都市上京区"
SHIMOGYO = "京都市下京区"

# Each line: two addresses, the verdict, a reason, and the component that differs.
CASES = [
    # an old form is taken for a name only where one town can be meant by it
    ("兵庫県宍粟市山埼町木谷1", "兵庫県宍粟市山崎町木谷1", CANNOT_TELL, "town", "town"),
    ("兵庫県宍粟市山埼町木谷1", "兵庫県宍粟市山崎町木ノ谷1", MISMATCH, "town", "town"),
    ("兵庫県宍粟市山埼町五十波1", "兵庫県宍粟市山崎町五十波1", MATCH, "variant-kanji", ""),
    # a municipality of earlier days is read only where it lives on in one of today
    ("三和町上川合1", "京都府福知山市三和町上川合1", MATCH, "renamed", ""),
    ("別所町小林1", "兵庫県三木市別所町小林1", CANNOT_TELL, "town-unknown", "city"),
    ("別所町小林1", "兵庫県姫路市別所町小林1", CANNOT_TELL, "town-unknown", "city"),
    ("萩原町萩原1", "岐阜県下呂市萩原町萩原1", CANNOT_TELL, "town-unknown", "city"),
    ("岐阜県萩原町萩原1", "岐阜県下呂市萩原町萩原1", MATCH, "renamed", ""),
    # the county differs, whatever the names of the towns
    ("三戸郡南部町剣吉1", "南巨摩郡南部町剣吉1", MISMATCH, "municipality", "county"),
    ("新山郡山里町1-1", "古山郡山里町1-1", MISMATCH, "municipality", "county"),
    ("新山郡山里町1-1", "山里町1-1", CANNOT_TELL, "town-unknown", "city"),
    # equal figures of two kinds
    ("東京都港区芝浦3丁目", "東京都港区芝浦3番地", MISMATCH, "chome", "numbers"),
    ("東京都港区芝浦3丁目", "東京都港区芝浦3号", MISMATCH, "chome", "numbers"),
    ("東京都港区芝浦3番", "東京都港区芝浦3号", CANNOT_TELL, "ambiguous", "numbers"),
    ("東京都港区芝浦3番地", "東京都港区芝浦3番", MATCH, "lot-vs-block", ""),
    ("東京都港区芝浦3番地", "東京都港区芝浦3", MATCH, "banchi-notation", ""),
    # small sections within a town of the table
    ("岩手県奥州市胆沢若柳字上1", "岩手県奥州市胆沢若柳字下1", MISMATCH, "koaza", "town"),
    ("岩手県奥州市胆沢若柳字上松1", "岩手県奥州市胆沢若柳字上1", CANNOT_TELL, "koaza", "town"),
    ("岩手県奥州市胆沢若柳字上松1", "岩手県奥州市胆沢若柳1", CANNOT_TELL, "koaza", "town"),
    ("岩手県奥州市胆沢若柳字上松1", "岩手県奥州市胆沢若柳上松1", MATCH, "oaza-aza", ""),
    # 亀甲 is no class of lots: there is no 亀乙
    ("臼杵市野津町亀甲字上松1", "大分県臼杵市野津町亀甲1", CANNOT_TELL, "koaza", "town"),
    # a room's name is no class of a lot
    (
        "佐川町甲485番地甲三号室",
        "高知県佐川町甲485番地三号室",
        CANNOT_TELL,
        "building",
        "building",
    ),
    # Latin letters with something left over, or with a name that ends in a number
    (
        "3-4-1 # Shiba, Minato-ku, Tokyo",
        "東京都港区芝3-4-1",
        CANNOT_TELL,
        "latin-ambiguous",
        "text",
    ),
    (
        "9-8 Seiwadai2, Uryu-gun, Horokanai-cho",
        "北海道雨竜郡幌加内町政和第二9-8",
        CANNOT_TELL,
        "latin-ambiguous",
        "text",
    ),
    # Kyoto: two towns of one name in one ward, told apart by their streets
    (
        f"{KAMIGYO}今出川通室町東入今出川町1",
        f"{KAMIGYO}烏丸通今出川上ル今出川町1",
        MATCH,
        "kyoto-spelling",
        "",
    ),
    (
        f"{KAMIGYO}今出川通室町東入今出川町1",
        f"{KAMIGYO}浄福寺通元誓願寺上ル今出川町1",
        MISMATCH,
        "kyoto-street",
        "street",
    ),
    (
        f"{KAMIGYO}今出川通室町東入今出川町1",
        f"{KAMIGYO}千本通中立売上ル今出川町1",
        CANNOT_TELL,
        "kyoto-street",
        "street",
    ),
    (
        f"{KAMIGYO}今出川通室町東入今出川町1",
        f"{KAMIGYO}今出川町1",
        PARTIAL,
        "kyoto-street-missing",
        "street",
    ),
    # and one that stands alone: another name of its corner, or a street that the table has not
    (
        f"{SHIMOGYO}仏光寺通寺町東入中之町1",
        f"{SHIMOGYO}寺町通綾小路下ル中之町1",
        MATCH,
        "kyoto-spelling",
        "",
    ),
    (
        f"{SHIMOGYO}仏光寺通寺町東入中之町1",
        f"{SHIMOGYO}烏丸通五条上ル中之町1",
        CANNOT_TELL,
        "kyoto-street",
        "street",
    ),
    # a numeral that goes on behind a name
    ("静岡市葵区与一四丁目1", "静岡県静岡市葵区与一4丁目1", MATCH, "kanji-numeral", ""),
    ("札幌市西区発寒三条一丁目1", "札幌市西区発寒3条1丁目1", MATCH, "kanji-numeral", ""),
    ("帯広市西二条南一丁目1", "帯広市西二条南1丁目1", MATCH, "kanji-numeral", ""),
]


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(("a", "b", "verdict", "code", "component"), CASES)
def test_says_what_differs_or_is_in_doubt(
    a: str, b: str, verdict: Verdict, code: str, component: str
) -> None:
    found, other = address.compare(a, b), address.compare(b, a)

    assert found.verdict is other.verdict is verdict
    assert code in found.reasons
    assert component in (*found.differing, "")


def names(*of: str, chome: str = "") -> Names:
    none: frozenset[str] = frozenset()
    return Names(
        tuple(Town("99999", name, name, none, chome=name in chome.split()) for name in of),
        parts_called_ku=True,
    )


@pytest.mark.parametrize(
    ("chome", "text", "found"),
    [
        ("東一条", "東1-2-3-4", "東一条"),
        ("東一条", "東1-2-3", "東"),
        ("東一条", "東1-2-3-4-5", "東"),
        ("東 東一条", "東1-2-3-4", "東"),  # the fourth may be a room in 東1丁目
        ("", "東1-2-3-4", "東"),
    ],
)
def test_a_dropped_unit_is_seen_by_one_number_too_many(chome: str, text: str, found: str) -> None:
    at = names("東", "東一条", chome=chome).at(text)

    assert at
    assert at.towns[0].name == found


@pytest.mark.parametrize(
    ("towns", "text", "found"),
    [
        (("与一", "与力"), "与一四丁目1", "与一"),
        (
            ("与", "与一"),
            "与一四丁目1",
            "与",
        ),  # 14 of 与, or 4 of 与一: the shorter one, and a person
        (("一", "二"), "一二三番地", None),
        (("一", "二"), "一5", "一"),
        (("西1",), "西12-3", None),
        (("西1",), "西1-3", "西1"),
    ],
)
def test_a_numeral_that_goes_on_belongs_to_no_shorter_name(
    towns: tuple[str, ...], text: str, found: str | None
) -> None:
    at = names(*towns).at(text)

    assert (at.towns[0].name if at else None) == found


@pytest.mark.parametrize(
    ("towns", "text", "found"),
    [
        (("豊川町",), "豊川8", "豊川町"),
        (("豊川町",), "豊川 8", "豊川町"),
        (("豊川町",), "豊川八番地", "豊川町"),
        (("豊川町",), "豊川", None),  # nothing says that the name ends here
        (("豊川町",), "豊川東8", None),
        (("豊川町", "豊町川"), "豊川8", None),
        (("豊川町", "豊"), "豊川8", "豊"),  # 川 may be a small section of 豊
        (("豊川町", "豊川東"), "豊川8", None),
        (("三番町",), "三番8", None),
        (("木本町西山", "木本町東山", "木本町北"), "木本西山8", "木本町西山"),
        (("木本町西山", "木本町東山", "木本町北"), "木本西山", "木本町西山"),
        (("木本町西山", "木本町東山"), "木本西山8", None),  # two do not make a municipality
        (("木本町西山", "木本町東山", "木本町北", "木本村西山"), "木本西山8", None),
        (("胆沢小山", "胆沢若柳", "胆沢南"), "胆沢区小山8", "胆沢小山"),
        (("胆沢小山", "胆沢若柳"), "胆沢区小山8", None),
        (("胆沢小山", "胆沢若柳", "胆沢南", "小山"), "胆沢区小山8", None),
        (("西三十条", "西三十一条", "西三十二条"), "西三区十条8", None),
    ],
)
def test_a_shortened_name_means_the_only_town_that_it_can(
    towns: tuple[str, ...], text: str, found: str | None
) -> None:
    at = names(*towns).at(text)

    assert (at.towns[0].name if at else None) == found
