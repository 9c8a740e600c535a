"""Old and variant kanji that are one character (異体字): a small table that joins only the safe.

INVARIANT: 斉 and 斎, 荻 and 萩, 太 and 大 are different characters and stay so.
"""

from typing import Final

# A class is here only if its members are forms of one character in the family register's sense
# (戸籍法施行規則60条, 別表第二の二, and the forms of the 康熙字典 beside the 常用漢字表); its usual
# form stands first.
_CLASSES: Final = """
高髙 崎﨑嵜 吉𠮷 条條 沢澤 辺邊邉 浜濱濵 斎齋 斉齊 広廣 島嶋嶌 国國 県縣 区區 釜釡 竜龍 滝瀧 桜櫻 万萬 来來 真眞 円圓 栄榮 応應 学學 恵惠 静靜 蔵藏 鉄鐵 寿壽 与與 豊豐 浅淺
駅驛 旧舊 荘莊 仏佛 徳德 戸戶 歩步 黒黑 増增 横橫 藪薮籔 鶯鴬 桧檜 梼檮 婁娄 淵渕渊 市巿 鴎鷗 穎頴 富冨 峰峯 岳嶽 桑桒 船舩 柳栁 鶴靏靍 橋槗𣘺 昇曻 野埜 宜冝 蛎蠣 頚頸 諌諫
穂穗 塩鹽 関關 実實 宝寳寶 弥彌 渋澁 瀬瀨 巌巖 亀龜 剣劍 勲勳 薫薰 帯帶 従從 縄繩 壌壤 闘鬭 厳嚴 尽盡 当當 彦彥 礼禮 稲稻 粛肅 総總 緑綠 聡聰 芸藝 蛍螢 覚覺 読讀 転轉
郎郞 鎮鎭 陥陷 雑雜 頼賴 館舘 麦麥 麺麵 黄黃 菟莵 芦蘆 曽曾 会會 伝傳 倹儉 処處 単單 双雙 変變 奥奧 将將 専專 属屬 峡峽 庁廳 径徑 恒恆 戯戲 拝拜 択擇 挙擧 撃擊 断斷
晋晉 暁曉 楽樂 様樣 検檢 権權 欧歐 気氣 渓溪 温溫 湾灣 満滿 涛濤 炉爐 点點 焼燒 犠犧 猟獵 獣獸 畳疊 痴癡 発發 砕碎 禅禪 秘祕 竪豎 経經 継繼 続續 臓臟 茎莖 蚕蠶 衛衞
喜㐂 杉杦 虎乕 群羣 隣鄰 台臺 糸絲 煙烟 略畧 観觀 触觸 訳譯 誉譽 証證 賛贊 辞辭 逓遞 遅遲 遥遙 酔醉 醸釀 釈釋 銭錢 録錄 隠隱 険險 霊靈 顕顯 騒騷 験驗 髄髓 鶏鷄 塁壘 堯尭 槙槇 瑶瑤 桝枡 凜凛 籠篭 蝋蠟 蝉蟬 竈竃 騨驒 鹸鹼 麹麴 鯵鰺 頬頰 醤醬 ノ丿 掴摑 祷禱
亜亞 悪惡 為爲 縁緣 園薗 壊壞 懐懷 渇渴 巻卷 寛寬 偽僞 虚虛 狭狹 駆駈 掲揭 圏圈 湿濕 縦縱 緒緖 叙敍 渉涉 奨奬 状狀 浄淨 剰剩 嬢孃 譲讓 寝寢 慎愼 粋粹 摂攝 戦戰 繊纖 壮壯 争爭 捜搜 装裝 痩瘦 滞滯 団團 弾彈 昼晝 鋳鑄 徴徵 灯燈
盗盜 杯盃 売賣 髪髮 抜拔 晩晚 払拂 翻飜 毎每 黙默 薬藥 揺搖 謡謠 覧覽 涼凉 涙淚 暦曆 歴歷 錬鍊 児兒 収收 乗乘 即卽 巣巢 絵繪 青靑 清淸 秋穐 松枩柗 姉姊 教敎 産產 歳歲 俣俁 祢禰 熙煕 壷壺 達逹 兎兔 蘇蘓
""".split()  # noqa: SIM905 a table reads better as lines

# Forms that may be one character or two: a name in a list of towns is found by them where only one
# can be meant; nothing is ever joined by them.
_LOOSE: Final = "礒磯 邇爾迩 祇祗 鷆鷏 砲炮 埼崎碕 巳己 脊背 鍛鍜 班斑 治冶 鉋飽 擽櫟檪".split()  # noqa: SIM905 - read as written

TABLE_VERSION: Final = "variants-4"
_FOLD: Final = {ord(variant): members[0] for members in _CLASSES for variant in members[1:]}
_LOOSEN: Final = {ord(variant): members[0] for members in _LOOSE for variant in members[1:]}


FORMS: Final = "".join(map(chr, _FOLD))
"""All forms that are not the usual one."""


def fold(text: str) -> str:
    """Return `text` with each variant in its usual form; `text` is already in NFKC."""
    return text.translate(_FOLD)


def loosen(text: str) -> str:
    """Return `text`, folded already, with forms that may be one character made one."""
    return text.translate(_LOOSEN)
