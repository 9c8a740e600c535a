"""Places in which the people of the sample company live: real municipalities and town names.

House numbers and buildings are drawn. Postal codes are those of the towns as far as
the author knows them; nothing in the product decides by a postal code.
"""

from enum import StrEnum
from typing import NamedTuple


class Numbering(StrEnum):
    """How a place writes what comes after the town."""

    BLOCK = "block"  # 二丁目15番7号
    HYPHEN = "hyphen"  # 2-15-7
    FULL_WIDTH = "full-width"  # ２－１５－７
    LOT = "lot"  # 1855番地の3
    TOWN_BLOCK = "town-block"  # 15番7号: 住居表示 without 丁目
    KYOTO = "kyoto"  # streets, then the town and a lot: the street text stands in `town`


class Place(NamedTuple):
    """A town: postal code, prefecture with municipality, town, how it numbers."""

    postal_code: str
    city: str
    town: str
    numbering: Numbering


def _places(text: str) -> tuple[Place, ...]:
    return tuple(
        Place(code, city, town, Numbering(numbering))
        for code, city, town, numbering in (line.split() for line in text.strip().splitlines())
    )


PLACES = _places("""
108-0023 東京都港区 芝浦 block
107-0052 東京都港区 赤坂 block
106-0032 東京都港区 六本木 hyphen
166-0004 東京都杉並区 阿佐谷南 block
167-0051 東京都杉並区 荻窪 hyphen
154-0004 東京都世田谷区 太子堂 block
156-0043 東京都世田谷区 松原 full-width
157-0066 東京都世田谷区 成城 hyphen
164-0001 東京都中野区 中野 block
171-0022 東京都豊島区 南池袋 hyphen
112-0002 東京都文京区 小石川 block
113-0033 東京都文京区 本郷 hyphen
111-0032 東京都台東区 浅草 block
135-0048 東京都江東区 門前仲町 hyphen
142-0053 東京都品川区 中延 full-width
145-0071 東京都大田区 田園調布 block
120-0034 東京都足立区 千住 hyphen
102-0085 東京都千代田区 六番町 town-block
102-0082 東京都千代田区 一番町 town-block
180-0004 東京都武蔵野市 吉祥寺本町 block
190-0012 東京都立川市 曙町 hyphen
192-0081 東京都八王子市 横山町 lot
194-0013 東京都町田市 原町田 hyphen
223-0062 神奈川県横浜市港北区 日吉本町 block
222-0011 神奈川県横浜市港北区 菊名 hyphen
231-0023 神奈川県横浜市中区 山下町 lot
211-0053 神奈川県川崎市中原区 上小田中 block
211-0004 神奈川県川崎市中原区 新丸子東 hyphen
248-0006 神奈川県鎌倉市 小町 hyphen
252-0303 神奈川県相模原市南区 相模大野 block
260-0013 千葉県千葉市中央区 中央 block
272-0021 千葉県市川市 八幡 hyphen
277-0005 千葉県柏市 柏 lot
289-1115 千葉県八街市 八街ほ lot
330-0854 埼玉県さいたま市大宮区 桜木町 hyphen
350-0062 埼玉県川越市 元町 block
359-1146 埼玉県所沢市 小手指南 full-width
300-0037 茨城県土浦市 桜町 hyphen
320-0035 栃木県宇都宮市 伝馬町 lot
370-0849 群馬県高崎市 八島町 lot
060-0042 北海道札幌市中央区 大通西 block
064-0820 北海道札幌市中央区 大通西 hyphen
040-0054 北海道函館市 元町 lot
030-0801 青森県青森市 新町 hyphen
020-0022 岩手県盛岡市 大通 block
980-0811 宮城県仙台市青葉区 一番町 block
990-0042 山形県山形市 七日町 hyphen
960-8031 福島県福島市 栄町 lot
951-8065 新潟県新潟市中央区 東堀通 lot
380-0838 長野県長野市 大字南長野県町 lot
390-0811 長野県松本市 中央 hyphen
399-9301 長野県北安曇郡白馬村 大字北城 lot
920-0962 石川県金沢市 広坂 block
420-0852 静岡県静岡市葵区 紺屋町 lot
430-0944 静岡県浜松市中央区 田町 lot
460-0008 愛知県名古屋市中区 栄 block
464-0819 愛知県名古屋市千種区 四谷通 hyphen
514-0004 三重県津市 栄町 block
604-8166 京都府京都市中京区 三条通烏丸西入御倉町 kyoto
604-8042 京都府京都市中京区 新京極通四条上る中之町 kyoto
600-8216 京都府京都市下京区 烏丸通七条下る東塩小路町 kyoto
602-8035 京都府京都市上京区 丸太町通油小路東入横鍛冶町 kyoto
616-8385 京都府京都市右京区 嵯峨天龍寺芒ノ馬場町 lot
530-0001 大阪府大阪市北区 梅田 hyphen
542-0076 大阪府大阪市中央区 難波 block
556-0011 大阪府大阪市浪速区 難波中 hyphen
560-0021 大阪府豊中市 本町 block
590-0076 大阪府堺市堺区 北瓦町 block
575-0052 大阪府四條畷市 中野 block
650-0021 兵庫県神戸市中央区 三宮町 block
662-0911 兵庫県西宮市 池田町 town-block
630-8213 奈良県奈良市 登大路町 lot
640-8033 和歌山県和歌山市 本町 hyphen
700-0822 岡山県岡山市北区 表町 block
730-0035 広島県広島市中区 本通 town-block
760-0019 香川県高松市 サンポート town-block
790-0004 愛媛県松山市 大街道 block
810-0001 福岡県福岡市中央区 天神 hyphen
812-0011 福岡県福岡市博多区 博多駅前 block
811-2113 福岡県糟屋郡須恵町 大字須恵 lot
850-0853 長崎県長崎市 浜町 town-block
860-0807 熊本県熊本市中央区 下通 block
872-0521 大分県宇佐市 安心院町下毛 lot
892-0842 鹿児島県鹿児島市 東千石町 town-block
900-0014 沖縄県那覇市 松尾 block
904-0004 沖縄県沖縄市 中央 hyphen
""")

BUILDINGS = (
    "コーポ{}",
    "メゾン{}",
    "ハイツ{}",
    "サンハイム{}",
    "{}マンション",
    "グランドール{}",
    "パークサイド{}",
    "レジデンス{} 東棟",
    "ヴィラ{}Ⅱ",
    "第3{}ビル",
)
