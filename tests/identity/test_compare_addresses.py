"""P3.10: two addresses name one place only if nothing that is written says otherwise."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mamoru.identity import address
from mamoru.identity.terms import Verdict

MATCH, PARTIAL = Verdict.MATCH, Verdict.PARTIAL
MISMATCH, CANNOT_TELL = Verdict.MISMATCH, Verdict.CANNOT_TELL

# One line a kind of difference. All addresses are of invented buildings.
CASES = [
    ("東京都港区芝浦三丁目4番1号", "東京都港区芝浦3-4-1", MATCH, {"chome-notation"}),
    ("東京都港区芝浦３－４－１", "東京都 港区 芝浦 三丁目四番一号", MATCH, {"kanji-numeral"}),
    ("東京都港区芝浦四丁目十一番十二号", "東京都港区芝浦4-11-12", MATCH, {"kanji-numeral"}),
    ("〒108-0023 東京都港区芝浦3-4-1", "東京都港区芝浦3-4-1", MATCH, {"postal-code-omitted"}),
    ("長井市本町1-3-3", "山形県長井市本町一丁目3-3", MATCH, {"prefecture-omitted"}),
    ("岩手県上閉伊郡大槌町新町1-1", "岩手県大槌町新町１番地の１", MATCH, {"gun-omitted"}),
    ("福岡県糟屋郡須恵町大字旅石72-521", "福岡県糟屋郡須恵町旅石72-521", MATCH, {"oaza-aza"}),
    ("千葉県鎌ヶ谷市道野辺488", "千葉県鎌ケ谷市道野辺488番地", MATCH, {"banchi-notation"}),
    ("北海道岩見沢市緑が丘1-2", "北海道岩見沢市緑ヶ丘1-2", MATCH, {"ke-ga"}),
    ("千葉県佐倉市ユーカリが丘4-1", "千葉県佐倉市ユーカリヶ丘4-1", MATCH, {"ke-ga"}),
    ("千葉県佐倉市ユーカリが丘4-1", "千葉県佐倉市ユーカリガ丘4-1", MATCH, {"ke-ga"}),
    ("三重県名張市つつじが丘北3-4-17", "三重県名張市つつじケ丘北3-4-17", MATCH, {"ke-ga"}),
    ("宮城県岩沼市里ノ杜1-2-5", "宮城県岩沼市里の杜1丁目2番5号", MATCH, {"no-particle"}),
    ("東京都北区十條台1-6-38", "東京都北区十条台1-6-38", MATCH, {"variant-kanji"}),
    ("茨城県つくば市小野﨑260-1", "茨城県つくば市小野崎260-1", MATCH, {"variant-kanji"}),
    ("東京都港区芝浦3-4-1 みなとビル８Ｆ", "東京都港区芝浦3-4-1みなとビル8階", MATCH, set()),
    ("東京都港区芝浦3-4-1-801", "東京都港区芝浦3-4-1 801号室", MATCH, {"room-notation"}),
    ("東京都港区芝浦3-4-1-801", "東京都港区芝浦3-4-1 802号室", CANNOT_TELL, {"room"}),
    ("上京区主計町1", "京都府京都市上京区主計町1", MATCH, {"city-omitted"}),
    ("静岡県浜松市浜北区於呂1400", "静岡県浜松市浜名区於呂1400", MATCH, {"renamed"}),
    ("中京区御池通高倉西入ル高宮町54", "中京区御池通高倉西入高宮町54", MATCH, {"kyoto-spelling"}),
    ("東京都港区芝浦3-4-1 みなとビル", "東京都港区芝浦3-4-1", PARTIAL, {"building-missing"}),
    ("東京都港区芝浦3-4-1 801号室", "東京都港区芝浦3-4-1", PARTIAL, {"room-missing"}),
    ("東京都港区芝浦三丁目4-1", "東京都港区芝浦三丁目4", PARTIAL, {"branch-missing"}),
    (
        "京都市上京区今出川通寺町東入大宮町311",
        "京都市上京区大宮町311",
        PARTIAL,
        {"kyoto-street-missing"},
    ),
    ("東京都港区芝浦3-4-1", "東京都港区芝浦3-4-2", MISMATCH, {"number"}),
    ("東京都港区芝浦1-2-3", "東京都港区芝浦1-23", MISMATCH, {"digits-regrouped"}),
    ("東京都港区芝浦1-2-3", "東京都港区芝浦12-3", MISMATCH, {"digits-regrouped"}),
    ("長野県長野市鶴賀2070-14", "長野県長野市鶴賀14-2070", MISMATCH, {"number-order"}),
    ("東京都港区港南2丁目3-13", "東京都港区港南３丁目3-13", MISMATCH, {"chome"}),
    ("三重県松阪市久保町1855番地の370", "三重県松阪市久保町1855", MISMATCH, {"lot-branch"}),
    ("山形県山形市和田町573", "山形県山形市高田町573", MISMATCH, {"town"}),
    ("京都市下京区高宮町54", "京都市中京区高宮町54", MISMATCH, {"ward"}),
    ("青森県三戸郡南部町剣吉1", "山梨県南巨摩郡南部町剣吉1", MISMATCH, {"municipality"}),
    ("東京都港区芝浦3-4-1 101号室", "東京都港区芝浦3-4-1 1001号室", MISMATCH, {"room"}),
    ("東京都港区芝浦3-4-1 5F", "東京都港区芝浦3-4-1 6階", MISMATCH, {"floor"}),
    ("港区芝浦3-4-1", "東京都港区芝浦3-4-1", MATCH, {"prefecture-omitted"}),
    ("府中市宮西町2-24", "東京都府中市宮西町2-24", MATCH, {"prefecture-omitted"}),
    ("北区本町3-4-1", "東京都北区本町3-4-1", CANNOT_TELL, {"town-unknown"}),
    ("相模原市田名2178", "神奈川県相模原市中央区田名2178", CANNOT_TELL, {"ambiguous"}),
    ("札幌市北区北16西2-1-1", "札幌市北区北十六条西二丁目1-1", MATCH, {"chome-notation"}),
    ("三重県名張市つつじが丘北3-4-17", "名張市つつじが丘北三番町4-17", MATCH, {"chome-notation"}),
    ("徳島県脇町猪尻1-2", "徳島県美馬市脇町猪尻1-2", MATCH, {"renamed"}),
    ("岩手県洋野町種市第23地割27", "岩手県九戸郡洋野町種市23-27", MATCH, {"chome-notation"}),
    ("岩手県洋野町種市第二十三地割27番地1", "岩手県洋野町種市第23地割27-1", MATCH, set()),
    ("岩手県洋野町種市第23地割27", "岩手県洋野町種市第24地割27", MISMATCH, {"chome"}),
    ("東京都千代田区三番町1", "東京都千代田区3-1", CANNOT_TELL, set()),
    # a municipality that goes on under another name, whole; and one that was merged, where it is open
    ("兵庫県篠山市北新町41", "兵庫県丹波篠山市北新町41", MATCH, {"renamed"}),
    ("岩手県岩手郡滝沢村中鵜飼55", "岩手県滝沢市中鵜飼55", MATCH, {"renamed"}),
    ("石川県石川郡 野々市町 本町1-2-3", "石川県野々市市本町1-2-3", MATCH, {"renamed"}),
    ("愛知県三好町大字打越1-1", "愛知県みよし市打越町1-1", MATCH, {"renamed", "cho-omitted"}),
    ("静岡県清水市旭町6-8", "静岡県静岡市清水区旭町6-8", MATCH, {"renamed"}),
    ("静岡県清水市旭町6-8", "静岡県静岡市清水区旭町6-9", MISMATCH, {"number"}),
    ("静岡県清水市旭町6-8", "静岡県静岡市葵区旭町6-8", MISMATCH, {"ward"}),
    ("福岡県那珂川町西隈1-1-1", "福岡県那珂川市西隈1-1-1", MATCH, {"renamed"}),
    ("那珂川町西隈1-1-1", "福岡県那珂川市西隈1-1-1", MATCH, {"renamed"}),
    ("那珂川町馬頭555", "栃木県那須郡那珂川町馬頭555", MATCH, {"gun-omitted"}),
    ("福岡県那珂川町馬頭555", "栃木県那珂川町馬頭555", MISMATCH, {"municipality"}),
    ("日高町本町1-1", "埼玉県日高市本町1-1", CANNOT_TELL, {"ambiguous"}),
    ("東京都保谷市中町1-5-1", "東京都西東京市中町1-5-1", CANNOT_TELL, {"town-unknown"}),
    ("埼玉県寄居町鷹ノ巣10", "埼玉県寄居町鷹巣10", MATCH, {"no-particle"}),
    ("川崎市中原区木月祇園町1", "川崎市中原区木月祗園町1", MATCH, {"variant-kanji"}),
    ("千代田区紀尾井町壱番地三号", "東京都千代田区紀尾井町1-3", MATCH, {"kanji-numeral"}),
    ("浦安市千鳥十二番地二浦安ビル", "浦安市千鳥12-2 浦安ビル", MATCH, {"kanji-numeral"}),
    # 町 left out, or a 区 of earlier days written, where no other town can be meant
    ("北海道釧路市豊川8-19", "北海道釧路市豊川町8-19", MATCH, {"cho-omitted"}),
    ("滋賀県長浜市木之本西山123-4", "滋賀県長浜市木之本町西山123-4", MATCH, {"cho-omitted"}),
    ("奥州市胆沢区南都田字小十文字1", "奥州市胆沢南都田字小十文字1", MATCH, {"cho-omitted"}),
    ("新潟県上越市安塚安塚1", "新潟県上越市安塚区安塚1", MATCH, {"cho-omitted"}),
    ("山形県鶴岡市友江549-29", "山形県鶴岡市友江町549-29", CANNOT_TELL, {"ambiguous"}),
    ("北海道釧路市豊川新田8", "北海道釧路市豊川町8", MISMATCH, {"town"}),
    # what stands between the numbers
    ("いわき市平上高久塚田97乙", "いわき市平上高久塚田97番乙地", MATCH, {"banchi-notation"}),
    ("いわき市平上高久塚田97乙", "いわき市平上高久塚田97甲", MISMATCH, {"number"}),
    ("いわき市平上高久塚田97乙", "いわき市平上高久塚田97", CANNOT_TELL, {"ambiguous"}),
    ("群馬県伊勢崎市国定町2の甲1994", "伊勢崎市国定町二丁目甲1994番地", MATCH, set()),
    ("群馬県伊勢崎市国定町2の甲1994", "伊勢崎市国定町二丁目乙1994番地", MISMATCH, {"number"}),
    ("群馬県伊勢崎市国定町2の甲1994", "伊勢崎市国定町2-1994", CANNOT_TELL, {"ambiguous"}),
    ("札幌市白石区平和通1丁目南6番16号", "札幌市白石区平和通一丁目南6-16", MATCH, set()),
    ("札幌市白石区平和通1丁目南6番16号", "札幌市白石区平和通一丁目北6-16", MISMATCH, {"number"}),
    ("札幌市白石区南郷通1南8-1", "札幌市白石区南郷通一丁目南8番1号", MATCH, {"chome-notation"}),
    ("札幌市中央区南2条西1-5-1番館", "札幌市中央区南2条西1-5 1番館", MATCH, {"spacing"}),
    ("札幌市中央区南2条西1-5-1番館", "札幌市中央区南2条西1-5-1", PARTIAL, set()),
    # the counted parts of names
    ("北海道厚岸町太田5通り23-1", "厚岸郡厚岸町太田五の通り23番地1", MATCH, {"gun-omitted"}),
    ("北海道厚岸町太田5の通り23-1", "北海道厚岸町太田6の通り23-1", MISMATCH, {"town"}),
    ("札幌市北区東茨戸1-2-314-15", "札幌市北区東茨戸一条二丁目314-15", MATCH, {"chome-notation"}),
    ("札幌市北区東茨戸1-2-314", "札幌市北区東茨戸一条二丁目314", CANNOT_TELL, {"ambiguous"}),
    # a small section before the class of a lot
    ("高知県高岡郡佐川町字若枝甲485", "高知県佐川町甲485番地", MATCH, {"koaza-omitted"}),
    ("高知県高岡郡佐川町字若枝甲485", "高知県佐川町乙485番地", MISMATCH, {"town"}),
    ("高知県高岡郡佐川町字若枝甲485", "高知県佐川町字西谷甲485", MISMATCH, {"koaza"}),
    # names in Latin letters that hold numbers, and a county in its old form
    (
        "4-2-1 Kita4-jo, Shibetsu-gun, Shibetsu-cho",
        "北海道標津郡標津町北四条4-2-1",
        MATCH,
        {"romaji"},
    ),
    ("4-2-1 Kita5-jo, Shibetsu-gun, Shibetsu-cho", "北海道標津町北四条4-2-1", MISMATCH, {"town"}),
    ("3-1 Nakautacho, Hiyama-gun, Esashi-cho", "北海道檜山郡江差町中歌町3-1", MATCH, {"romaji"}),
    ("5 Totsuka, Higashishirakawa-gun, Yamatsuri-machi", "福島県矢祭町戸塚5", MATCH, {"romaji"}),
    (
        "京都市中京区間之町通竹屋町下る楠町60",
        "京都市中京区楠町60",
        MATCH,
        {"kyoto-street-omitted-unique"},
    ),
    ("愛知県清須市西枇杷島町日の出1", "清須市西枇杷島町日之出1", CANNOT_TELL, {"ambiguous"}),
    ("岐阜県大垣市友江549-29", "岐阜県大垣市友江町549-29", CANNOT_TELL, set()),
    ("芝浦3-4-1", "芝浦3-4-1", CANNOT_TELL, {"town-unknown"}),
    ("3-4-1 Shibaura, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", MATCH, {"romaji"}),
    ("3-4-1 Sibaura Minato Tokyo", "東京都港区芝浦3-4-1", CANNOT_TELL, {"latin-ambiguous"}),
    ("3-4-2 Shibaura, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", MISMATCH, {"number"}),
    # the forms in which Latin letters are written: 丁目 apart, Japanese order, City, Japan behind
    ("4-1 Shibaura 3-chome, Minato-ku, Tokyo 108-0023 Japan", "港区芝浦3-4-1", MATCH, {"romaji"}),
    ("4-1, Shibaura 3-Chōme, Minato City, Tokyo", "東京都港区芝浦3-4-1", MATCH, {"romaji"}),
    ("3-chome 4-1 Shibaura, Minato-ku, Tokyo", "東京都港区芝浦三丁目4番1号", MATCH, {"romaji"}),
    ("3-chome-4-1 Shibaura, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", MATCH, {"romaji"}),
    ("3-4-1, Shibaura, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", MATCH, {"romaji"}),
    ("Tokyo-to Minato-ku Shibaura 3-4-1", "東京都港区芝浦3-4-1", MATCH, {"romaji"}),
    ("Japan, Tokyo, Minato-ku, Shibaura 3-4-1", "東京都港区芝浦3-4-1", MATCH, {"romaji"}),
    ("3-1 Shibaura 4-chome, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", MISMATCH, {"number-order"}),
    ("3-chome Shibaura, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", PARTIAL, {"branch-missing"}),
    ("4-1 1-chome 3-chome Shibaura, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", CANNOT_TELL, set()),
    ("Shibaura, Minato-ku, Tokyo", "東京都港区芝浦3-4-1", CANNOT_TELL, {"latin-ambiguous"}),
    ("福井県福井市開発691", "福井県福井市開発町691", CANNOT_TELL, {"ambiguous"}),
    (
        "京都市中京区御幸町通麩屋町下ル八百屋町160",
        "京都市中京区堺町通四条上ル八百屋町160",
        MISMATCH,
        {"kyoto-street"},
    ),
    ("東京都港区芝浦3\u200b-4-1", "東京都港区芝浦3-4-1", CANNOT_TELL, {"unreadable"}),
    ("\u202e東京都港区芝浦1-4-3", "東京都港区芝浦1-4-3", CANNOT_TELL, {"unreadable"}),
    ("東京都港区芝浦3²-4-1", "東京都港区芝浦32-4-1", CANNOT_TELL, {"unreadable"}),
    ("", "東京都港区芝浦3-4-1", CANNOT_TELL, {"unreadable"}),
]


@pytest.mark.promise("P3.10")
@pytest.mark.parametrize(("a", "b", "verdict", "codes"), CASES)
def test_says_what_differs(a: str, b: str, verdict: Verdict, codes: set[str]) -> None:
    found = address.compare(a, b)

    assert found.verdict is verdict
    assert codes <= set(found.reasons)
    assert (found.a_form.original, found.b_form.original) == (a, b)


POSTAL_CODE = re.compile("[0-9]{3}-[0-9]{4}(?= )")
CITIES = (
    "東京都港区",
    "京都府京都市北区",
    "山形県長井市",
    "岩手県上閉伊郡大槌町",
    "北海道札幌市西区",
)
TOWNS = ("芝浦", "本町", "三条町", "千代田", "字小谷", "一番町", "緑ヶ丘", "八幡")
KANJI = "〇一二三四五六七八九"


def in_kanji(number: int) -> str:
    """Write 1 to 999 with places: 百二十一."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = ("" if hundreds < 2 else KANJI[hundreds]) + "百" if hundreds else ""
    text += ("" if tens < 2 else KANJI[tens]) + "十" if tens else ""
    return text + (KANJI[ones] if ones else "")


numbers = st.tuples(*(st.integers(1, 199),) * 3)
places = st.tuples(st.sampled_from(CITIES), st.sampled_from(TOWNS))


def notations(city: str, town: str, chome: int, block: int, house: int) -> list[str]:
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    return [
        f"{city}{town}{chome}丁目{block}番{house}号",
        f"{city} {town} {chome}丁目{block}-{house}",
        f"{city}{town}{chome}丁目{block}番地の{house}",
        f"{city}　{town}　{in_kanji(chome)}丁目{in_kanji(block)}番{in_kanji(house)}号",
        f"{city}{town}{chome}丁目{block}－{house}".translate(wide),
    ]


@pytest.mark.promise("P3.10")
@given(places, numbers, st.data())
def test_every_notation_of_one_place_matches(
    place: tuple[str, str], parts: tuple[int, int, int], data: st.DataObject
) -> None:
    written = notations(*place, *parts)

    a, b = data.draw(st.sampled_from(written)), data.draw(st.sampled_from(written))

    assert address.compare(a, b).verdict is MATCH


@pytest.mark.promise("P3.10")
@given(places, numbers, numbers, st.data())
def test_other_numbers_never_match(
    place: tuple[str, str],
    first: tuple[int, int, int],
    second: tuple[int, int, int],
    data: st.DataObject,
) -> None:
    a = data.draw(st.sampled_from(notations(*place, *first)))
    b = data.draw(st.sampled_from(notations(*place, *second)))

    verdict = address.compare(a, b).verdict

    assert verdict is (MATCH if first == second else MISMATCH)


@pytest.mark.promise("P3.10")
@given(st.sampled_from([case[0] for case in CASES if case[0]]), st.data())
def test_any_changed_digit_never_matches(text: str, data: st.DataObject) -> None:
    code = POSTAL_CODE.search(text)  # of one that contradicts the town there is a warning only
    apart = range(*code.span()) if code else ()
    places_of_digits = [found.start() for found in re.finditer(r"[0-9]", text)]
    places_of_digits = [at for at in places_of_digits if at not in apart]
    if not places_of_digits:
        return
    at = data.draw(st.sampled_from(places_of_digits))
    digit = data.draw(st.sampled_from([each for each in "0123456789" if each != text[at]]))

    assert address.compare(text, text[:at] + digit + text[at + 1 :]).verdict is not MATCH


alphabet = st.one_of(
    st.characters(),
    st.sampled_from(
        "東京都港区芝浦三丁目番地号大字ヶ通上入条一二十百千万0123456789-ー 〒ビル階FＡ"
    ),
)


@given(st.text(alphabet, max_size=60), st.text(alphabet, max_size=60))
def test_any_text_gives_a_symmetric_verdict(a: str, b: str) -> None:
    one, other = address.compare(a, b), address.compare(b, a)

    assert (one.verdict, one.reasons) == (other.verdict, other.reasons)


@given(st.text(alphabet, max_size=60))
def test_readable_text_matches_itself(text: str) -> None:
    found = address.compare(text, text)

    if not found.a_form.problem and len(found.a_form.candidates) == 1:
        assert found.verdict is MATCH or "ambiguous" in found.reasons


@pytest.mark.parametrize(
    "piece", ["一", "東京都", "1-", "郡", "通上ル", "市町村区", "あ", " ", "\u3000"]
)
def test_long_text_is_unreadable_rather_than_slow(piece: str) -> None:
    found = address.compare(piece * 5000, piece * 100)

    assert found.verdict is CANNOT_TELL
