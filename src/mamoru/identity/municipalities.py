"""Names that an address begins with: prefectures, designated cities with their wards, doubles.

A name that more than one place bears does not tell which one is meant.
"""

# ruff: noqa: SIM905  lists of names read better as lines

from typing import Final

PREFECTURES: Final = tuple(
    "北海道 青森県 岩手県 宮城県 秋田県 山形県 福島県 茨城県 栃木県 群馬県 埼玉県 千葉県 東京都 神奈川県"
    " 新潟県 富山県 石川県 福井県 山梨県 長野県 岐阜県 静岡県 愛知県 三重県 滋賀県 京都府 大阪府 兵庫県"
    " 奈良県 和歌山県 鳥取県 島根県 岡山県 広島県 山口県 徳島県 香川県 愛媛県 高知県 福岡県 佐賀県 長崎県"
    " 熊本県 大分県 宮崎県 鹿児島県 沖縄県".split()
)

TOKYO_WARDS: Final = frozenset(
    "千代田区 中央区 港区 新宿区 文京区 台東区 墨田区 江東区 品川区 目黒区 大田区 世田谷区 渋谷区 中野区"
    " 杉並区 豊島区 北区 荒川区 板橋区 練馬区 足立区 葛飾区 江戸川区".split()
)

# 政令指定都市: prefecture and wards. 浜松市 has its three wards since 2024 and the seven before.
DESIGNATED: Final = {
    city: (prefecture, frozenset(wards.split()))
    for city, prefecture, wards in (
        ("札幌市", "北海道", "中央区 北区 東区 白石区 豊平区 南区 西区 厚別区 手稲区 清田区"),
        ("仙台市", "宮城県", "青葉区 宮城野区 若林区 太白区 泉区"),
        (
            "さいたま市",
            "埼玉県",
            "西区 北区 大宮区 見沼区 中央区 桜区 浦和区 南区 緑区 岩槻区",
        ),
        ("千葉市", "千葉県", "中央区 花見川区 稲毛区 若葉区 緑区 美浜区"),
        (
            "横浜市",
            "神奈川県",
            "鶴見区 神奈川区 西区 中区 南区 保土ケ谷区 磯子区 金沢区 港北区 戸塚区 港南区 旭区 緑区"
            " 瀬谷区 栄区 泉区 青葉区 都筑区",
        ),
        ("川崎市", "神奈川県", "川崎区 幸区 中原区 高津区 多摩区 宮前区 麻生区"),
        ("相模原市", "神奈川県", "緑区 中央区 南区"),
        ("新潟市", "新潟県", "北区 東区 中央区 江南区 秋葉区 南区 西区 西蒲区"),
        ("静岡市", "静岡県", "葵区 駿河区 清水区"),
        ("浜松市", "静岡県", "中央区 浜名区 天竜区 中区 東区 西区 南区 北区 浜北区"),
        (
            "名古屋市",
            "愛知県",
            "千種区 東区 北区 西区 中村区 中区 昭和区 瑞穂区 熱田区 中川区 港区 南区 守山区 緑区 名東区"
            " 天白区",
        ),
        (
            "京都市",
            "京都府",
            "北区 上京区 左京区 中京区 東山区 下京区 南区 右京区 伏見区 山科区 西京区",
        ),
        (
            "大阪市",
            "大阪府",
            "都島区 福島区 此花区 西区 港区 大正区 天王寺区 浪速区 西淀川区 東淀川区 東成区 生野区 旭区"
            " 城東区 阿倍野区 住吉区 東住吉区 西成区 淀川区 鶴見区 住之江区 平野区 北区 中央区",
        ),
        ("堺市", "大阪府", "堺区 中区 東区 西区 南区 北区 美原区"),
        ("神戸市", "兵庫県", "東灘区 灘区 兵庫区 長田区 須磨区 垂水区 北区 中央区 西区"),
        ("岡山市", "岡山県", "北区 中区 東区 南区"),
        ("広島市", "広島県", "中区 東区 南区 西区 安佐南区 安佐北区 安芸区 佐伯区"),
        ("北九州市", "福岡県", "門司区 若松区 戸畑区 小倉北区 小倉南区 八幡東区 八幡西区"),
        ("福岡市", "福岡県", "東区 博多区 中央区 南区 西区 城南区 早良区"),
        ("熊本市", "熊本県", "中央区 東区 西区 南区 北区"),
    )
}

# 浜松市, 2024-01-01: the old ward's towns all went to one new ward, but for 北区.
RENAMED_WARDS: Final = {
    ("浜松市", "中区"): "中央区",
    ("浜松市", "東区"): "中央区",
    ("浜松市", "西区"): "中央区",
    ("浜松市", "南区"): "中央区",
    ("浜松市", "浜北区"): "浜名区",
    ("浜松市", "北区"): "浜名区",
}
OF_TWO_TIMES: Final = frozenset(city for city, _ in RENAMED_WARDS)
"""Cities with wards of one name that were not one place at all times."""
RENAMED_ON: Final = "2024-01-01"
# 三方原地区 of the old 北区 went to 中央区.
MIKATAHARA: Final = ("初生町", "三方原町", "東三方町", "豊岡町", "三幸町", "大原町", "根洗町")

# Municipalities whose whole area goes on as one of today, under its own towns' names: a town or a
# village that became a city, a city that became a ward, a name that was changed. A merger of two is
# none: there a town's name can have gone from one place to another. Since 1990.
_SUCCEEDED: Final = """
北海道 石狩郡 石狩町 石狩市
北海道 札幌郡 広島町 北広島市
岩手県 岩手郡 滝沢村 滝沢市
宮城県 黒川郡 富谷町 富谷市
茨城県 北相馬郡 守谷町 守谷市
埼玉県 入間郡 鶴ヶ島町 鶴ヶ島市
埼玉県 入間郡 日高町 日高市
埼玉県 北葛飾郡 吉川町 吉川市
埼玉県 南埼玉郡 白岡町 白岡市
埼玉県 - 岩槻市 さいたま市岩槻区
千葉県 君津郡 袖ヶ浦町 袖ケ浦市
千葉県 印旛郡 八街町 八街市
千葉県 印旛郡 印西町 印西市
千葉県 印旛郡 白井町 白井市
千葉県 印旛郡 富里町 富里市
千葉県 山武郡 大網白里町 大網白里市
東京都 西多摩郡 羽村町 羽村市
石川県 石川郡 野々市町 野々市市
静岡県 - 清水市 静岡市清水区
愛知県 愛知郡 日進町 日進市
愛知県 愛知郡 長久手町 長久手市
愛知県 西加茂郡 三好町 みよし市
滋賀県 栗太郡 栗東町 栗東市
京都府 綴喜郡 田辺町 京田辺市
大阪府 泉南郡 阪南町 阪南市
兵庫県 - 篠山市 丹波篠山市
奈良県 北葛城郡 香芝町 香芝市
和歌山県 那賀郡 岩出町 岩出市
福岡県 糟屋郡 古賀町 古賀市
福岡県 筑紫郡 那珂川町 那珂川市
沖縄県 島尻郡 豊見城村 豊見城市
"""
SUCCEEDED: Final = tuple(tuple(line.split()) for line in _SUCCEEDED.split("\n") if line)
"""Prefecture, county or `-`, the former name, and the name of today."""

# Cities whose name holds 市, 町, 村 or 区 before its end, or follows 郡.
CITIES_WITHIN: Final = tuple(
    "市川市 市原市 四日市市 野々市市 廿日市市 八日市市 八日市場市 今市市 町田市 大町市 十日町市 村上市 村山市"
    " 東村山市 武蔵村山市 羽村市 田村市 大村市 中村市 村田市 郡山市 大和郡山市 郡上市 蒲郡市 小郡市".split()
)
TOWNS_WITHIN: Final = tuple(
    "玉村町 村田町 大町町 市貝町 市川町 市川三郷町 上市町 下市町 余市町 五日市町 町村 中村町".split()
)
COUNTY_CITIES: Final = ("郡山市", "大和郡山市", "郡上市", "蒲郡市", "小郡市")

# Two spellings of one city's name.
ALIASES: Final = {"塩釜市": "塩竈市"}

# Names of more than one municipality (present or recent): alone they do not say which.
DOUBLES: Final = frozenset(
    "府中市 伊達市 朝日町 池田町 川崎町 川西町 南部町 高森町 太子町 小国町 金山町 昭和村 昭和町 明和町 美郷町"
    " 美浜町 三島町 清水町 森町 日野町 日高町 広川町 川上村 高山村 南牧村 松前町 吉野町 玉川村 泊村 白川町"
    " 白川村 大野町 那珂川町 山田町 三郷町 大川町 大島町 上野村 東村 大和町 大和村 中川町 中川村 市川町"
    " 神山町 高野町 岩美町 湯川村 豊丘村 豊浦町 豊岡村 若狭町 若桜町 平田村 平村 相馬村 新地町 旭町 旭村"
    " 八千代町 境町 双葉町 城里町 大木町 大槌町 睦沢町 睦町 鏡町 鹿島町 加美町 嘉島町 香美町 上川町 上島町"
    " 上富田町 岬町 三川町 三種町 御浜町 由良町 日高川町 有田町 有田川町 吉田町 吉岡町 長島町 東郷町 東浦町"
    " 南越前町 西川町 西郷村 西原村 西原町 松川町 松川村 木島平村 木曽町 栄町 栄村 新島村 青木村 小川町 小川村"
    " 下條村 山形村 原村 大鹿村 津別町 津南町 鶴田町 八峰町 藤里町 藤崎町 平内町 八重瀬町 与那原町".split()
)
